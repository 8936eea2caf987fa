/** Brings the index of one workspace up to date: scan, read what is new, store, set paths, make vectors. */
import type { Clock } from "../../host/clock.ts";
import { createOverlay } from "../sources/overlay.ts";
import { scanWorkspace } from "../sources/scan.ts";
import { scanPaths } from "../sources/scan-paths.ts";
import type { Scan } from "../sources/scan-state.ts";
import { createTally, type Skipped, type SourceEntry } from "../sources/source.ts";
import { contentName } from "./content-name.ts";
import type { ContentTask } from "./content-reader.ts";
import type { BlobRow } from "./index-rows.ts";
import type { ParsePool } from "./parse-pool.ts";
import type { Repository } from "./repository.ts";
import type { WorkspaceView } from "./workspace-view.ts";

export interface UpdateCall {
  readonly signal: AbortSignal;
  /** `total` files of together `bytes`, where they are known. */
  onPhase(phase: "scanning" | "reading" | "linking", total: number | null, bytes?: number): void;
  /** Files read since the last call. */
  onFiles(files: number, bytes: number): void;
  /** The index was changed; searches see it from now on. */
  onChange(): void;
}

export interface UpdateTotals {
  /** Text files of the workspace whose content was known before. */
  readonly reused: number;
  /** Contents that were read now. */
  readonly read: number;
  /** Files that could not be read, or were replaced again and again meanwhile: the next update will find them. */
  readonly unsettled: number;
}

export interface WorkspaceIndex {
  /** Looks at everything, or only at `paths`. Later calls wait for earlier ones. */
  update(call: UpdateCall, paths?: readonly string[]): Promise<UpdateTotals>;
  /** Only what the editor told: the disk is not looked at. */
  updateUnsaved(call: UpdateCall): Promise<void>;
  /** The editor's text of a file, in the place of what is on disk; null ends that. True when something changed. */
  setUnsaved(path: string, text: string | null): boolean;
  readonly lastScan: Scan | undefined;
  /** What is left out, the scan's and the contents' together. */
  skipped(): Skipped[];
  /** Files that ended their parse thread, with the reason. */
  readonly problems: ReadonlyMap<string, string>;
}

export interface WorkspaceOptions {
  readonly root: string;
  readonly repository: Repository;
  readonly view: WorkspaceView;
  readonly pool: ParsePool;
  readonly clock: Clock;
}

/** A file that changes while it is read is looked at again so often. */
const ROUNDS = 3;
/** Before the root: the last whole scan. */
export const SCAN_PART = "scan:";

export function createWorkspaceIndex(options: WorkspaceOptions): WorkspaceIndex {
  const { root, repository, view, pool, clock } = options;
  const problems = new Map<string, string>();
  const overlay = createOverlay();
  /** Of the overlay when paths were last set. */
  let overlaid = overlay.version;
  let lastScan = readScan(repository.rows.part(SCAN_PART + root));
  /** Of each path the scan's or the editor's entry that the view shows: most stay the same from update to update. */
  const settled = new Map<string, SourceEntry>();
  /** Files that could not be read, or never held still. */
  let unread: readonly string[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  function scan({ signal }: UpdateCall, round: number, paths: readonly string[] | undefined): Promise<Scan> {
    if (round > 0 || lastScan === undefined) return scanWorkspace(root, { signal, clock });
    return paths === undefined
      ? scanWorkspace(root, { signal, clock, previous: lastScan })
      : scanPaths(root, paths, { signal, clock, previous: lastScan });
  }

  async function update(call: UpdateCall, paths?: readonly string[]): Promise<UpdateTotals> {
    const known = new Set(paths === undefined ? [...view.entries().values()].map(({ name }) => name) : []);
    let read = 0;
    let unsettled: readonly string[] | undefined;
    const before = view.version;
    if (view.entries().size === 0) pool.warm();
    for (let round = 0; round < ROUNDS; round++) {
      call.onPhase("scanning", null);
      const found = await scan(call, round, paths);
      const isSame = found.entries === lastScan?.entries && round === 0 && overlay.version === overlaid;
      const outcome = isSame && isComplete(found) ? { read: 0, changed: [] } : await apply(found, call);
      read += outcome.read;
      if (found !== lastScan) keepScan(found, paths === undefined);
      // The same ones once more: they do not change, they cannot be read.
      const isStuck = outcome.changed.join("\n") === unsettled?.join("\n");
      unsettled = outcome.changed;
      if (unsettled.length === 0 || isStuck) break;
    }
    unread = pathsNamed(unsettled ?? []);
    call.onPhase("linking", null);
    if (view.version !== before || !repository.hasVectors()) {
      await repository.completeVectors((segment) => view.isLive(segment), call.signal);
      repository.tidy(paths === undefined);
    }
    const isReused = ({ kind, name }: BlobRow) => kind === "text" && known.has(name);
    const reused = known.size === 0 ? 0 : [...view.entries().values()].filter(isReused).length;
    return { reused, read, unsettled: unread.length };
  }

  function pathsNamed(names: readonly string[]): string[] {
    if (names.length === 0) return [];
    const wanted = new Set(names);
    const entries = lastScan?.entries ?? [];
    return entries.flatMap((entry) => (wanted.has(contentName(entry)) ? [entry.path] : []));
  }

  /** The paths in the database are those of another scan when an update was killed, or a text was unsaved then. */
  function isComplete({ entries }: Scan): boolean {
    const present = view.entries();
    const isShown = (entry: SourceEntry) =>
      settled.get(entry.path) === entry || present.get(entry.path)?.name === contentName(entry);
    if (present.size !== entries.length || !entries.every(isShown)) return false;
    for (const entry of entries) settled.set(entry.path, entry);
    return true;
  }

  async function apply(scan: Pick<Scan, "entries">, call: UpdateCall): Promise<{ read: number; changed: string[] }> {
    overlaid = overlay.version;
    const wanted = overlay.apply(scan.entries);
    const open = wanted.filter((entry) => settled.get(entry.path) !== entry);
    const tasks = tasksOf(open);
    const entriesByName = Map.groupBy(open, contentName);
    const changed: string[] = [];
    removeGone(wanted);
    setKnown(open);
    call.onPhase(
      "reading",
      tasks.length,
      tasks.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    );
    await pool.read(tasks, {
      signal: call.signal,
      onBatch(batch) {
        repository.addBatch(batch);
        changed.push(...batch.changed);
        setKnown(batch.blobs.flatMap(({ name }) => entriesByName.get(name) ?? []));
        call.onChange();
      },
      onFiles: call.onFiles,
      onGivenUp: (task, why) => giveUp(task, why, entriesByName.get(task.name) ?? []),
    });
    call.onChange();
    return { read: tasks.length, changed };
  }

  function giveUp({ path, name, bytes = 0 }: ContentTask, why: string, entries: readonly SourceEntry[]): void {
    problems.set(path, why);
    const fields = { name, bytes, kind: "unreadable" as const, language: null, lines: 0, symbols: 0, document: 0 };
    repository.addBatch({ segment: null, blobs: [{ ...fields, facts: null }], changed: [] });
    setKnown(entries);
  }

  /** Contents that nobody has read yet, each once. */
  function tasksOf(entries: readonly SourceEntry[]): ContentTask[] {
    const tasks = new Map<string, ContentTask>();
    for (const entry of entries) {
      const name = contentName(entry);
      if (repository.blob(name) !== undefined || tasks.has(name)) continue;
      const { path, oid, bytes } = entry;
      const text = overlay.text(path);
      tasks.set(name, { path, oid, name, bytes, root, ...(text === undefined ? {} : { text }) });
    }
    return [...tasks.values()];
  }

  function setKnown(entries: readonly SourceEntry[]): void {
    const known = entries.flatMap((entry) => {
      const blob = repository.blob(contentName(entry));
      return blob === undefined ? [] : [{ path: entry.path, blob, entry }];
    });
    view.set(known);
    for (const { path, entry } of known) settled.set(path, entry);
  }

  function removeGone(entries: readonly SourceEntry[]): void {
    const wanted = new Set(entries.map(({ path }) => path));
    const gone = [...view.entries().keys()].filter((path) => !wanted.has(path));
    view.set(gone.map((path) => ({ path, blob: null })));
    for (const path of gone) settled.delete(path);
  }

  /** After single saves only in memory: writing all of it for one file would cost more than the save. */
  function keepScan(scan: Scan, isWhole: boolean): void {
    const isKept = isWhole && !isAlike(scan, lastScan);
    lastScan = scan;
    if (isKept) repository.rows.setPart(SCAN_PART + root, Buffer.from(JSON.stringify(scan)));
  }

  return {
    update(call, paths) {
      const result = turn.then(() => update(call, paths));
      turn = result.catch(() => undefined);
      return result;
    },
    updateUnsaved(call) {
      const result = turn.then(async () => {
        if (overlay.version === overlaid || lastScan === undefined) return;
        await apply(lastScan, call);
        repository.tidy(false);
      });
      turn = result.catch(() => undefined);
      return result;
    },
    setUnsaved(path, text) {
      const before = overlay.version;
      overlay.set(path, text);
      return overlay.version !== before;
    },
    get lastScan() {
      return lastScan;
    },
    skipped: () => joined(lastScan?.skipped ?? [], view.entries(), unread),
    problems,
  };
}

/** Damage costs one scan from the beginning. */
function readScan(bytes: Uint8Array | undefined): Scan | undefined {
  if (bytes === undefined) return undefined;
  try {
    const scan: unknown = JSON.parse(Buffer.from(bytes).toString());
    return isScan(scan) ? scan : undefined;
  } catch {
    return undefined;
  }
}

/** The branch of a workspace at its last whole scan; null where none is known. */
export function keptBranch(rows: Pick<Repository["rows"], "part">, root: string): string | null {
  return readScan(rows.part(SCAN_PART + root))?.branch ?? null;
}

/** We wrote it ourselves, into a database of this version. */
function isScan(value: unknown): value is Scan {
  return typeof value === "object" && value !== null && "entries" in value && Array.isArray(value.entries);
}

function joined(
  ofScan: readonly Skipped[],
  entries: ReadonlyMap<string, BlobRow>,
  unread: readonly string[],
): Skipped[] {
  const tally = createTally();
  for (const path of unread) tally.add("unreadable", path);
  for (const [path, { kind }] of entries) if (kind !== "text") tally.add(kind, path);
  const all = [...ofScan];
  for (const own of tally.skipped()) {
    const place = all.findIndex(({ reason }) => reason === own.reason);
    const other = all[place];
    if (other === undefined) all.push(own);
    else {
      const examples = [...new Set([...other.examples, ...own.examples])].sort().slice(0, 5);
      all[place] = { reason: own.reason, count: other.count + own.count, examples };
    }
  }
  return all.sort((first, second) => second.count - first.count);
}

/** What a later process would make of either is the same. */
function isAlike(scan: Scan, other: Scan | undefined): boolean {
  return (
    scan.entries === other?.entries &&
    scan.head === other.head &&
    scan.branch === other.branch &&
    scan.git?.indexStamp === other.git?.indexStamp
  );
}
