/** A2A's methods over runs: a task is a run that nobody is asked about, of a prompt that the user does not vouch for. */
import { createHash } from "node:crypto";
import type * as z from "zod/mini";
import { isEnded, NexusError, type RunState } from "../../../../protocol/index.ts";
import { validate } from "../../../../protocol/validate.ts";
import type { Clock } from "../../../host/clock.ts";
import type { RunService } from "../../../orchestration/run-service.ts";
import { A2aFault, ListParams, SendParams, TaskParams, textOf } from "./messages.ts";
import { artifactUpdatesOf, type Dialect, statusUpdateOf, taskOf } from "./task.ts";

export interface MethodOptions {
  readonly service: RunService;
  readonly clock: Clock;
  /** The only folder that tasks work in. */
  readonly workspace: string;
  /** Whether a run was started here: no other is shown, prompted or cancelled. */
  readonly isOwn: (runId: string) => Promise<boolean>;
}

export interface Call {
  readonly params: unknown;
  readonly dialect: Dialect;
  readonly signal: AbortSignal;
}

export type Method = (call: Call) => Promise<unknown>;

/** Idempotency keys of tasks begin so: it is how a run is known as one of these. */
export const KEY_START = "a2a:";
const CALLER = { name: "a2a" };
const MOST_AT_WORK = 4;
/** How long a client that waits for the end is kept waiting. */
const WAIT_MS = 10 * 60_000;

export interface Methods {
  readonly answer: Readonly<Record<string, Method>>;
  /** Results of SendStreamingMessage and SubscribeToTask, one after another until the task is at rest. */
  stream(method: string, call: Call): Promise<AsyncIterable<unknown>>;
}

export function createMethods(options: MethodOptions): Methods {
  const { service, workspace, isOwn, clock } = options;

  async function stateOf(runId: string): Promise<RunState> {
    if (!(await isOwn(runId))) throw new A2aFault("unknownTask");
    const { run } = await service.show({ runId });
    return run;
  }

  async function send({ params }: Call): Promise<{ state: RunState; waits: boolean }> {
    const parsed = checked(SendParams, params);
    const text = textOf(parsed);
    if (text === undefined) throw new A2aFault("unsupportedContent");
    const { message, configuration = {} } = parsed;
    const waits = configuration.returnImmediately !== true && configuration.blocking !== false;
    const earlier = message.taskId === undefined ? undefined : await stateOf(message.taskId);
    if (earlier !== undefined && !isEnded(earlier.status)) {
      const idempotencyKey = keyOf(message.messageId);
      await service.prompt({ runId: earlier.runId, text, delivery: "steer", idempotencyKey }, CALLER);
      return { state: await stateOf(earlier.runId), waits };
    }
    return { state: await start(text, message.messageId, earlier?.sessionId ?? message.contextId), waits };
  }

  async function start(prompt: string, messageId: string, contextId: string | undefined): Promise<RunState> {
    if ((await own(100)).filter(({ status }) => !isEnded(status)).length >= MOST_AT_WORK) throw new A2aFault("busy");
    const session = contextId === undefined ? {} : { sessionId: await ownSession(contextId) };
    const run = { workspace, prompt, headless: true, origin: "outsider" as const, mode: "act" as const };
    const { runId } = await service.start({ ...run, ...session, idempotencyKey: keyOf(messageId) }, CALLER);
    return stateOf(runId);
  }

  /** Only conversations that began here can be gone on with. */
  async function ownSession(sessionId: string): Promise<string> {
    const { runs } = await service.list({ sessionId, limit: 20 });
    const flags = await Promise.all(runs.map(({ runId }) => isOwn(runId)));
    if (!flags.includes(true)) throw new A2aFault("params", "There is no such context.");
    return sessionId;
  }

  async function own(limit: number) {
    const { runs } = await service.list({ workspace, limit });
    const flags = await Promise.all(runs.map(({ runId }) => isOwn(runId)));
    return runs.filter((_, index) => flags[index]);
  }

  async function list({ params, dialect }: Call) {
    const { contextId, pageSize = 50 } = checked(ListParams, params ?? {});
    const runs = (await own(100)).filter(({ sessionId }) => contextId === undefined || sessionId === contextId);
    const states = await Promise.all(runs.slice(0, pageSize).map(({ runId }) => stateOf(runId)));
    const tasks = states.map((state) => taskOf(state, dialect));
    return { tasks, nextPageToken: "", pageSize, totalSize: runs.length };
  }

  const answer: Record<string, Method> = {
    async SendMessage(call) {
      const { state, waits } = await send(call);
      const task = taskOf(waits ? await atRest(service, clock, state, call.signal) : state, call.dialect);
      return call.dialect === "0.3" ? task : { task };
    },
    async GetTask({ params, dialect }) {
      return taskOf(await stateOf(checked(TaskParams, params).id), dialect);
    },
    async CancelTask({ params, dialect, signal }) {
      const state = await stateOf(checked(TaskParams, params).id);
      if (isEnded(state.status)) throw new A2aFault("notCancelable");
      await service.cancel({ runId: state.runId }, CALLER);
      return taskOf(await atRest(service, clock, state, signal), dialect);
    },
    ListTasks: list,
  };

  return {
    answer,
    async stream(method, call) {
      const isNew = method === "SendStreamingMessage";
      const state = isNew ? (await send(call)).state : await stateOf(checked(TaskParams, call.params).id);
      return updates(service, state, call);
    },
  };
}

function checked<Schema extends z.ZodMiniType>(schema: Schema, params: unknown): z.output<Schema> {
  const validated = validate(schema, params);
  if (validated.ok) return validated.value;
  throw new A2aFault("params", `${validated.problem}.`);
}

/** The same for a message that is sent again. */
function keyOf(messageId: string): string {
  return KEY_START + createHash("sha256").update(messageId).digest("hex");
}

function isAtRest({ status }: RunState): boolean {
  return isEnded(status) || status === "awaiting_approval";
}

/** The state once nothing happens by itself any more, or as it is when the client goes or has waited long enough. */
async function atRest(service: RunService, clock: Clock, known: RunState, signal: AbortSignal): Promise<RunState> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = service.onEvent((event, state) => {
    if (event.runId === known.runId && isAtRest(state)) resolve();
  });
  const stopTimer = clock.timer(WAIT_MS, resolve);
  signal.addEventListener("abort", () => resolve(), { once: true });
  try {
    const { run } = await service.show({ runId: known.runId });
    if (!isAtRest(run)) await promise;
    return (await service.show({ runId: known.runId })).run;
  } finally {
    unsubscribe();
    stopTimer();
  }
}

/** First the task, then each change of its state, at last what came of it. */
async function* updates(service: RunService, first: RunState, { dialect, signal }: Call): AsyncGenerator<unknown> {
  const changed: RunState[] = [];
  let wake: () => void = () => undefined;
  const unsubscribe = service.onEvent((event, state) => {
    if (event.runId !== first.runId) return;
    changed.push(state);
    wake();
  });
  signal.addEventListener("abort", () => wake(), { once: true });
  const wrapped = (name: string, value: unknown) => (dialect === "0.3" ? value : { [name]: value });
  try {
    let { run: state } = await service.show({ runId: first.runId });
    yield wrapped("task", taskOf(state, dialect));
    for (let told = state.status; !isAtRest(state) && !signal.aborted; ) {
      if (changed.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      state = changed.shift() ?? state;
      if (state.status === told || isAtRest(state)) continue;
      told = state.status;
      yield wrapped("statusUpdate", statusUpdateOf(state, dialect, false));
    }
    if (signal.aborted) return;
    for (const update of artifactUpdatesOf(state, dialect)) yield wrapped("artifactUpdate", update);
    yield wrapped("statusUpdate", statusUpdateOf(state, dialect, true));
  } finally {
    unsubscribe();
  }
}

/** What a client is told of a failure; a bug is told as one and no more. */
export function faultOf(error: unknown): { code: number; message: string } | undefined {
  if (error instanceof A2aFault) return error.fault;
  if (error instanceof NexusError) return { code: -32000, message: `${error.value.message} ${error.value.hint}` };
  return undefined;
}
