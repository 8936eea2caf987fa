/** Carries one run from its start to its end, or to the point where the daemon lets go of it. */
import type { EndStatus, ErrorValue, RunState } from "../../protocol/index.ts";
import { errorValue, NexusError, nexusError, taintOf } from "../../protocol/index.ts";
import { createWaitGraph } from "../collaboration/wait-for.ts";
import { createTokenCounter } from "../memory/context/tokens.ts";
import { priceOf } from "../models/prices.ts";
import { estimateTokens } from "../models/tokens.ts";
import { windowOf } from "../models/windows.ts";
import type { ModelsByDifficulty } from "../planning/allocation.ts";
import { removeStandIns } from "../security/sandbox/protected.ts";
import { learnSecretFiles } from "../security/secrets/secret-files.ts";
import type { ModelSettings } from "../settings.ts";
import type { RunDependencies } from "./dependencies.ts";
import { taintRun } from "./rights/run-taint.ts";
import { applyAtEnd } from "./run-changes.ts";
import {
  type CountedWindow,
  isStoreFailure,
  notice,
  type RunContext,
  RunStopped,
  record,
  stateOf,
} from "./run-context.ts";
import { recallMemory } from "./run-memory.ts";
import { type ModelSlots, scheduledModel } from "./scheduling/scheduled-model.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import type { Job } from "./scheduling/slot-pool.ts";
import { TEAM_LIMITS } from "./team/limits.ts";
import { createTurnstile } from "./turnstile.ts";

export interface Execution {
  readonly runId: string;
  readonly settings: ModelSettings;
  /** The same, as the log may hold it. */
  readonly choice: RunState["model"];
  readonly reason: "new" | "restart" | "resume";
  readonly scheduler: Scheduler;
  readonly signal: AbortSignal;
  readonly onDelta: RunContext["onDelta"];
}

/** Resolves when the run has ended or is suspended; rejects only when the store fails. */
export async function executeRun(dependencies: RunDependencies, execution: Execution): Promise<void> {
  const before = await requireState(dependencies.store, execution.runId);
  const { sessionId, priority = "normal" } = before;
  const known = before.workflow === undefined ? { ...dependencies, design: undefined } : dependencies;
  const context = createContext(known, execution, { group: sessionId, flow: execution.runId, priority });
  const attempt = execution.reason === "restart" ? Math.max(1, before.attempt) : before.attempt + 1;
  const { reason, choice } = execution;
  const model = JSON.stringify(choice) === JSON.stringify(before.model) ? {} : { model: choice };
  await record(context, { type: "run.started", attempt, reason, ...model });
  // A command that ended with the daemon could not clear away what stood in the copy for protected names.
  if (before.isolation !== null) await removeStandIns(before.isolation.worktree).catch(() => undefined);
  await learnSecretFiles(before.workspace, context.learnSecrets);
  context.memory({ root: before.workspace, workspace: before.workspace }).prepare?.();
  await carryToEnd(context, () => applyAtEnd(dependencies, execution.runId));
}

/** All that follows `run.started`; `apply` accepts the change where that was asked for. */
export async function carryToEnd(context: RunContext, apply: () => Promise<void>): Promise<void> {
  try {
    const { runGraph } = await import("./engine.ts");
    await runGraph(context);
    await apply();
    await finish(context, "done");
  } catch (error) {
    if (isStoreFailure(error)) throw error;
    if (error instanceof RunStopped && error.kind === "suspend") {
      await record(context, { type: "run.suspended", reason: error.message });
      return;
    }
    await keepWork(context);
    const { status, value } = outcomeOf(context, error);
    await finish(context, status, value);
  }
}

async function requireState({ events }: RunDependencies["store"], runId: string): Promise<RunState> {
  const state = await events.state(runId);
  if (state === undefined) throw nexusError("run.unknown", runId);
  return state;
}

/** `label` keeps the calls of the run's other models apart from its own. */
function createContext(
  dependencies: RunDependencies,
  execution: Execution,
  place: Omit<Job, "id">,
  label = "",
): RunContext {
  const { store, changes, audit, clock, redactor, commands, commandLog } = dependencies;
  const { runId, settings, signal, onDelta, scheduler } = execution;
  const openMemory = dependencies.memory ?? recallMemory;
  let model: ReturnType<RunDependencies["createModel"]> | undefined;
  let window: Promise<CountedWindow> | undefined;
  const openCounted = () => (window ??= openWindow(settings));
  let calls = 0;
  const others = new Map<string, RunContext>();
  const slots: ModelSlots = {
    scheduler,
    job: () => ({ ...place, id: `${runId}/${label}${calls++}` }),
    note: async (decided) => void (await record(context, decided)),
  };
  const onWait = (message: string) => void notice(context, "model.waits", message).catch(() => undefined);
  const context: RunContext = {
    runId,
    store,
    changes,
    audit,
    clock,
    log: dependencies.log.with({ runId }),
    redact: (text) => redactor.redact(text),
    learnSecrets: (text) => redactor.learn(text),
    signal,
    team: { ...TEAM_LIMITS, ...dependencies.team },
    judges: dependencies.judges ?? [],
    inTurn: createTurnstile(),
    modelName: settings.model,
    editJournal: dependencies.editJournal,
    model: () => (model ??= scheduledModel(dependencies.createModel(settings, { runId, onWait }), slots)),
    window: openCounted,
    memory: (place) => openMemory({ ...place, signal, count: async () => (await openCounted()).counter.count }),
    waits: createWaitGraph(),
    price: () => priceOf(settings),
    priceOf: (name) => priceOf(settingsWith(settings, name)),
    models: modelsFor(dependencies, settings),
    withModel(name) {
      if (name === settings.model) return context;
      const own = { ...execution, settings: settingsWith(settings, name) };
      const other = others.get(name) ?? createContext(dependencies, own, place, `${name}/`);
      others.set(name, other);
      return other;
    },
    onDelta,
    taskSlot: (taskId) => scheduler.task({ ...place, id: `${runId}/${taskId}` }, signal),
    taint: {
      read: async () => taintOf(await stateOf(context)),
      see: (bits) => taintRun(context, bits, "A tool was used."),
    },
    foreignTools: async (root) => {
      const { workspace, trusted = true } = await stateOf(context);
      return (await dependencies.foreignTools?.({ workspace, root, trusted, signal })) ?? [];
    },
    beforeCalls: async (place) => dependencies.beforeCalls?.({ runId, ...place }),
    secretOf(name) {
      const value = dependencies.secretOf?.(name);
      if (value !== undefined) redactor.add(value);
      return value;
    },
    ...(commands === undefined ? {} : { commands }),
    ...(commandLog === undefined ? {} : { commandLog: (name) => commandLog(runId, name) }),
    ...(dependencies.userAgents === undefined ? {} : { userAgents: dependencies.userAgents }),
    ...(dependencies.design === undefined ? {} : { design: dependencies.design }),
    ...(dependencies.grammars === undefined ? {} : { grammars: dependencies.grammars }),
    ...(dependencies.policyPlace === undefined ? {} : { policyPlace: dependencies.policyPlace }),
  };
  return context;
}

/** Another model has its own price and window. */
function settingsWith(settings: ModelSettings, model = settings.model): ModelSettings {
  return model === settings.model ? settings : { ...settings, model, price: null, windowTokens: null };
}

/** The settings' models are those of the settings' provider, which a client's run may not use. */
function modelsFor({ defaults, defaultModel }: RunDependencies, settings: ModelSettings): ModelsByDifficulty {
  const own = defaultModel();
  const isSame = own?.provider === settings.provider && own.baseUrl === settings.baseUrl;
  return isSame ? (defaults.models ?? {}) : {};
}

export async function openWindow(settings: ModelSettings): Promise<CountedWindow> {
  return { ...windowOf(settings), counter: await createTokenCounter(settings.model, estimateTokens) };
}

/** Commits what the agent has made so far, so that it can be looked at, accepted or gone on from. */
async function keepWork(context: RunContext): Promise<void> {
  try {
    const { collectPhase } = await import("./phases/finish.ts");
    await collectPhase(context);
  } catch (error) {
    if (isStoreFailure(error)) throw error;
    context.log.write("warn", "the change so far could not be collected", { error: String(error) });
  }
}

async function finish(context: RunContext, status: EndStatus, error?: ErrorValue): Promise<void> {
  const state = await stateOf(context);
  const summary = context.redact(summaryOf(state, error));
  const known = error === undefined ? {} : { error: { ...error, message: context.redact(error.message) } };
  await record(context, { type: "run.finished", status, summary, ...known }, `finished/${state.attempt}`);
  if (status === "done" && state.isolation !== null) await releaseCopy(context, state.workspace);
}

/** The change set's commits hold everything, so the copy of a finished run only takes space. */
async function releaseCopy(context: RunContext, workspace: string): Promise<void> {
  await context.changes.release(context.runId, workspace).catch((error: unknown) => {
    context.log.write("warn", "the run's copy could not be removed", { error: String(error) });
  });
}

function summaryOf(state: RunState, error: ErrorValue | undefined): string {
  if (error !== undefined) return error.message;
  if (state.answer !== null) return state.answer.slice(0, 2000);
  if (state.plan !== null) return state.plan.summary;
  return "Done.";
}

function outcomeOf(context: RunContext, error: unknown): { status: EndStatus; value: ErrorValue } {
  if (error instanceof RunStopped) return { status: "cancelled", value: errorValue("run.cancelled") };
  if (error instanceof NexusError) return { status: statusOf(error.value.code), value: error.value };
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  context.log.write("error", "a run failed inside Nexus", { error: detail });
  return { status: "failed", value: errorValue("run.internal", error instanceof Error ? error.message : undefined) };
}

function statusOf(code: string): EndStatus {
  if (code.startsWith("budget.")) return "out_of_budget";
  if (code === "task.cancelled") return "cancelled";
  if (code === "plan.rejected" || code === "tool.denied") return "denied";
  return "failed";
}
