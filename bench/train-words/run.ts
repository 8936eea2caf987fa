/**
 * `node test/run.mjs bench/train-words/run.ts --out FOLDER [--min-uses N] [--min-repositories N] [--epochs N] DIR…`:
 * trains a word table from git repositories, working trees or bare ones, and says how it finds what the newest commits of
 * each touched, which it has not seen. Needs about 0.5 GB for 8 000 words.
 */

import { parseArgs } from "node:util";
import { readHistory, type TaughtHistory } from "../../daemon/memory/vector/git-history.ts";
import { writeTable } from "../../daemon/memory/vector/table-file.ts";
import { bagsOf, measureTable } from "../../daemon/memory/vector/taught-bags.ts";
import { createWordTable, loadWordTable, type WordTable } from "../../daemon/memory/vector/word-table.ts";
import { createRandom } from "../../test/memory/vector/conformance.ts";
import { trainWords } from "./train.ts";

const HELD_OUT = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string" },
    "min-uses": { type: "string", default: "40" },
    "min-repositories": { type: "string" },
    epochs: { type: "string", default: "3" },
  },
});
if (values.out === undefined || positionals.length === 0)
  throw new Error("usage: run.ts --out FOLDER [--min-uses N] [--min-repositories N] [--epochs N] DIR…");

const startedAt = performance.now();
const say = (line: string) =>
  void process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s  ${line}\n`);
const { signal } = new AbortController();
const histories: TaughtHistory[] = [];
for (const folder of positionals) {
  const history = await readHistory({ folder, heldOut: HELD_OUT, signal });
  say(
    `${folder}: ${history.files.length} files, ${history.commits.length} commits, ${history.heldOut.length} held out`,
  );
  histories.push(history);
}
const parts = await trainWords("trained", histories, {
  minUses: Number(values["min-uses"]),
  minRepositories: Number(values["min-repositories"] ?? Math.min(3, positionals.length)),
  epochs: Number(values.epochs),
  random: createRandom(1),
  ...{ signal, say },
});
await writeTable(values.out, parts);
say(`written to ${values.out}`);
const [trained, shipped] = [createWordTable(parts), await loadWordTable()];
for (const [index, folder] of positionals.entries())
  say(`${folder}, held out: trained ${await figuresOf(trained, index)}; shipped ${await figuresOf(shipped, index)}`);

async function figuresOf(table: WordTable, index: number): Promise<string> {
  const history = histories[index];
  if (history === undefined) return "";
  const bags = await bagsOf(history, table, signal);
  const vectors = { ...table, weights: new Float32Array(table.size).fill(1) };
  const { recallAt10, reciprocalRank } = await measureTable(vectors, bags, bags.heldOut, signal);
  return `R@10 ${recallAt10.toFixed(3)}, MRR ${reciprocalRank.toFixed(3)}`;
}
