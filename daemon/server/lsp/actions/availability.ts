/** Whether agents can work in a folder: known before it is asked, so that a list of actions never waits for the daemon. */
import type { Face } from "../feature.ts";

export interface Availability {
  /** Why no action can be done; undefined when it can, or is not known yet. */
  reason(folder: string): string | undefined;
  /** Nobody has decided about the folder: nothing of it may be run or obeyed. */
  isUndecided(folder: string): Promise<boolean>;
  look(folder: string): void;
}

const FRESH_MS = 3000;
const MOST_FOLDERS = 100;

export function createAvailability({
  link,
  clock,
  runDefaults,
}: Pick<Face, "link" | "clock" | "runDefaults">): Availability {
  const known = new Map<string, { readonly at: number; readonly reason: string | undefined }>();
  const looking = new Set<string>();

  async function reasonOf(folder: string): Promise<string | undefined> {
    const { state } = await link.request("workspace/trust", { workspace: folder });
    if (state === "untrusted") return "The folder is not trusted. The command nexus.trust decides that.";
    if (state === "changed")
      return "What the folder configures has changed since it was trusted. The command nexus.trust decides that.";
    const { modelSettings } = await runDefaults();
    if (modelSettings !== undefined) return undefined;
    // Setting nothing tells what is set.
    const { provider } = await link.request("model/configure", {});
    return provider === null ? "No model is configured. `nexus doctor` says how." : undefined;
  }

  function look(folder: string): void {
    const before = known.get(folder);
    const isFresh = before !== undefined && clock.monotonic() - before.at < FRESH_MS;
    if (isFresh || looking.has(folder)) return;
    looking.add(folder);
    reasonOf(folder)
      .then((reason) => {
        if (known.size >= MOST_FOLDERS) known.clear();
        known.set(folder, { at: clock.monotonic(), reason });
      })
      // Without a daemon nothing is known; the action itself will say so.
      .catch(() => known.delete(folder))
      .finally(() => looking.delete(folder));
  }

  return {
    reason(folder) {
      look(folder);
      return known.get(folder)?.reason;
    },
    isUndecided: async (folder) => (await link.request("workspace/trust", { workspace: folder })).state === "undecided",
    look,
  };
}
