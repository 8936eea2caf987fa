/** What the window knows of its folders' code memory: read when it is asked for, kept fresh by memory/progress. */
import { realpath } from "node:fs/promises";
import type { Fact } from "../../protocol/knowledge.ts";
import type { IndexProgress, MemoryStatus } from "../../protocol/memory.ts";
import type { SearchMode, SearchResult } from "../../protocol/memory-search.ts";
import type { Answer } from "../../protocol/messages.ts";
import type { Daemon } from "../daemon/daemon.ts";

export interface Folder {
  /** As the editor names it; what the daemon is asked with. */
  readonly path: string;
  readonly name: string;
}

/** A result and the folder that it is from. */
export interface FoundCode {
  readonly folder: Folder;
  readonly result: SearchResult;
}

/** What of a Daemon is needed here. */
export type MemorySource = Pick<Daemon, "request" | "on" | "onConnected">;

/** What stays in the view until it is removed. */
export type Kept =
  | {
      readonly kind: "search";
      readonly id: number;
      readonly query: string;
      readonly mode: SearchMode;
      readonly found: readonly FoundCode[];
    }
  | {
      readonly kind: "impact";
      readonly id: number;
      readonly folder: Folder;
      readonly symbol: string;
      readonly answer: Answer<"memory/impact">;
    };

export interface FactPage {
  readonly facts: readonly Fact[];
  readonly nextCursor: string | null;
}

const MOST_KEPT = 10;
const FACTS_A_PAGE = 50;

type New<Each> = Each extends Kept ? Omit<Each, "id"> : never;

export class Memory {
  readonly #daemon: MemorySource;
  readonly #folders: () => readonly Folder[];
  readonly #listeners = new Set<() => void>();
  readonly #statuses = new Map<string, Promise<MemoryStatus>>();
  readonly #facts = new Map<string, Promise<FactPage>>();
  readonly #progress = new Map<string, IndexProgress>();
  #kept: readonly Kept[] = [];
  #lastId = 0;

  constructor(daemon: MemorySource, folders: () => readonly Folder[]) {
    this.#daemon = daemon;
    this.#folders = folders;
    daemon.on("memory/progress", (told) => void this.#progressed(told.workspace, told.progress));
    daemon.onConnected(() => this.refresh());
  }

  get folders(): readonly Folder[] {
    return this.#folders();
  }

  /** The newest first. */
  get kept(): readonly Kept[] {
    return this.#kept;
  }

  /** Told whenever what is shown may have changed. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  progress(folder: Folder): IndexProgress | undefined {
    return this.#progress.get(folder.path);
  }

  /** Rejects with a NexusError. */
  status(folder: Folder): Promise<MemoryStatus> {
    return remembered(this.#statuses, folder, () => this.#daemon.request("memory/status", { workspace: folder.path }));
  }

  /** The pages that have been loaded, as one. Rejects with a NexusError. */
  facts(folder: Folder): Promise<FactPage> {
    return remembered(this.#facts, folder, () =>
      this.#daemon.request("memory/facts", { workspace: folder.path, limit: FACTS_A_PAGE }),
    );
  }

  async moreFacts(folder: Folder): Promise<void> {
    const { facts, nextCursor } = await this.facts(folder);
    if (nextCursor === null) return;
    const params = { workspace: folder.path, limit: FACTS_A_PAGE, cursor: nextCursor };
    const page = await this.#daemon.request("memory/facts", params);
    this.#facts.set(folder.path, Promise.resolve({ ...page, facts: [...facts, ...page.facts] }));
    this.#tell();
  }

  /** Forgets what it has read, so that it is read again when it is shown. */
  refresh(): void {
    this.#statuses.clear();
    this.#facts.clear();
    this.#tell();
  }

  keep(found: New<Kept>): void {
    this.#lastId += 1;
    this.#kept = [{ ...found, id: this.#lastId }, ...this.#kept].slice(0, MOST_KEPT);
    this.#tell();
  }

  removeKept(id: number): void {
    this.#kept = this.#kept.filter((each) => each.id !== id);
    this.#tell();
  }

  async #progressed(workspace: string, progress: IndexProgress | null): Promise<void> {
    const folder = await this.#folderOf(workspace);
    if (folder === undefined) return;
    if (progress !== null) this.#progress.set(folder.path, progress);
    else {
      this.#progress.delete(folder.path);
      this.#statuses.delete(folder.path);
      this.#facts.delete(folder.path);
    }
    this.#tell();
  }

  /** The daemon names workspaces by their real paths. */
  async #folderOf(workspace: string): Promise<Folder | undefined> {
    for (const folder of this.folders)
      if (folder.path === workspace || (await realpath(folder.path).catch(() => "")) === workspace) return folder;
    return undefined;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Asked once; a failure is not remembered. */
function remembered<Value>(
  known: Map<string, Promise<Value>>,
  folder: Folder,
  ask: () => Promise<Value>,
): Promise<Value> {
  const present = known.get(folder.path);
  if (present !== undefined) return present;
  const answer = ask();
  known.set(folder.path, answer);
  answer.catch(() => {
    if (known.get(folder.path) === answer) known.delete(folder.path);
  });
  return answer;
}
