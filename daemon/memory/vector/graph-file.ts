/**
 * A saved graph: `graph-N.index` and `graph.json`, which names it. The description is written last and atomically, so
 * that a kill leaves the old pair or the new one. The whole file is checked before it is used: a graph with a wrong
 * byte can end the process, and checking 100 MB takes a tenth of a second.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as z from "zod/mini";
import { nextTurn } from "../../host/clock.ts";
import { flushFile } from "../../host/durable.ts";
import { listFolder, readSlice, readText, removeFile, rename, stat, writeAtomically } from "../../host/files.ts";
import type { GraphIndex, SearchEngine } from "./search-engine.ts";

const Description = z.object({
  format: z.literal(1),
  engine: z.string(),
  /** The vector log that it was built from, and how many of its records. */
  log: z.string(),
  records: z.number(),
  file: z.string().check(z.regex(/^graph-\d+\.index$/)),
  sha256: z.string(),
  labels: z.array(z.tuple([z.number(), z.string()])),
});

export interface SavedGraph {
  readonly graph: GraphIndex;
  /** Of the log, that are in it. */
  readonly records: number;
}

const DESCRIPTION = "graph.json";
const SLICE_BYTES = 4 * 1024 * 1024;

/** Undefined when there is none for this log; a problem when there is one that cannot be used. */
export async function openGraph(
  folder: string,
  engine: SearchEngine,
  log: { readonly id: string; readonly records: number },
  dimensions: number,
): Promise<SavedGraph | { readonly problem: string } | undefined> {
  const text = await readText(join(folder, DESCRIPTION));
  if (text === undefined || engine.graph === undefined) return undefined;
  try {
    const saved = Description.parse(JSON.parse(text));
    if (saved.log !== log.id || saved.engine !== engine.name) return undefined;
    const path = join(folder, saved.file);
    if (saved.records > log.records) throw new Error("it holds more than the vectors that are left");
    if ((await sha256Of(path)) !== saved.sha256) throw new Error("its content is not what was written");
    return { graph: engine.graph.open(path, saved.labels, dimensions), records: saved.records };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { problem: `The graph of ${folder} could not be used (${reason}); it is built anew.` };
  }
}

export async function saveGraph(
  folder: string,
  engine: SearchEngine,
  graph: GraphIndex,
  log: { readonly id: string; readonly records: number },
): Promise<void> {
  const file = `graph-${(await newestNumber(folder)) + 1}.index`;
  const path = join(folder, file);
  const { id, records } = log;
  const labels = graph.save(`${path}.part`);
  await flushFile(`${path}.part`);
  await rename(`${path}.part`, path);
  const sha256 = await sha256Of(path);
  const description = { format: 1, engine: engine.name, log: id, records, file, sha256, labels };
  await writeAtomically(join(folder, DESCRIPTION), JSON.stringify(description), 0o600);
  await removeOthers(folder, file);
}

/** Windows keeps a file that is still mapped; the next save or start removes it. */
export async function removeOthers(folder: string, kept: string | undefined): Promise<void> {
  for (const { name } of await listFolder(folder))
    if (/^graph-\d+\.index/.test(name) && name !== kept) await removeFile(join(folder, name)).catch(() => undefined);
}

async function newestNumber(folder: string): Promise<number> {
  const numbers = (await listFolder(folder)).map(({ name }) => Number(/^graph-(\d+)\./.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  const size = (await stat(path))?.size ?? 0;
  for (let offset = 0; offset < size; offset += SLICE_BYTES) {
    hash.update(await readSlice(path, offset, SLICE_BYTES));
    await nextTurn();
  }
  return hash.digest("hex");
}
