/** What a shell line would do: facts for the policy, made without running anything. */
import { isAbsolute } from "node:path";
import { realPathNow } from "../../host/sync-files.ts";
import type { CommandFacts } from "./facts.ts";
import { createLineParser, type LineParser } from "./line-parser.ts";
import { type Reading, readLine } from "./read-line.ts";
import { analyseReading } from "./walk.ts";
import type { CommandPlace } from "./walk-state.ts";

export interface CommandAnalyser {
  /** Never rejects: what cannot be told stands in `unclear`. */
  analyse(line: string, place: CommandPlace): Promise<CommandFacts>;
}

export interface AnalyserOptions {
  /** The folder with the bundle's grammars (`dist/grammars`); undefined: from the installed packages. */
  readonly grammars?: string;
}

const KEPT_READINGS = 500;

/** Loads nothing before the first line. Where the grammar cannot be loaded every line is unclear. */
export function createCommandAnalyser({ grammars }: AnalyserOptions = {}): CommandAnalyser {
  const readings = new Map<string, Reading>();
  let parser: Promise<LineParser | undefined> | undefined;
  const read = async (line: string): Promise<Reading> => {
    const kept = readings.get(line);
    if (kept !== undefined) return kept;
    parser ??= createLineParser(grammars);
    const reading = readLine(line, await parser);
    if (readings.size >= KEPT_READINGS) readings.clear();
    readings.set(line, reading);
    return reading;
  };
  return {
    async analyse(line, place) {
      try {
        if (!isAbsolute(place.root) || !isAbsolute(place.cwd)) return notTold(line, "its folder is not known");
        const cwd = realPathNow(place.cwd);
        return await analyseReading(line, { ...place, cwd }, read);
      } catch (error) {
        return notTold(line, `it could not be analysed (${error instanceof Error ? error.message : "error"})`);
      }
    },
  };
}

function notTold(line: string, why: string): CommandFacts {
  const part = {
    text: line,
    words: [null],
    effect: "unknown" as const,
    why: "it could not be analysed",
    paths: [],
    cwd: null,
  };
  return { parts: [part], unclear: [why] };
}
