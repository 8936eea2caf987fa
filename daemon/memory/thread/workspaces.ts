/** All workspaces of the memory thread, and the repositories that they share. */
import { join } from "node:path";
import type { Clock } from "../../host/clock.ts";
import { discardIndexFile, type IndexFile, openIndexFile } from "../../store/index-file.ts";
import { createIndexRows, type IndexRows } from "../index/index-rows.ts";
import type { ParsePool } from "../index/parse-pool.ts";
import { openRepository, type Repository } from "../index/repository.ts";
import { SCAN_PART } from "../index/workspace-index.ts";
import { repositoryKey } from "../sources/repository-key.ts";
import { type ChangingTable, createChangingTable, readLearnedTable, tablesFolder } from "../vector/table-file.ts";
import type { WordTable } from "../vector/word-table.ts";
import { openWorkspace, type RepositoryPlace, type Workspace } from "./workspace.ts";

export interface Workspaces {
  /** Opened, and kept open; nothing is scanned yet. */
  open(root: string, signal: AbortSignal): Promise<Workspace>;
  opened(root: string): Workspace | undefined;
  all(): Iterable<Workspace>;
  /** Closes a workspace and forgets its paths; its contents too, unless another workspace uses them. Answers with the bytes given back. */
  forget(root: string, signal: AbortSignal): Promise<number>;
  /** Lets go of all databases. */
  close(): Promise<void>;
  /** Why an index had to be thrown away, by root. */
  readonly discarded: ReadonlyMap<string, string>;
}

export interface WorkspacesOptions {
  /** The data folder's part for indexes. */
  readonly folder: string;
  readonly pool: ParsePool;
  readonly table: WordTable;
  readonly clock: Clock;
  onChange(workspace: Workspace): void;
}

interface OpenRepository {
  readonly repository: Repository;
  readonly place: RepositoryPlace;
  readonly table: ChangingTable;
  /** Why the table that was learned is not used. */
  readonly tableProblem: string | null;
  readonly discarded: string | undefined;
}

export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  const { folder, pool, table: builtIn, clock } = options;
  const workspaces = new Map<string, Promise<Workspace>>();
  const ready = new Map<string, Workspace>();
  const repositories = new Map<string, Promise<OpenRepository>>();
  const discarded = new Map<string, string>();
  let keys: Promise<IndexFile> | undefined;

  async function keyOf(root: string, signal: AbortSignal): Promise<string> {
    keys ??= openIndexFile(join(folder, "keys.db"));
    keys.catch(() => {
      keys = undefined;
    });
    const rows = createIndexRows((await keys).connection);
    const store = {
      get: (key: string) => rows.part(key),
      set: (key: string, bytes: Uint8Array) => rows.setPart(key, bytes),
      delete: (key: string) => rows.setPart(key, undefined),
    };
    return (await repositoryKey(root, { signal, store })).key;
  }

  async function openShared(key: string): Promise<OpenRepository> {
    const place = { key, folder: join(folder, key.slice(0, 32)) };
    const file = join(place.folder, "index.db");
    const table = createChangingTable(builtIn);
    const learned = await readLearnedTable(tablesFolder(place));
    if (learned?.ok === true) table.change(learned.value.table);
    const own = { place, table, tableProblem: learned?.ok === false ? learned.error.message : null };
    const opened = await openIndexFile(file);
    try {
      return { ...loaded(opened, table), ...own };
    } catch (error) {
      // A large file is not read through when it is opened.
      opened.connection.close();
      await discardIndexFile(file);
      const again = await openIndexFile(file);
      return { ...loaded(again, table), ...own, discarded: String(error) };
    }
  }

  function loaded({ connection, discarded: why }: IndexFile, table: ChangingTable) {
    const repository = openRepository(createIndexRows(connection), table, () => connection.close());
    const isDamaged = repository.dropDamaged() > 0;
    return { repository, discarded: why ?? (isDamaged ? "some of it was damaged" : undefined) };
  }

  function shared(key: string): Promise<OpenRepository> {
    const known = repositories.get(key);
    if (known !== undefined) return known;
    const made = openShared(key);
    repositories.set(key, made);
    made.catch(() => repositories.delete(key));
    return made;
  }

  async function openNew(root: string, signal: AbortSignal): Promise<Workspace> {
    const { repository, discarded: why, ...own } = await shared(await keyOf(root, signal));
    if (why !== undefined) discarded.set(root, why);
    const workspace = openWorkspace({
      root,
      repository,
      ...own,
      pool,
      clock,
      onChange: () => options.onChange(workspace),
    });
    ready.set(root, workspace);
    return workspace;
  }

  function open(root: string, signal: AbortSignal): Promise<Workspace> {
    const known = workspaces.get(root);
    if (known !== undefined) return known;
    signal.throwIfAborted();
    // Others may wait for it too, so nobody's cancelling ends it.
    const made = openNew(root, new AbortController().signal);
    workspaces.set(root, made);
    made.catch(() => workspaces.delete(root));
    return made;
  }

  return {
    open,
    opened: (root) => ready.get(root),
    all: () => ready.values(),
    async forget(root, signal) {
      const { repository } = await open(root, signal);
      const { rows } = repository;
      const before = rows.size();
      for (const view of rows.views()) if (view.root === root) rows.deleteView(view.id);
      forgetParts(rows, root);
      workspaces.delete(root);
      ready.delete(root);
      repository.dropUnused();
      rows.compact();
      return Math.max(0, before - rows.size());
    },
    async close() {
      for (const opened of await Promise.allSettled(repositories.values()))
        if (opened.status === "fulfilled") opened.value.repository.close();
      repositories.clear();
      const [opened] = await Promise.allSettled([keys]);
      if (opened.status === "fulfilled") opened.value?.connection.close();
      keys = undefined;
    },
    discarded,
  };
}

/** What scans and history left, with the names of files and people. */
function forgetParts(rows: IndexRows, root: string): void {
  rows.setPart(SCAN_PART + root, undefined);
  rows.deleteParts(`${root}:`);
}
