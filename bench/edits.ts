/** Edits in a file of 2 MB: one that fits exactly, one that is almost there, and one that is refused with the closest lines. */
import { applyEdits } from "../daemon/tools/edits/apply.ts";
import { type Figure, median } from "./measure.ts";

const BYTES = 2 * 1024 * 1024;
const ROUNDS = 30;
const LIMIT_MS = 20;

export function measureEdits(): Figure[] {
  const lines = makeLines();
  const text = Buffer.from(`${lines.join("\n")}\n`).toString();
  const block = lines.slice(31_000, 31_002).join("\n");
  const cases = [
    ["exact", block, "applied"],
    ["approximate", block.replace("const", "cons"), "applied_approx"],
    ["refused, with the closest lines", block.replaceAll("const", "settings.maximum ="), "rejected"],
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

const WORDS = "account balance cache daemon entry folder graph handler index journal kernel ledger memory number".split(
  " ",
);

/** Lines of code-like words, the same in each run. */
function makeLines(): string[] {
  const lines: string[] = [];
  let state = 1;
  const word = () => {
    state = (state * 48_271) % 2_147_483_647;
    return WORDS[state % WORDS.length] ?? "";
  };
  for (let length = 0; length < BYTES; ) {
    const line = `  const ${word()}${word()} = ${word()}.${word()}(${word()}, ${word()}) + ${word()};`;
    lines.push(line);
    length += line.length + 1;
  }
  return lines;
}
