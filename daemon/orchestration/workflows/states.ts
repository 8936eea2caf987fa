/** Time travel: the states of a workflow's run, and two runs beside each other. */
import type { Answer, RunEvent, RunState } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import type { Store } from "../../store/store.ts";
import { allEvents } from "../rewind/listing.ts";
import { STEP_CHECKPOINT } from "./run-effects.ts";
import { taskIdOf } from "./step.ts";

const MOST_STATES = 1000;
const OUTPUT = 1000;

type States = Answer<"workflow/states">["states"];
type Compared = Answer<"workflow/compare">["steps"];
type Side = Compared[number]["first"];

/** Rejects with `run.unknown`, and with `workflow.none` where the run follows none. */
export async function followingRun(store: Pick<Store, "events">, runId: string): Promise<RunState> {
  const state = await store.events.state(runId);
  if (state === undefined) throw nexusError("run.unknown", runId);
  if (state.workflow === undefined) throw nexusError("workflow.none", runId);
  return state;
}

export async function listStates(store: Store, runId: string): Promise<States> {
  await followingRun(store, runId);
  const ended: { at: string; outcome: string }[] = [];
  const states: States = [];
  for (const { event } of await allEvents(store, runId)) {
    const { body, at: takenAt } = event;
    if (body.type === "step.finished") ended.push({ at: body.at, outcome: body.outcome });
    if (body.type !== "checkpoint.taken" || !body.taskId.startsWith(STEP_CHECKPOINT)) continue;
    const { number, taskId, commit } = body;
    states.push({ number, at: taskId.slice(STEP_CHECKPOINT.length), takenAt, commit, ended: [...ended] });
  }
  return states.slice(-MOST_STATES);
}

/** In the order in which the steps ended in the first run, then what only the second has. */
export async function compareRuns(store: Store, first: string, second: string): Promise<Compared> {
  await Promise.all([followingRun(store, first), followingRun(store, second)]);
  const [one, other] = await Promise.all([sidesOf(store, first), sidesOf(store, second)]);
  return [...new Set([...one.keys(), ...other.keys()])].map((at) => {
    const [here = null, there = null] = [one.get(at), other.get(at)];
    const same = here !== null && there !== null && here.outcome === there.outcome && here.output === there.output;
    return { at, same, first: here, second: there };
  });
}

async function sidesOf(store: Store, runId: string): Promise<Map<string, Side>> {
  const events = (await allEvents(store, runId)).map(({ event }) => event);
  const costs = costsOf(events);
  const attempts = new Map<string, number>();
  const sides = new Map<string, Side>();
  for (const { body } of events) {
    if (body.type === "step.started") attempts.set(body.at, body.attempt);
    if (body.type !== "step.finished") continue;
    const { at, outcome, output } = body;
    const tried = attempts.get(at) ?? 0;
    const names = Array.from({ length: tried }, (_, index) => taskIdOf(at, index + 1));
    const costUsd = names.reduce((sum, name) => sum + (costs.get(name) ?? 0), 0);
    sides.set(at, { outcome, output: output.slice(0, OUTPUT), costUsd, attempts: tried });
  }
  return sides;
}

function costsOf(events: readonly RunEvent[]): Map<string, number> {
  const costs = new Map<string, number>();
  for (const { body } of events)
    if (body.type === "model.responded") costs.set(body.taskId, (costs.get(body.taskId) ?? 0) + body.costUsd);
  return costs;
}
