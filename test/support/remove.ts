/** Removes a folder in which a process that was just ended, or a daemon that tidies its worktrees, is still at work for a moment. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const TRIES = 50;

/** What somebody else removes meanwhile can end a removal early, so it looks again. Rejects when something is left after 5 s. */
export async function removeFolder(path: string): Promise<void> {
  for (let tried = 1; ; tried++) {
    const problem = await rm(path, { recursive: true, force: true }).catch((error: unknown) => error);
    if (!existsSync(path)) return;
    if (tried === TRIES)
      throw problem ?? new Error(`${path} was removed, and is there again: something still writes there`);
    await sleep(100);
  }
}
