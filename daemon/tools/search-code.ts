import * as z from "zod/mini";
import { failure, type SearchResult } from "../../protocol/index.ts";
import { askIndex, lineNow, linesInCopy } from "./code-places.ts";
import type { DirectTool, ToolContext } from "./tool.ts";

const RESULTS = 8;
const SNIPPET_LINES = 10;
const LINE_LENGTH = 200;

/** Bounds of length would be told to the model at every step: too long a text is cut instead. */
const LONGEST = 1000;

const input = z.object({ query: z.string(), glob: z.optional(z.string()) });

/** Ranked by the code index, shown as the agent's copy has it. */
export const searchCode: DirectTool<typeof input> = {
  name: "search_code",
  description: "Finds code by words or meaning, best first, as it was before your changes.",
  input,
  effect: "pure",
  timeoutMs: 30_000,
  maxOutput: 16_000,
  access: () => ({ kind: "read", paths: ["."] }),
  async execute({ query, glob }, context) {
    const { code } = context;
    if (code === undefined) return failure("tool.failed", "There is no code index here; use search_text.");
    if (query.trim() === "") return failure("tool.invalid_input", "search_code: query: say what to look for.");
    const paths = glob === undefined || glob === "" ? [] : [glob.slice(0, LONGEST)];
    const found = await askIndex(code.search(query.slice(0, LONGEST), { limit: RESULTS, paths }));
    if (!found.ok) return found;
    const shown = (await Promise.all(found.value.map((result) => showResult(result, context)))).flat();
    const summary = `searched the code for “${query.slice(0, 60)}”: ${shown.length} ${shown.length === 1 ? "file" : "files"}`;
    return { ok: true, output: shown.length === 0 ? "Nothing found." : shown.join("\n\n"), summary };
  },
};

async function showResult(result: SearchResult, context: ToolContext): Promise<string[]> {
  const { path, symbol, startLine, endLine, why } = result;
  const lines = await linesInCopy(context, path);
  if (lines === undefined) return [];
  const name = symbol === null ? "" : ` ${symbol}`;
  const reasons = why.length === 0 ? "" : ` (${why.slice(0, 2).join("; ")})`;
  const first = firstLineNow(result, lines);
  if (first === undefined) return [`${path}${name}${reasons}\n(it has changed: read it)`];
  const moved = first - result.snippetLine;
  const length = Math.min(SNIPPET_LINES, result.snippet.split("\n").length);
  const code = lines
    .slice(first - 1, first - 1 + length)
    .map((line, at) => `${first + at}\t${line.slice(0, LINE_LENGTH)}`);
  return [`${path}:${startLine + moved}–${endLine + moved}${name}${reasons}\n${code.join("\n").trimEnd()}`];
}

/** Where the snippet begins in the copy, told by its first line that is not empty. */
function firstLineNow({ snippet, snippetLine }: SearchResult, lines: readonly string[]): number | undefined {
  const own = snippet.split("\n");
  const at = own.findIndex((line) => line.trim() !== "");
  if (at < 0) return snippetLine <= lines.length ? snippetLine : undefined;
  const now = lineNow(lines, snippetLine + at, own[at] ?? "");
  return now === undefined ? undefined : Math.max(1, now - at);
}
