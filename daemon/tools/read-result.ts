import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import type { DirectTool } from "./tool.ts";

const MAX_CHARACTERS = 24_000;
const MAX_LINES = 400;
const MAX_LINE_LENGTH = 2000;
const MAX_HITS = 100;

const input = z.object({
  handle: z.string().check(z.minLength(1), z.maxLength(40)),
  from: z.optional(z.int().check(z.gte(1))),
  lines: z.optional(z.int().check(z.gte(1), z.lte(MAX_LINES))),
  search: z.optional(z.string().check(z.minLength(1), z.maxLength(200), z.describe("Plain text, any case"))),
});

/** Pages through a result of which the model was shown only the ends. Offered once there is one. */
export const readResult: DirectTool<typeof input> = {
  name: "read_result",
  description: "Reads more of a result that was cut: lines from a number on, or the lines that hold a text.",
  input,
  effect: "pure",
  maxOutput: MAX_CHARACTERS + 4000,
  access: () => ({ kind: "none" }),
  async execute({ handle, from = 1, lines = MAX_LINES, search }, context) {
    const whole = await context.wholeResult?.(handle);
    if (whole === undefined) return failure("tool.failed", `No result was kept under “${handle}”.`);
    const all = whole.split("\n");
    const chosen = search === undefined ? all.map((_, index) => index) : hits(all, search);
    if (search !== undefined && chosen.length === 0)
      return { ok: true, output: `None of its ${all.length} lines holds “${search}”.`, summary: "searched a result" };
    if (from > all.length) return failure("tool.failed", `It has ${all.length} lines; ${from} is not among them.`);
    const shown = page(
      all,
      chosen.filter((index) => index + 1 >= from).slice(0, search === undefined ? lines : MAX_HITS),
    );
    const summary = `looked into a result (${shown.count} of ${all.length} lines)`;
    return { ok: true, output: `${shown.text}\n${restOf(shown.last, chosen, all.length)}`, summary };
  },
};

function hits(all: readonly string[], search: string): number[] {
  const wanted = search.toLowerCase();
  return all.flatMap((line, index) => (line.toLowerCase().includes(wanted) ? [index] : []));
}

function page(all: readonly string[], chosen: readonly number[]): { text: string; count: number; last: number } {
  const shown: string[] = [];
  let characters = 0;
  for (const index of chosen) {
    if (characters >= MAX_CHARACTERS) break;
    const line = `${index + 1}\t${(all[index] ?? "").slice(0, MAX_LINE_LENGTH)}`;
    shown.push(line);
    characters += line.length;
  }
  return { text: shown.join("\n"), count: shown.length, last: chosen[shown.length - 1] ?? 0 };
}

function restOf(last: number, chosen: readonly number[], lines: number): string {
  const rest = chosen.filter((index) => index > last).length;
  return rest === 0 ? `… end of ${lines} lines` : `… ${rest} more of ${lines} lines; go on with from=${last + 2}`;
}
