/** Edits in a file of 2 MB: one that fits exactly, one that is almost there, and one that is refused with the closest lines. */
import { applyEdits } from "../daemon/tools/edits/apply.ts";
import { type Figure, median } from "./measure.ts";

const BYTES = 2 * 1024 * 1024;
const ROUNDS = 30;
const LIMIT_MS = 20;

export function measureEdits(): Figure[] {
  const text = makeFile();
  const line = "  const value31000 = compute(input31000, options.limit, 31000);";
  const block = [line, line.replaceAll("31000", "31001"), line.replaceAll("31000", "31002")].join("\n");
  const cases = [
    ["exact", block, "applied"],
    ["approximate", block.replace("options.limit", "option.limit"), "applied_approx"],
    ["refused, with the closest lines", block.replaceAll("options.limit", "settings.maximum"), "rejected"],
  ] as const;
  return cases.map(([name, search, status]) => {
    const times = Array.from({ length: ROUNDS }, (_, round) => {
      const startedAt = performance.now();
      const outcome = applyEdits(text, [{ search, replace: `  // replaced in round ${round}` }]);
      const time = performance.now() - startedAt;
      if (outcome.status !== status) throw new Error(`an edit was ${outcome.status}, not ${status}`);
      return time;
    });
    return { name: `edit in a file of 2 MB, ${name}`, value: median(times), limit: LIMIT_MS, unit: "ms" };
  });
}

/** Flat, as a file that was read: a text put together is copied at its first search. */
function makeFile(): string {
  const lines: string[] = [];
  for (let number = 0, length = 0; length < BYTES; number++) {
    const line = `  const value${number} = compute(input${number}, options.limit, ${number});`;
    lines.push(line);
    length += line.length + 1;
  }
  return Buffer.from(`${lines.join("\n")}\n`).toString();
}
