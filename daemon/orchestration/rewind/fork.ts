/** A new run with the history of another one up to a checkpoint: the events are copied, and replay as after a crash. */
import type { CheckpointInfo, RunEventBody, RunState } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import type { KeyedEvent, NewEvent } from "../../store/store.ts";
import type { RunDependencies } from "../dependencies.ts";
import { withoutUnjoinedWork } from "./afresh.ts";
import { allEvents } from "./listing.ts";
import { withoutUnusedGrants } from "./unused-grants.ts";

export interface Fork {
  readonly from: RunState;
  readonly checkpoint: CheckpointInfo;
  /** Commit that the new copy begins with. */
  readonly commit: string;
  /** Told to the agent before its next step. */
  readonly prompt: string | undefined;
  /** Takes over the tasks of the plan that are not done. */
  readonly agent?: string | undefined;
  readonly idempotencyKey: string;
  readonly by: string;
}

/** Records the new run as one transaction; it is not set going here. */
export async function forkRun(
  dependencies: RunDependencies,
  fork: Fork,
): Promise<{ runId: string; sessionId: string; isNew: boolean }> {
  const { store, changes, newId } = dependencies;
  const known = await store.projections.runOfKey(fork.idempotencyKey);
  if (known !== undefined) return { ...known, isNew: false };
  const { isolation, workspace, sessionId } = fork.from;
  if (isolation === null) throw nexusError("rewind.nothing");
  const history = untilTurn(await allEvents(store, fork.from.runId), fork.checkpoint);
  const runId = newId();
  const start = { base: isolation.baseCommit, commit: fork.commit, keep: checkpointRefs(history) };
  const copy = await changes.checkpoints.isolateAt({ runId, workspace }, start, new AbortController().signal);
  const isolated: RunEventBody = {
    type: "run.isolated",
    baseCommit: copy.baseCommit,
    startCommit: copy.startCommit,
    worktree: copy.worktree,
    linked: [...copy.linked],
  };
  const kept = withoutUnusedGrants(withoutUnjoinedWork(history), originOf(fork));
  const events = [...reassigned(kept, fork).flatMap((event) => copied(event, fork, isolated)), ...endOf(fork)];
  await store.events.append(runId, [...events, ...handedOver(history, fork)]);
  return { runId, sessionId, isNew: true };
}

/** The answer of the checkpoint's turn is not part of it: the model is asked anew. */
function untilTurn(events: readonly KeyedEvent[], { taskId, turn, number }: CheckpointInfo): KeyedEvent[] {
  const end = events.findIndex(({ event: { body } }) => {
    if (body.type === "checkpoint.taken") return body.number === number;
    return body.type === "model.requested" && body.key === `model/${taskId}/${turn}`;
  });
  return events.slice(0, end < 0 ? events.length : end);
}

function checkpointRefs(history: readonly KeyedEvent[]): Map<string, string> {
  const commits = history.flatMap(({ event: { body } }) =>
    body.type === "checkpoint.taken" ? [[`turns/${body.number}`, body.commit] as const] : [],
  );
  return new Map(commits);
}

/** What the original run decided, ended with or paid for stays its own. */
function copied({ event: { body }, key }: KeyedEvent, fork: Fork, isolated: RunEventBody): NewEvent[] {
  const as = (own: RunEventBody): NewEvent[] => [{ body: own, ...(key === null ? {} : { key }) }];
  switch (body.type) {
    case "run.created":
      return [{ body, key: fork.idempotencyKey }];
    case "run.isolated":
      return as(isolated);
    case "model.requested":
      return as({ ...body, reservedUsd: 0 });
    case "model.responded":
      return as({ ...body, costUsd: 0 });
    case "prompt.received":
      return body.delivery === "queue" ? [] : as(body);
    case "run.finished":
    case "run.suspended":
    case "run.cancel_requested":
    case "run.rewound":
    case "run.forked":
    case "changes.ready":
    case "changes.applying":
    case "changes.accepted":
    case "changes.discarded":
    case "changes.conflicted":
    case "changes.superseded":
    case "rewind.started":
    case "rewind.finished":
      return [];
    default:
      return as(body);
  }
}

/** What was not done goes on with the wished agent, begun or not. */
function reassigned(history: readonly KeyedEvent[], { agent }: Fork): readonly KeyedEvent[] {
  if (agent === undefined) return history;
  const done = doneTasks(history);
  return history.map(({ event, key }) => ({ key, event: { ...event, body: withAgent(event.body, agent, done) } }));
}

function withAgent(body: RunEventBody, agent: string, done: ReadonlySet<string>): RunEventBody {
  if (body.type === "task.started") return done.has(body.taskId) ? body : { ...body, agent };
  if (body.type !== "plan.proposed" && body.type !== "plan.revised") return body;
  const tasks = body.plan.tasks.map((task) => (done.has(task.id) ? task : { ...task, agent }));
  return { ...body, plan: { ...body.plan, tasks } };
}

function doneTasks(history: readonly KeyedEvent[]): ReadonlySet<string> {
  return new Set(
    history.flatMap(({ event: { body } }) =>
      body.type === "task.finished" && body.outcome === "done" ? [body.taskId] : [],
    ),
  );
}

/** The plan with the wished agent for all that is not done; a run without a plan has one agent, which stays. */
function handedOver(history: readonly KeyedEvent[], { agent, by }: Fork): NewEvent[] {
  if (agent === undefined) return [];
  const bodies = history.map(({ event }) => event.body);
  const last = bodies.findLast((body) => body.type === "plan.proposed" || body.type === "plan.revised");
  if (last?.type !== "plan.proposed" && last?.type !== "plan.revised")
    throw nexusError("request.invalid", "The run has no plan at that checkpoint, so its one agent stays.");
  const done = doneTasks(history);
  const changing = last.plan.tasks.filter((task) => !done.has(task.id) && task.agent !== agent);
  const plan = {
    ...last.plan,
    tasks: last.plan.tasks.map((task) => (changing.includes(task) ? { ...task, agent } : task)),
  };
  const changed = changing.map(({ id, agent: before }) => ({ id, field: "agent", before, after: agent }));
  const reason = `The fork was started with ${agent}.`;
  const body = { type: "plan.revised" as const, plan, change: { added: [], removed: [], changed }, by, reason };
  return changing.length === 0 ? [] : [{ body, key: "forked/agent" }];
}

/** The run under whose name the history's questions were asked. */
function originOf({ from }: Fork): string {
  return from.forkedFrom?.origin ?? from.runId;
}

function endOf(fork: Fork): NewEvent[] {
  const { from, checkpoint, prompt, idempotencyKey, by } = fork;
  const origin = originOf(fork);
  const forked: RunEventBody = { type: "run.forked", from: from.runId, checkpoint: checkpoint.number, origin };
  if (prompt === undefined) return [{ body: forked, key: "forked" }];
  const promptId = `fork/${idempotencyKey}`;
  const said: RunEventBody = { type: "prompt.received", promptId, text: prompt, delivery: "steer", by };
  return [
    { body: forked, key: "forked" },
    { body: said, key: `prompt/${promptId}` },
  ];
}
