/**
 * A change of several files, all or none, whatever happens in between. First everything is prepared beside the files and
 * flushed: the new contents, the old ones, and a record of the whole; then one rename after the other makes the change;
 * then the record goes. Whoever finds a record after a crash carries the change to its end, or takes it back.
 */
import { basename, dirname, join } from "node:path";
import * as z from "zod/mini";
import { type EditFiles, editFiles } from "../../host/edit-files.ts";
import { hashOf } from "../../host/files.ts";

export interface FileChange {
  /** The real place, links resolved. */
  readonly absolute: string;
  /** SHA-256 of what it must still be; null where no file is. */
  readonly before: string | null;
  /** Null deletes it. */
  readonly content: Uint8Array | null;
  /** Permission bits of a new file; one that is there keeps its own. */
  readonly mode?: number | undefined;
}

export type CommitOutcome = { readonly ok: true } | { readonly ok: false; readonly changed: string };

const Entry = z.object({
  absolute: z.string(),
  before: z.nullable(z.string()),
  after: z.nullable(z.string()),
  mode: z.nullable(z.number()),
  temporary: z.string(),
  backup: z.string(),
});
type Entry = z.infer<typeof Entry>;
const Record = z.object({ version: z.literal(1), entries: z.array(Entry) });

/**
 * Makes all changes or none; `folder` holds the records, outside of every workspace, and `id` is not in use there. Not ok
 * where a file is not what it was to be: nothing is changed then. Rejects with a file-system error, everything taken back.
 */
export async function commitChanges(
  folder: string,
  id: string,
  changes: readonly FileChange[],
  files: EditFiles = editFiles,
): Promise<CommitOutcome> {
  const entries: Entry[] = [];
  const recordPath = join(folder, `${id}.json`);
  try {
    await writePlan(folder, id, changes, files);
    for (const [index, change] of changes.entries()) {
      const entry = await entryOf(folder, id, index, change, files);
      if (entry === undefined) return await withdrawn(recordPath, entries, change.absolute, files);
      entries.push(entry);
      await prepare(entry, change, files);
    }
    await writeRecord(recordPath, entries, files);
    for (const entry of entries) {
      if ((await hashAt(entry.absolute, files)) !== entry.before)
        return await withdrawn(recordPath, entries, entry.absolute, files);
      await makeChange(entry, files);
    }
  } catch (error) {
    await takeBack(entries, files);
    await clear(recordPath, entries, files);
    throw error;
  }
  await clear(recordPath, entries, files);
  return { ok: true };
}

async function withdrawn(
  recordPath: string,
  entries: readonly Entry[],
  changed: string,
  files: EditFiles,
): Promise<CommitOutcome> {
  await takeBack(entries, files);
  await clear(recordPath, entries, files);
  return { ok: false, changed };
}

async function entryOf(
  folder: string,
  id: string,
  index: number,
  { absolute, before, content, mode }: FileChange,
  files: EditFiles,
): Promise<Entry | undefined> {
  if ((await hashAt(absolute, files)) !== before) return undefined;
  const temporary = temporaryOf(absolute, id);
  return {
    absolute,
    before,
    after: content === null ? null : hashOf(content),
    mode: (await files.mode(absolute)) ?? mode ?? null,
    temporary,
    backup: join(folder, `${id}.${index}.before`),
  };
}

const TEMPORARY = ".nexus-tmp";

function temporaryOf(absolute: string, id: string): string {
  return join(dirname(absolute), `.${basename(absolute).slice(0, 60)}.${id}${TEMPORARY}`);
}

/** Before anything is put beside the files: where it will be, so that none of it stays for good after a crash. */
async function writePlan(folder: string, id: string, changes: readonly FileChange[], files: EditFiles): Promise<void> {
  const temporaries = changes.map(({ absolute }) => temporaryOf(absolute, id));
  await files.write(planOf(join(folder, `${id}.json`)), new TextEncoder().encode(JSON.stringify(temporaries)), 0o600);
}

function planOf(recordPath: string): string {
  return recordPath.replace(/\.json$/, ".plan");
}

async function prepare(entry: Entry, { content }: FileChange, files: EditFiles): Promise<void> {
  const present = await files.read(entry.absolute);
  if (present !== undefined) await files.write(entry.backup, present, 0o600);
  if (content !== null) await files.write(entry.temporary, content, entry.mode ?? undefined);
}

async function writeRecord(path: string, entries: readonly Entry[], files: EditFiles): Promise<void> {
  const text = JSON.stringify({ version: 1, entries });
  await files.write(`${path}.new`, new TextEncoder().encode(text), 0o600);
  await files.rename(`${path}.new`, path);
}

async function makeChange(entry: Entry, files: EditFiles): Promise<void> {
  if (entry.after === null) await files.remove(entry.absolute);
  else await files.rename(entry.temporary, entry.absolute);
}

/** What was changed already becomes what it was; what is neither old nor new is left alone. */
async function takeBack(entries: readonly Entry[], files: EditFiles): Promise<void> {
  for (const entry of entries) {
    if (entry.before === entry.after || (await hashAt(entry.absolute, files)) !== entry.after) continue;
    if (entry.before === null) {
      await files.remove(entry.absolute);
      continue;
    }
    const content = await files.read(entry.backup);
    if (content === undefined || hashOf(content) !== entry.before) continue;
    await files.write(entry.temporary, content, entry.mode ?? undefined);
    await files.rename(entry.temporary, entry.absolute);
  }
}

/** The record goes first: without it nobody takes what is left for a change that is under way. */
async function clear(recordPath: string, entries: readonly Entry[], files: EditFiles): Promise<void> {
  await files.remove(recordPath);
  for (const { temporary, backup } of entries) {
    await files.remove(temporary);
    await files.remove(backup);
  }
  await files.remove(planOf(recordPath));
}

export interface Recovery {
  /** Changes that were carried to their end, and that were taken back. */
  readonly finished: number;
  readonly undone: number;
  /** Files that were neither as before nor as after; nothing was done to them. */
  readonly conflicts: readonly string[];
}

/** At start, before anything else changes files: settles what a killed process left in the folder. */
export async function recoverEdits(folder: string, files: EditFiles = editFiles): Promise<Recovery> {
  let finished = 0;
  let undone = 0;
  const conflicts: string[] = [];
  for (const name of await files.list(folder)) {
    if (!name.endsWith(".json")) continue;
    const path = join(folder, name);
    const entries = await readRecord(path, files);
    const states = await Promise.all(entries.map((entry) => stateOf(entry, files)));
    conflicts.push(...entries.filter((_, index) => states[index] === "other").map(({ absolute }) => absolute));
    const canFinish = states.every((state) => state === "after" || state === "ready");
    if (canFinish) {
      for (const [index, entry] of entries.entries()) if (states[index] === "ready") await makeChange(entry, files);
      finished += 1;
    } else {
      await takeBack(entries, files);
      undone += 1;
    }
    await clear(path, entries, files);
  }
  await sweep(folder, files);
  return { finished, undone, conflicts };
}

/** Prepared, but never begun: without a record nothing was changed. The plans go last. */
async function sweep(folder: string, files: EditFiles): Promise<void> {
  const names = await files.list(folder);
  for (const name of names) if (/\.(?:before|json\.new)$/.test(name)) await files.remove(join(folder, name));
  for (const name of names) {
    if (!name.endsWith(".plan")) continue;
    for (const temporary of await readPlan(join(folder, name), files)) await files.remove(temporary);
    await files.remove(join(folder, name));
  }
}

const Plan = z.array(z.string());

/** What a plan of which only a part was written names is not there yet. */
async function readPlan(path: string, files: EditFiles): Promise<string[]> {
  try {
    const parsed = Plan.safeParse(JSON.parse(new TextDecoder().decode(await files.read(path))));
    return parsed.success ? parsed.data.filter((temporary) => temporary.endsWith(TEMPORARY)) : [];
  } catch {
    return [];
  }
}

/** Records are renamed into place, so that one which cannot be read is none of ours. */
async function readRecord(path: string, files: EditFiles): Promise<Entry[]> {
  try {
    const parsed = Record.safeParse(JSON.parse(new TextDecoder().decode(await files.read(path))));
    return parsed.success ? parsed.data.entries : [];
  } catch {
    return [];
  }
}

async function stateOf(entry: Entry, files: EditFiles): Promise<"after" | "ready" | "before" | "other"> {
  const hash = await hashAt(entry.absolute, files);
  if (hash === entry.after) return "after";
  if (hash !== entry.before) return "other";
  return entry.after === null || (await hashAt(entry.temporary, files)) === entry.after ? "ready" : "before";
}

async function hashAt(path: string, files: EditFiles): Promise<string | null> {
  const content = await files.read(path);
  return content === undefined ? null : hashOf(content);
}
