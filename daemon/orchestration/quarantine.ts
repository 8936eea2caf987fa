/** A run that takes the daemon down with it each time must not do so for ever. */
import type { RunEventBody, RunState } from "../../protocol/index.ts";
import { errorValue } from "../../protocol/index.ts";
import type { Store } from "../store/store.ts";
import type { RunDependencies } from "./dependencies.ts";

const LIVES = 3;

/** What a life of the daemon records without having got anywhere. */
const NO_PROGRESS: ReadonlySet<RunEventBody["type"]> = new Set([
  "run.started",
  "run.entered",
  "run.suspended",
  "model.requested",
  "model.failed",
]);

/** True when the last three times that a daemon took the run up, it died before anything was achieved. */
export async function isQuarantined(store: Store, state: RunState): Promise<boolean> {
  const events = await store.events.read(state.runId, { before: state.seq + 1, limit: 40 });
  let lives = 0;
  for (const { body } of events.reverse()) {
    // A suspension is a clean stop: no life was lost.
    if (!NO_PROGRESS.has(body.type) || body.type === "run.suspended") break;
    if (body.type === "run.started") lives++;
  }
  return lives > LIVES;
}

export async function quarantine(dependencies: RunDependencies, runId: string): Promise<void> {
  const error = errorValue("run.quarantined");
  const body = { type: "run.finished" as const, status: "failed" as const, summary: error.message, error };
  await dependencies.store.events.append(runId, [{ body }]);
}
