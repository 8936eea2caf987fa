/** Which files a workspace has, and what their contents are called. */
import { type Clock, systemClock } from "../../host/clock.ts";
import { realPath } from "../../host/files.ts";
import { unlessCancelled } from "./git-place.ts";
import { scanWithGit } from "./scan-git.ts";
import type { Scan, ScanRequest } from "./scan-state.ts";
import { scanByWalking } from "./scan-walk.ts";
import { DEFAULT_SCAN_LIMITS, type ScanLimits } from "./source.ts";

export interface ScanOptions {
  readonly signal: AbortSignal;
  readonly limits?: Partial<ScanLimits>;
  /** The workspace's last scan, with the same limits: what did not change since is not looked at again. */
  readonly previous?: Scan | undefined;
  readonly clock?: Clock;
}

/**
 * Lists the files worth indexing below `root`, through git where it knows the folder, else by walking it. Whatever
 * cannot be read is counted; only a missing root and the signal make it reject. An unchanged repository costs one
 * `git status`.
 */
export async function scanWorkspace(root: string, options: ScanOptions): Promise<Scan> {
  const { signal, limits, previous, clock = systemClock } = options;
  signal.throwIfAborted();
  const real = await realPath(root);
  const request: ScanRequest = {
    ...{ root: real, signal, now: clock.now },
    limits: { ...DEFAULT_SCAN_LIMITS, ...limits },
    previous: previous?.root === real ? previous : undefined,
  };
  return (await scanWithGit(request).catch(unlessCancelled(signal))) ?? scanByWalking(request);
}
