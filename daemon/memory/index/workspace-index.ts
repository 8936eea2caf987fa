/** Brings the index of one workspace up to date: scan, read what is new, store, set paths, make vectors. */
import type { Clock } from "../../host/clock.ts";
import { createOverlay } from "../sources/overlay.ts";
import { scanWorkspace } from "../sources/scan.ts";
import { scanPaths } from "../sources/scan-paths.ts";
import type { Scan } from "../sources/scan-state.ts";
import { createTally, type Skipped, type SourceEntry } from "../sources/source.ts";
import type { ContentTask } from "./content-reader.ts";
import type { BlobRow } from "./index-rows.ts";
import type { ParsePool } from "./parse-pool.ts";
import type { Repository } from "./repository.ts";
import type { WorkspaceView } from "./workspace-view.ts";

export interface UpdateCall {
  readonly signal: AbortSignal;
  onPhase(phase: "scanning" | "reading" | "linking", total: number | null): void;
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
  /** Files that were replaced again and again while they were read: the next update will find them. */
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
const SCAN_PART = "scan:";

export function createWorkspaceIndex(options: WorkspaceOptions): WorkspaceIndex {
  const { root, repository, view, pool, clock } = options;
  const problems = new Map<string, string>();
  const overlay = createOverlay();
  /** Of the overlay when paths were last set. */
  let overlaid = overlay.version;
  let lastScan = readScan(repository.rows.part(SCAN_PART + root));
  let turn: Promise<unknown> = Promise.resolve();

  function scan({ signal }: UpdateCall, round: number, paths: readonly string[] | undefined): Promise<Scan> {
    if (round > 0 || lastScan === undefined) return scanWorkspace(root, { signal, clock });
    return paths === undefined
      ? scanWorkspace(root, { signal, clock, previous: lastScan })
      : scanPaths(root, paths, { signal, clock, previous: lastScan });
  }

  async function update(call: UpdateCall, paths?: readonly string[]): Promise<UpdateTotals> {
    const known = new Set([...view.entries().values()].map(({ oid }) => oid));
    let read = 0;
    let unsettled: readonly string[] = [];
    if (view.entries().size === 0) pool.warm();
    for (let round = 0; round < ROUNDS; round++) {
      call.onPhase("scanning", null);
      const found = await scan(call, round, paths);
      const isSame = found.entries === lastScan?.entries && round === 0 && overlay.version === overlaid;
      const outcome = isSame && isComplete(found) ? { read: 0, changed: [] } : await apply(found, call);
      read += outcome.read;
      unsettled = outcome.changed;
      if (found !== lastScan) keepScan(found, paths === undefined);
      if (unsettled.length === 0) break;
    }
    call.onPhase("linking", null);
    await repository.completeVectors((segment) => view.isLive(segment), call.signal);
    const reused = [...view.entries().values()].filter(({ kind, oid }) => kind === "text" && known.has(oid)).length;
    return { reused, read, unsettled: unsettled.length };
  }

  function isComplete({ entries }: Scan): boolean {
    return view.entries().size === entries.length;
  }

  async function apply(scan: Pick<Scan, "entries">, call: UpdateCall): Promise<{ read: number; changed: string[] }> {
    overlaid = overlay.version;
    const wanted = overlay.apply(scan.entries);
    const tasks = tasksOf(wanted);
    const pathsByOid = Map.groupBy(wanted, ({ oid }) => oid);
    const changed: string[] = [];
    removeGone(wanted);
    setKnown(wanted);
    call.onPhase("reading", tasks.length);
    const bytesOf = tasks.reduce((sum, { bytes = 0 }) => sum + bytes, 0) / Math.max(tasks.length, 1);
    await pool.read(tasks, {
      signal: call.signal,
      onBatch(batch) {
        repository.addBatch(batch);
        changed.push(...batch.changed);
        setKnown(batch.blobs.flatMap(({ oid }) => pathsByOid.get(oid) ?? []));
        call.onChange();
      },
      onFiles: (files) => call.onFiles(files, files * bytesOf),
      onGivenUp: ({ path, oid, bytes = 0 }, why) => giveUp(path, oid, bytes, why, pathsByOid.get(oid) ?? []),
    });
    call.onChange();
    return { read: tasks.length, changed };
  }

  function giveUp(path: string, oid: string, bytes: number, why: string, entries: readonly SourceEntry[]): void {
    problems.set(path, why);
    const fields = { oid, bytes, kind: "unreadable" as const, language: null, lines: 0, symbols: 0, document: 0 };
    repository.addBatch({ segment: null, blobs: [{ ...fields, facts: null }], changed: [] });
    setKnown(entries);
  }

  /** Contents that nobody has read yet, each once. */
  function tasksOf(entries: readonly SourceEntry[]): ContentTask[] {
    const tasks = new Map<string, ContentTask>();
    for (const { path, oid, bytes } of entries) {
      if (repository.blob(oid) !== undefined || tasks.has(oid)) continue;
      const text = overlay.text(path);
      tasks.set(oid, { path, oid, bytes, root, ...(text === undefined ? {} : { text }) });
    }
    return [...tasks.values()];
  }

  function setKnown(entries: readonly SourceEntry[]): void {
    view.set(
      entries.flatMap(({ path, oid }) => {
        const blob = repository.blob(oid);
        return blob === undefined ? [] : [{ path, blob }];
      }),
    );
  }

  function removeGone(entries: readonly SourceEntry[]): void {
    const wanted = new Set(entries.map(({ path }) => path));
    view.set([...view.entries().keys()].filter((path) => !wanted.has(path)).map((path) => ({ path, blob: null })));
  }

  /** After single saves only in memory: writing all of it for one file would cost more than the save. */
  function keepScan(scan: Scan, isWhole: boolean): void {
    lastScan = scan;
    if (isWhole) repository.rows.setPart(SCAN_PART + root, Buffer.from(JSON.stringify(scan)));
  }

  return {
    update(call, paths) {
      const result = turn.then(() => update(call, paths));
      turn = result.catch(() => undefined);
      return result;
    },
    updateUnsaved(call) {
      const result = turn.then(async () => {
        if (overlay.version !== overlaid && lastScan !== undefined) await apply(lastScan, call);
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
    skipped: () => joined(lastScan?.skipped ?? [], view.entries()),
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

function joined(ofScan: readonly Skipped[], entries: ReadonlyMap<string, BlobRow>): Skipped[] {
  const tally = createTally();
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
