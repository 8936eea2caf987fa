/** Tells of progress a few times a second at most, however fast the work goes. */
import type { NotificationParams } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";

type Progress = NotificationParams<"memory/progress">;

const PACE_MS = 250;

interface Pace {
  /** What came since the last word; told when the time is over. */
  waiting: Progress | undefined;
  stop(): void;
}

/** The newest of a burst is never lost; the end, and a new phase, are told at once. */
export function paceProgress(clock: Clock, tell: (progress: Progress) => void): (progress: Progress) => void {
  const paces = new Map<string, Pace & { readonly phase: string | undefined }>();

  function tellNow(progress: Progress): void {
    const { workspace } = progress;
    paces.get(workspace)?.stop();
    paces.delete(workspace);
    if (progress.progress !== null) {
      const stop = clock.timer(PACE_MS, () => rested(workspace));
      paces.set(workspace, { phase: progress.progress.phase, waiting: undefined, stop });
    }
    tell(progress);
  }

  function rested(workspace: string): void {
    const waiting = paces.get(workspace)?.waiting;
    paces.delete(workspace);
    if (waiting !== undefined) tellNow(waiting);
  }

  return (progress) => {
    const pace = paces.get(progress.workspace);
    if (pace !== undefined && progress.progress?.phase === pace.phase) pace.waiting = progress;
    else tellNow(progress);
  };
}
