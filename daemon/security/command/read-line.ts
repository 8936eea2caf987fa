/** A line as it is read, in two ways, and what about it is not sure. Nothing here looks at a disk. */
import type { LineParser } from "./line-parser.ts";
import { readScript } from "./read-script.ts";
import { ShellSyntaxProblem } from "./reader.ts";
import type { Script } from "./syntax.ts";

export interface Reading {
  readonly script: Script;
  /** What was not understood; empty when both readings agree. */
  readonly problems: readonly string[];
  /** Commands that only the second reading found. */
  readonly strays: readonly { readonly text: string; readonly words: readonly string[] }[];
}

const MAX_LENGTH = 10_000;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
/** What a person does not see, or sees elsewhere than it stands. */
const INVISIBLE = /\p{Cf}|\p{Zs}|\p{Zl}|\p{Zp}|\p{Co}|\p{Cn}|\u115f|\u1160|\u2800|\u3164|\uffa0|\u034f|\u17b4|\u17b5/u;
const VARIANT = /\p{Variation_Selector}/u;

export function readLine(line: string, parser: LineParser | undefined): Reading {
  const bad = textProblem(line);
  if (line.length > MAX_LENGTH || line.includes("\0")) return { script: [], problems: bad, strays: [] };
  const problems = new Set(bad);
  const { script, starts } = firstReading(line, problems);
  if (parser === undefined)
    return { script, problems: [...problems, "the shell grammar could not be loaded"], strays: [] };
  const tree = parser(line);
  if (tree === undefined) return { script, problems: [...problems, "it took too long to read"], strays: [] };
  if (tree.broken) problems.add("the shell grammar does not know all of it");
  const strays = tree.commands.filter(({ start }) => !starts.has(start));
  if (strays.length > 0 || starts.size !== tree.commands.length) problems.add("two readings of the line differ");
  return { script, problems: [...problems], strays };
}

function firstReading(line: string, problems: Set<string>): { script: Script; starts: ReadonlySet<number> } {
  try {
    const { script, reader } = readScript(line);
    for (const problem of reader.problems) problems.add(problem);
    return { script, starts: reader.commandStarts };
  } catch (error) {
    if (!(error instanceof ShellSyntaxProblem)) throw error;
    problems.add(error.message);
    return { script: [], starts: new Set() };
  }
}

function textProblem(line: string): string[] {
  const problems: string[] = [];
  if (line.length > MAX_LENGTH) problems.push(`it is longer than ${MAX_LENGTH} characters`);
  if (CONTROL.test(line)) problems.push("it holds control characters");
  const text = line.replaceAll(" ", "");
  if (INVISIBLE.test(text) || VARIANT.test(text)) problems.push("it holds characters that cannot be seen");
  return problems;
}
