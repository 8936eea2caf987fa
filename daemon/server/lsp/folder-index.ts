/** Whether the code of a folder is known to the daemon, and reading it where it is not, told as progress. */
import { dirname } from "node:path";
import { NexusError } from "../../../protocol/errors.ts";
import type { IndexProgress } from "../../../protocol/index.ts";
import { userHome } from "../../host/paths.ts";
import type { Choices } from "./choices.ts";
import { wordsOf } from "./errors.ts";
import type { Face, FolderIndex, IndexOptions } from "./feature.ts";

type State = "asking" | "reading" | "elsewhere" | "ready" | "unread";
type Ports = Pick<Face, "link" | "progress" | "say" | "folders">;

const PHASES: Readonly<Record<IndexProgress["phase"], string>> = {
  scanning: "looking for files",
  reading: "reading files",
  history: "reading the history",
  linking: "following imports",
  embedding: "making vectors",
  learning: "learning words",
};

export function createFolderIndex(
  { link, progress, say, folders }: Ports,
  choices: Pick<Choices, "index">,
): FolderIndex {
  const states = new Map<string, State>();
  const listeners = new Set<(folder: string) => void>();
  link.onLost(() => states.clear());
  // Another client may have had it read.
  link.on("memory/progress", ({ workspace, progress: step }) => {
    const folder = folders.workspaceOf(workspace);
    if (step !== null || folder === undefined) return;
    const state = states.get(folder);
    if (state === "unread") void look(folder).catch(() => undefined);
    if (state === "elsewhere") void ask(folder).catch(() => states.delete(folder));
  });

  function becameReady(folder: string): void {
    states.set(folder, "ready");
    for (const listener of listeners) listener(folder);
  }

  async function read(folder: string, { signal, rebuild = false, workDoneToken }: IndexOptions): Promise<void> {
    states.set(folder, "reading");
    const shown = await progress.begin("Nexus: reading the code", { signal, workDoneToken, message: folder });
    const end = link.on("memory/progress", ({ workspace, progress: step }) => {
      if (step === null || folders.workspaceOf(workspace) !== folder) return;
      const { done, total } = step;
      const share = total === null || total === 0 ? {} : { percent: (100 * done) / total };
      const words = `${PHASES[step.phase]}: ${done}${total === null ? "" : ` of ${total}`}`;
      shown.report(words, share.percent);
    });
    try {
      const wish = { workspace: folder, ...(rebuild ? { rebuild } : {}) };
      const totals = await link.request("memory/index", wish, { signal: shown.signal });
      shown.done(`${totals.files} files, ${totals.symbols} symbols`);
      becameReady(folder);
    } catch (error) {
      states.set(folder, "unread");
      shown.done("not read");
      throw error;
    } finally {
      end();
    }
  }

  /** Reads nothing by itself: what failed once would fail for ever. */
  async function look(folder: string): Promise<void> {
    const { state } = await link.request("memory/status", { workspace: folder });
    if (state === "ready" || state === "stale") becameReady(folder);
  }

  async function ask(folder: string): Promise<void> {
    states.set(folder, "asking");
    const { state } = await link.request("memory/status", { workspace: folder });
    if (state === "ready" || state === "stale") return becameReady(folder);
    if (state === "indexing") states.set(folder, "elsewhere");
    else if (choices.index === "never" || (await isTooMuch(folder))) {
      states.set(folder, "unread");
      say("info", `Nexus does not read ${folder} by itself. The command nexus.index does.`, { once: true });
      return;
    }
    // The first to ask must not wait for it.
    const { signal } = new AbortController();
    read(folder, { signal }).catch((error: unknown) => {
      const isCancelled = error instanceof NexusError && error.value.code === "request.cancelled";
      if (!isCancelled) say("warning", `The code of ${folder} could not be read. ${wordsOf(error)}`, { once: true });
    });
  }

  return {
    read,
    onReady: (listener) => void listeners.add(listener),
    async isReady(folder) {
      if (!states.has(folder)) {
        await ask(folder).catch((error: unknown) => {
          states.delete(folder);
          throw error;
        });
      }
      return states.get(folder) === "ready";
    },
  };
}

/** A person's whole home, or a whole disk, is nothing that an editor meant to have read. */
async function isTooMuch(folder: string): Promise<boolean> {
  if (dirname(folder) === folder) return true;
  const home = await userHome().catch(() => null);
  return home !== null && (home === folder || home.startsWith(`${folder}/`) || home.startsWith(`${folder}\\`));
}
