/** Word tables on disk: written whole, and a learned one beside the built-in one with what it came from. */
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import * as z from "zod/mini";
import type { Result } from "../../../protocol/index.ts";
import {
  errorCode,
  listFolder,
  makeFolder,
  readText,
  removeFile,
  removeTree,
  rename,
  writeAtomically,
} from "../../host/files.ts";
import { readWordTable, TABLE_DIMENSIONS, type TableParts, type WordTable } from "./word-table.ts";

const Learned = z.object({
  /** Of the learned table; its folder. */
  name: z.string().check(z.regex(/^learned-[0-9a-f]{12}$/)),
  /** The table that it was learned from. */
  parent: z.string(),
  /** On held-out commits, before and after. */
  before: z.object({ recallAt10: z.number(), reciprocalRank: z.number() }),
  after: z.object({ recallAt10: z.number(), reciprocalRank: z.number() }),
  /** Commits that it was judged by, and that it learned from. */
  judgedBy: z.number(),
  learnedFrom: z.number(),
  /** ISO 8601. */
  at: z.string(),
});
export type LearnedRecord = z.infer<typeof Learned>;

const CURRENT = "current.json";

/** One scale a row, bytes, and weight 1: the vectors and weights of a training as a table. */
export function quantisedTable(
  name: string,
  vocabulary: readonly string[],
  vectors: { readonly rows: Float32Array; readonly weights: Float32Array },
): TableParts {
  const rows = new Int8Array(vectors.rows.length);
  const scaleWeight = new Float32Array(vocabulary.length * 2);
  for (let row = 0; row < vocabulary.length; row++) {
    const part = vectors.rows.subarray(row * TABLE_DIMENSIONS, (row + 1) * TABLE_DIMENSIONS);
    const scale = part.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    for (const [index, value] of part.entries())
      rows[row * TABLE_DIMENSIONS + index] = scale === 0 ? 0 : Math.round(value / scale);
    scaleWeight.set([scale, vectors.weights[row] ?? 0], row * 2);
  }
  return { name, vocabulary, rows, scaleWeight };
}

/** Writes rows.int8, scale-weight.f32 and vocabulary.txt into the folder. */
export async function writeTable(folder: string, { vocabulary, rows, scaleWeight }: TableParts): Promise<void> {
  await makeFolder(folder);
  const floats = Buffer.alloc(scaleWeight.length * 4);
  for (const [place, value] of scaleWeight.entries()) floats.writeFloatLE(value, place * 4);
  await writeAtomically(join(folder, "rows.int8"), new Uint8Array(rows.buffer, rows.byteOffset, rows.length));
  await writeAtomically(join(folder, "scale-weight.f32"), floats);
  await writeAtomically(join(folder, "vocabulary.txt"), `${vocabulary.join("\n")}\n`);
}

/** By its content: another table has other vectors, which are kept apart by the name. */
export function learnedName({ rows, scaleWeight }: Pick<TableParts, "rows" | "scaleWeight">): string {
  const hash = createHash("sha256").update(rows).update(new Uint8Array(scaleWeight.buffer));
  return `learned-${hash.digest("hex").slice(0, 12)}`;
}

/** Makes it the table that is used: whole in its own folder first, then named by one atomic write. */
export async function keepLearnedTable(folder: string, parts: TableParts, record: LearnedRecord): Promise<void> {
  const target = join(folder, record.name);
  const temporary = `${target}.${randomBytes(4).toString("hex")}.part`;
  await writeTable(temporary, parts);
  await rename(temporary, target).catch(async (error: unknown) => {
    // It was learned before: the same name is the same content.
    if (!["EEXIST", "ENOTEMPTY", "EPERM"].includes(errorCode(error) ?? "")) throw error;
    await removeTree(temporary);
  });
  await writeAtomically(join(folder, CURRENT), JSON.stringify(record, undefined, 2));
  for (const { name } of await listFolder(folder))
    if (name.startsWith("learned-") && name !== record.name) await removeTree(join(folder, name));
}

/** The learned table and where it came from; undefined when there is none, an error when it is damaged. */
export async function readLearnedTable(
  folder: string,
): Promise<Result<{ readonly table: WordTable; readonly record: LearnedRecord }> | undefined> {
  const record = recordIn(await readText(join(folder, CURRENT)));
  if (record === undefined) return undefined;
  const table = await readWordTable(join(folder, record.name), record.name);
  return table.ok ? { ok: true, value: { table: table.value, record } } : table;
}

/** Learned tables are kept beside the repository's index. */
export function tablesFolder({ folder }: { readonly folder: string }): string {
  return join(folder, "tables");
}

export interface ChangingTable extends WordTable {
  /** Another table of the same vocabulary, in the same order, takes the place of the present one. */
  change(next: WordTable): void;
}

/** A table that can be changed while it is used: one that was learned has the same rows, with other vectors. */
export function createChangingTable(first: WordTable): ChangingTable {
  let present = first;
  return {
    get name() {
      return present.name;
    },
    get rows() {
      return present.rows;
    },
    dimensions: first.dimensions,
    size: first.size,
    vocabulary: first.vocabulary,
    rowsOf: first.rowsOf,
    textVector: (text) => present.textVector(text),
    queryVector: (words, weightOf) => present.queryVector(words, weightOf),
    chunkVector: (counts, weightOf, out) => present.chunkVector(counts, weightOf, out),
    change(next) {
      const { length } = first.vocabulary;
      const isSame =
        next.vocabulary.length === length && next.vocabulary.every((word, row) => word === first.vocabulary[row]);
      if (isSame) present = next;
    },
  };
}

/** Back to the built-in table. */
export async function forgetLearnedTable(folder: string): Promise<void> {
  await removeFile(join(folder, CURRENT));
  for (const { name } of await listFolder(folder))
    if (name.startsWith("learned-")) await removeTree(join(folder, name));
}

function recordIn(text: string | undefined): LearnedRecord | undefined {
  try {
    return text === undefined ? undefined : Learned.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
