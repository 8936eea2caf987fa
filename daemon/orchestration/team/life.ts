/** The life-cycle of agents at work on the tasks of a tree, and how to wait for what changes it. */
import { type AgentLife, nexusError, type RunEvent, type RunState } from "../../../protocol/index.ts";
import { taskNode, type WaitAnswer, type WaitGraph, type WaitTarget } from "../../collaboration/wait-for.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";

/** Recorded once under this key. Work that is none of a plan's, such as a small change, has no such life. */
export async function recordLife(
  context: RunContext,
  taskId: string,
  life: AgentLife,
  { reason, key }: { readonly reason: string; readonly key: string },
): Promise<void> {
  const { plan, tasks } = await stateOf(context);
  const isChild = tasks.some(({ id, parent }) => id === taskId && parent !== undefined);
  if (!isChild && plan?.tasks.some(({ id }) => id === taskId) !== true) return;
  const body = { type: "task.life" as const, taskId, life, reason: context.redact(reason).slice(0, 500) };
  await record(context, body, `life/${taskId}/${key}`);
}

export interface Waiting {
  /** For people. */
  readonly reason: string;
  readonly key: string;
  /** Whose end, or answer, ends the wait; left out: nobody's. */
  readonly on?: WaitTarget;
}

/**
 * Does something that the agent has to wait for; what it waits for is told. Throws `wait.refused` where that would never
 * end, before it begins.
 */
export async function whileWaiting<Value>(
  context: RunContext,
  taskId: string,
  { reason, key, on }: Waiting,
  work: () => Promise<Value>,
): Promise<Value> {
  if (on !== undefined) await enterWait(context, taskId, on, key);
  const standing = standingOf(context, taskId);
  standing.set(key, reason);
  try {
    await recordLife(context, taskId, "waiting", { reason, key: `waiting/${key}` });
    const value = await work();
    standing.delete(key);
    const [left] = standing.values();
    if (left === undefined) await recordLife(context, taskId, "working", { reason: "", key: `working/${key}` });
    else await recordLife(context, taskId, "waiting", { reason: left, key: `still/${key}` });
    return value;
  } finally {
    standing.delete(key);
    if (on !== undefined) context.waits.finish(taskNode(taskId), key);
  }
}

/** Why each task waits now, by the wait's key: one that waits for several is at work again after the last. */
const waiting = new WeakMap<WaitGraph, Map<string, Map<string, string>>>();

function standingOf({ waits }: RunContext, taskId: string): Map<string, string> {
  const ofRun = waiting.get(waits) ?? new Map<string, Map<string, string>>();
  waiting.set(waits, ofRun);
  const own = ofRun.get(taskId) ?? new Map<string, string>();
  ofRun.set(taskId, own);
  return own;
}

async function enterWait(context: RunContext, taskId: string, on: WaitTarget, key: string): Promise<void> {
  await orRefused(context, taskId, key, context.waits.begin(taskNode(taskId), { until: "all", targets: [on] }, key));
}

/** Throws `wait.refused` where such a wait would close a circle; begins none. */
export async function refuseCircle(context: RunContext, taskId: string, on: WaitTarget, key: string): Promise<void> {
  await orRefused(context, taskId, key, context.waits.check(taskNode(taskId), { until: "all", targets: [on] }));
}

async function orRefused(context: RunContext, taskId: string, key: string, answer: WaitAnswer): Promise<void> {
  if (answer.ok) return;
  const { cycle, explanation } = answer;
  await record(context, { type: "wait.refused", taskId, cycle: [...cycle], explanation }, `${key}/refused`);
  throw nexusError("wait.refused", `${explanation}.`);
}

export interface Watched {
  /** Resolves with the next fitting event of the run, and with undefined once the signal aborts. */
  readonly promise: Promise<RunEvent | undefined>;
  dispose(): void;
}

/** Begun before the state is looked at, so that nothing happens in between unseen. */
export function nextEvent(context: RunContext, fits: (event: RunEvent, state: RunState) => boolean): Watched {
  const { promise, resolve } = Promise.withResolvers<RunEvent | undefined>();
  const onAbort = () => resolve(undefined);
  const unsubscribe = context.store.events.subscribe((event, state) => {
    if (event.runId === context.runId && fits(event, state)) resolve(event);
  });
  if (context.signal.aborted) onAbort();
  context.signal.addEventListener("abort", onAbort, { once: true });
  return {
    promise,
    dispose() {
      unsubscribe();
      context.signal.removeEventListener("abort", onAbort);
    },
  };
}
