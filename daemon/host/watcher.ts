/** Hearing of changes in folders from the system, through @parcel/watcher, which is loaded when it is first needed. */
import { relative } from "node:path";

export interface WatchTarget {
  readonly folder: string;
  /** Folders inside that are not watched, relative, forward slashes. Not patterns. */
  readonly ignored: readonly string[];
  /** Paths relative to the folder, forward slashes; "" is the folder itself. Each at most once a call. */
  readonly onPaths: (paths: readonly string[]) => void;
  /** Changes may have been missed, and more may be: whoever listens should look for itself from now on. */
  readonly onFailure: (message: string) => void;
}

export interface FolderWatch {
  close(): Promise<void>;
}

/** Rejects where the watcher does not load or the system refuses (too many folders, say). */
export type WatchFolder = (target: WatchTarget) => Promise<FolderWatch>;

/** Each change is compared with all of them. */
const MAX_IGNORED = 200;
/** The package would take such a name for a pattern. */
const PATTERN_SIGNS = /[*?[\](){}!+@|\\]/;

/** Why the system's watcher does not load on this machine; undefined when it does. */
export async function watcherProblem(): Promise<string | undefined> {
  try {
    await import("@parcel/watcher");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Links are not followed. On Linux a storm of changes overflows the system's queue (16 384 as a rule) and the package
 * does not tell: who hears of very many changes must look for itself.
 */
export const watchFolder: WatchFolder = async ({ folder, ignored, onPaths, onFailure }) => {
  const { default: parcel } = await import("@parcel/watcher");
  let isOpen = true;
  const subscription = await parcel.subscribe(
    folder,
    (error, events) => {
      if (!isOpen) return;
      if (error) onFailure(error.message);
      else onPaths(events.map(({ path }) => relative(folder, path).replaceAll("\\", "/")));
    },
    { ignore: ignored.filter((path) => !PATTERN_SIGNS.test(path)).slice(0, MAX_IGNORED) },
  );
  return {
    async close() {
      isOpen = false;
      await subscription.unsubscribe();
    },
  };
};
