/**
 * Summaries of runs for everybody's lists. The first change of a run is told at once; what follows fast is told together, the last
 * state of each run once.
 */
import type { RunSummary } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";

const TOGETHER_MS = 200;

/** `tell` gets each run at most once. */
export function createRunChanges(
  clock: Pick<Clock, "timer">,
  tell: (runs: readonly RunSummary[]) => void,
): (run: RunSummary) => void {
  const waiting = new Map<string, RunSummary>();
  let toldLately = new Set<string>();

  function tellWaiting(): void {
    const runs = [...waiting.values()];
    waiting.clear();
    toldLately = new Set(runs.map(({ runId }) => runId));
    if (runs.length === 0) return;
    clock.timer(TOGETHER_MS, tellWaiting);
    tell(runs);
  }

  return (run) => {
    if (toldLately.has(run.runId)) {
      waiting.set(run.runId, run);
      return;
    }
    if (toldLately.size === 0) clock.timer(TOGETHER_MS, tellWaiting);
    toldLately.add(run.runId);
    tell([run]);
  };
}
