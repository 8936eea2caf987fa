/** Commands of a prompt that start no run: what is decided about a change, and what is put back. */
import { nexusError, pendingPaths, type RunState, type RunSummary } from "../../../protocol/index.ts";
import { acceptChanges, type ChangesPlace, discardChanges, shownChanges } from "./accept.ts";
import type { ActionName } from "./commands.ts";

const MOST_RUNS = 50;

/** Answers with what the person is told. */
export async function carryOut(name: Exclude<ActionName, "resume">, place: ChangesPlace): Promise<string> {
  switch (name) {
    case "diff":
      return withWaiting(place, async (state) => {
        await shownChanges(place, state);
        return "Write it with /accept, give it up with /discard.";
      });
    case "accept":
      return withWaiting(place, async (state) =>
        (await acceptChanges(place, state)) ? "Written." : "It could not be written: see why at the change.",
      );
    case "discard":
      return withWaiting(place, async (state) => {
        await discardChanges(place, state);
        return "Discarded.";
      });
    case "undo":
      return undo(place);
  }
}

async function withWaiting(place: ChangesPlace, work: (state: RunState) => Promise<string>): Promise<string> {
  const waiting = (await runsOf(place)).find(({ pendingFiles }) => pendingFiles > 0);
  if (waiting === undefined) return "No change waits in this session.";
  const { run } = await place.link.request("run/show", { runId: waiting.runId });
  return pendingPaths(run).length === 0 ? "No change waits in this session." : work(run);
}

async function undo(place: ChangesPlace): Promise<string> {
  const { link } = place;
  for (const { runId } of await runsOf(place)) {
    const { accepted } = await link.request("run/checkpoints", { runId });
    if (accepted.length === 0) continue;
    const { conflicts, files } = await link.request("run/rewind", { runId, to: { what: "before_accept" } });
    if (conflicts.length === 0) return `Put back: ${files.map(({ path }) => path).join(", ")}`;
    const lines = conflicts.map(({ path, reason }) => `- ${path}: ${reason}`);
    return `Nothing was put back.\n${lines.join("\n")}`;
  }
  return "Nothing was written in this session that could be put back.";
}

/** The run to go on with. Throws `run.not_resumable`. */
export async function resumableRun(place: ChangesPlace): Promise<RunSummary> {
  const [latest] = await runsOf(place);
  const mayGoOn = ["failed", "cancelled", "out_of_budget", "suspended"];
  if (latest === undefined || !mayGoOn.includes(latest.status)) throw nexusError("run.not_resumable");
  return latest;
}

async function runsOf({ link, sessionId }: ChangesPlace): Promise<RunSummary[]> {
  return (await link.request("run/list", { sessionId, limit: MOST_RUNS })).runs;
}
