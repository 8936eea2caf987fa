/** A word table from the histories of git repositories, the way daemon/memory/vector/code-words/README.md tells. */
import { createTrainer, type TrainingGroup } from "../../daemon/memory/vector/contrastive.ts";
import type { TaughtHistory } from "../../daemon/memory/vector/git-history.ts";
import { quantisedTable } from "../../daemon/memory/vector/table-file.ts";
import { bagsOf, trainingGroup } from "../../daemon/memory/vector/taught-bags.ts";
import { TABLE_DIMENSIONS, type TableParts } from "../../daemon/memory/vector/word-table.ts";
import { subWords } from "../../daemon/memory/vector/word-tokens.ts";
import { addMatrix, messageCounts, neighbourCounts, toPositivePmi, vocabularyOf } from "./counts.ts";
import { factorise, principal, type Table } from "./decomposition.ts";

export interface TrainOptions {
  readonly minUses: number;
  readonly minRepositories: number;
  readonly epochs: number;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const RANK = 256;

/** Rejects when the repositories hold too few words for a table. */
export async function trainWords(
  name: string,
  histories: readonly TaughtHistory[],
  options: TrainOptions,
): Promise<TableParts> {
  const { random, signal, say, epochs } = options;
  const vocabulary = vocabularyOf(histories, options);
  if (vocabulary.length < TABLE_DIMENSIONS)
    throw new Error(
      `Only ${vocabulary.length} words are used ${options.minUses} times in ${options.minRepositories} repositories; ${TABLE_DIMENSIONS} are needed. Give more repositories, or lower limits.`,
    );
  const rowOf = new Map(vocabulary.map((stem, row) => [stem, row]));
  say(`${vocabulary.length} words`);
  const first = factorise(countsOf(histories, rowOf), RANK, random);
  say(`factorised to ${first.columns} numbers a word`);

  const vectors = { dimensions: first.columns, rows: first.values, weights: new Float32Array(first.rows).fill(1) };
  const table = {
    size: vocabulary.length,
    rowsOf: (word: string) => subWords(word).flatMap((stem) => rowOf.get(stem) ?? []),
  };
  const groups: TrainingGroup[] = [];
  for (const history of histories) {
    const bags = await bagsOf(history, table, signal);
    groups.push(trainingGroup(bags, bags.commits));
  }
  const trainer = createTrainer(vectors, { random, signal });
  for (let epoch = 1; epoch <= epochs; epoch++)
    say(`epoch ${epoch}: mean loss ${(await trainer.epoch(groups)).toFixed(3)}`);

  const turned = principal(weighted(first, vectors.weights), TABLE_DIMENSIONS);
  return quantisedTable(name, vocabulary, { rows: turned.values, weights: new Float32Array(first.rows).fill(1) });
}

function countsOf(histories: readonly TaughtHistory[], rowOf: ReadonlyMap<string, number>) {
  const neighbours = neighbourCounts(histories, rowOf);
  const messages = messageCounts(histories, rowOf);
  toPositivePmi(neighbours);
  toPositivePmi(messages);
  addMatrix(neighbours, messages);
  return neighbours;
}

/** With the learned weights in the rows, so that the rotation keeps what counts. */
function weighted({ rows, columns, values }: Table, weights: Float32Array): Table {
  const scaled = values.map((value, at) => value * (weights[Math.floor(at / columns)] ?? 0));
  return { rows, columns, values: scaled };
}
