import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { loadText } from "./files/text-file.ts";
import type { DirectTool } from "./tool.ts";

const MAX_LINES = 2000;
const MAX_CHARACTERS = 60_000;
const MAX_LINE_LENGTH = 2000;

const input = z.object({
  path: z.string().check(z.minLength(1)),
  from: z.optional(z.int().check(z.gte(1), z.describe("First line"))),
  to: z.optional(z.int().check(z.gte(1), z.describe("Last line"))),
});

/** Lines as `number⇥text`, at most 2 000 lines or 60 000 characters; says how to go on. */
export const readFile: DirectTool<typeof input> = {
  name: "read_file",
  description: "Reads a text file as numbered lines (number, tab, text), all of it or lines from–to.",
  input,
  effect: "pure",
  maxOutput: MAX_CHARACTERS + 4000,
  access: ({ path }) => ({ kind: "read", paths: [path] }),
  async observe({ path }, context) {
    const file = await loadText(context, path, context.linked);
    return file.ok ? { path: file.value.at.relative, hash: file.value.hash } : undefined;
  },
  async execute({ path, from = 1, to }, context) {
    const file = await loadText(context, path, context.linked);
    if (!file.ok) return file;
    const { at, bytes, hash } = file.value;
    context.seen.set(at.relative, hash);
    const text = bytes.toString("utf8").replace(/^\ufeff/, "");
    const lines = linesOf(text);
    if (lines.length === 0) return { ok: true, output: `${path} is empty.`, summary: `read ${path} (empty)` };
    if (from > lines.length || (to !== undefined && to < from))
      return failure("tool.failed", `${path} has ${lines.length} lines; ${from}–${to ?? "end"} is not among them.`);
    const last = Math.min(to ?? lines.length, lines.length, from + MAX_LINES - 1);
    const shown = numbered(lines, from, last);
    const end = from + shown.length - 1;
    const more = end < lines.length && end < (to ?? lines.length) ? `\n… go on with from=${end + 1}` : "";
    const endings = text.includes("\r\n") ? ", CRLF line endings" : "";
    const header = `${path}, lines ${from}–${end} of ${lines.length}${endings}`;
    return { ok: true, output: `${header}\n${shown.join("\n")}${more}`, summary: `read ${path} (${from}–${end})` };
  },
};

/** A final line ending ends the last line; it does not begin another. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function numbered(lines: readonly string[], from: number, last: number): string[] {
  const shown: string[] = [];
  let characters = 0;
  for (let number = from; number <= last && characters < MAX_CHARACTERS; number++) {
    const line = lines[number - 1]?.replace(/\r$/, "") ?? "";
    const cut = line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}… (${line.length} characters)` : line;
    shown.push(`${number}\t${cut}`);
    characters += cut.length + 8;
  }
  return shown;
}
