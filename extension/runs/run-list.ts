/** The runs of this window's folders, newest first: loaded page by page, kept fresh by run/changed. */
import { realpath } from "node:fs/promises";
import type { RunSummary } from "../../protocol/run.ts";
import type { Daemon } from "../daemon/daemon.ts";

export interface RunChange {
  readonly run: RunSummary;
  /** As it was known before; undefined for a run that is new here. */
  readonly before: RunSummary | undefined;
}

const PAGE = 30;

export class RunList {
  readonly #daemon: Daemon;
  readonly #folders: () => readonly string[];
  readonly #listeners = new Set<(change: RunChange | null) => void>();
  readonly #runs = new Map<string, RunSummary>();
  /** Folder → where its next page begins; null after the last one. */
  readonly #cursors = new Map<string, string | null>();
  #loaded: Promise<void> | undefined;

  constructor(daemon: Daemon, folders: () => readonly string[]) {
    this.#daemon = daemon;
    this.#folders = folders;
    daemon.on("run/changed", ({ run }) => void this.#change(run));
    daemon.onConnected(() => void this.reload().catch(() => undefined));
  }

  get all(): RunSummary[] {
    return [...this.#runs.values()].sort((first, second) => (first.createdAt < second.createdAt ? 1 : -1));
  }

  get hasMore(): boolean {
    return [...this.#cursors.values()].some((cursor) => cursor !== null);
  }

  get(runId: string): RunSummary | undefined {
    return this.#runs.get(runId);
  }

  /** Told of each changed run, and with null when the list as a whole was read again. */
  onChange(listener: (change: RunChange | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first page, read once. Rejects with a NexusError. */
  load(): Promise<void> {
    this.#loaded ??= this.reload();
    this.#loaded.catch(() => {
      this.#loaded = undefined;
    });
    return this.#loaded;
  }

  async reload(): Promise<void> {
    const folders = await realFolders(this.#folders());
    const pages = await Promise.all(folders.map(async (folder) => ({ folder, page: await this.#page(folder) })));
    this.#cursors.clear();
    for (const { folder, page } of pages) this.#add(folder, page);
    this.#loaded = Promise.resolve();
    this.#tell(null);
  }

  async loadMore(): Promise<void> {
    const open = [...this.#cursors].filter(([, cursor]) => cursor !== null);
    for (const [folder, cursor] of open) this.#add(folder, await this.#page(folder, cursor));
    this.#tell(null);
  }

  #page(folder: string, cursor: string | null = null) {
    const after = cursor === null ? {} : { cursor };
    return this.#daemon.request("run/list", { workspace: folder, limit: PAGE, ...after });
  }

  #add(folder: string, page: { runs: RunSummary[]; nextCursor: string | null }): void {
    this.#cursors.set(folder, page.nextCursor);
    for (const run of page.runs) this.#runs.set(run.runId, run);
  }

  async #change(run: RunSummary): Promise<void> {
    const before = this.#runs.get(run.runId);
    if (before === undefined && !(await this.#isOurs(run.workspace))) return;
    this.#runs.set(run.runId, run);
    this.#tell({ run, before });
  }

  async #isOurs(workspace: string): Promise<boolean> {
    const folders = this.#folders();
    return folders.includes(workspace) || (await realFolders(folders)).includes(workspace);
  }

  #tell(change: RunChange | null): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** The daemon names workspaces by their real paths. */
async function realFolders(folders: readonly string[]): Promise<string[]> {
  return Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
}
