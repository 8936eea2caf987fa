/** One step from its start to its recorded end: condition, tries, time-out. Done again after a crash it goes on where it was. */
import { NexusError } from "../../../protocol/index.ts";
import { taskNode } from "../../collaboration/wait-for.ts";
import { millisecondsOf, type Retry, type Step, workOf } from "./definition.ts";
import type { Effect, EffectPlace, Performed } from "./effects.ts";
import { asMap, isList } from "./expression.ts";
import { filledIn, toldBoolean } from "./sight.ts";
import { whileWaitingFor } from "./waits.ts";
import {
  finishStep,
  isFatal,
  keyOf,
  record,
  resultAt,
  type Scope,
  type StepResult,
  type WorkflowRun,
} from "./workflow-run.ts";

/** Carries out what is inside a step: see containers.ts. */
export type Inside = (run: WorkflowRun, scope: Scope, step: Step) => Promise<StepResult>;

const failed = (reason: string): StepResult => ({ outcome: "failed", output: null, reason });
const TIME_IS_UP = Symbol("the step's time is up");

/** Rejects only with what ends or suspends the whole run. */
export async function runStep(run: WorkflowRun, scope: Scope, step: Step, inside: Inside): Promise<StepResult> {
  const at = scope.prefix + step.id;
  const known = await resultAt(run, at);
  if (known !== undefined) return known;
  const isWanted = await condition(run, scope, step);
  if (isWanted !== true) return finishStep(run, at, isWanted);
  for (let attempt = 1; ; attempt++) {
    const retried = await run.store.events.find(run.runId, keyOf(at, `retried/${attempt}`));
    if (retried === undefined) {
      const result = await tryOnce(run, scope, step, { attempt, inside });
      const reason = result.outcome;
      if (reason !== "failed" && reason !== "timed_out") return finishStep(run, at, result);
      const retry = result.isFinal === true ? undefined : retryOf(scope, step, reason);
      if (retry === undefined || attempt > retry.times) return finishStep(run, at, result);
      await announceRetry(run, { at, attempt, retry, reason: result.reason });
    }
    await restOfDelay(run, at, attempt);
  }
}

/** Before the first try: whether the step is wanted, and whether a person lets it begin. */
async function condition(run: WorkflowRun, scope: Scope, step: Step): Promise<true | StepResult> {
  if (step.when === undefined) return true;
  const wanted = await toldBoolean(run, scope, step.when);
  if (!wanted.ok) return failed(wanted.reason);
  if (wanted.value === true) return true;
  return { outcome: "skipped", output: null, reason: `\`${step.when}\` is false.` };
}

type Tried = StepResult & { readonly isFinal?: boolean };

async function tryOnce(
  run: WorkflowRun,
  scope: Scope,
  step: Step,
  { attempt, inside }: { attempt: number; inside: Inside },
): Promise<Tried> {
  const at = scope.prefix + step.id;
  const { kind } = workOf(step);
  await record(run, { type: "step.started", at, kind, attempt }, keyOf(at, `started/${attempt}`));
  try {
    const effect = await effectOf(run, scope, step);
    if (effect === undefined) return await inside(run, scope, step);
    if (!("kind" in effect)) return failed(effect.reason);
    return await perform(run, scope, step, { effect, attempt });
  } catch (error) {
    if (isFatal(run, error)) throw error;
    return failed(error instanceof Error ? error.message : String(error));
  }
}

/** The filled-in work of a leaf; undefined: it is none, or needs nobody but the engine. */
async function effectOf(
  run: WorkflowRun,
  scope: Scope,
  step: Pick<Step, "agent" | "tool" | "command" | "gate">,
): Promise<Effect | { readonly reason: string } | undefined> {
  const text = async (source: string) => {
    const value = await filledIn(run, scope, source);
    if (!value.ok) throw new Error(value.reason);
    return typeof value.value === "string" ? value.value : JSON.stringify(value.value);
  };
  const list = async (source: string | readonly string[] | undefined) => {
    if (source === undefined) return undefined;
    const value = await filledIn(run, scope, source);
    if (!value.ok) throw new Error(value.reason);
    if (!isList(value.value)) throw new Error(`\`${source}\` gives no list.`);
    return value.value.map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
  };
  const { agent, tool, command, gate } = step;
  try {
    if (agent !== undefined) {
      const mayChange = await list(agent.mayChange);
      const writes = (await list(agent.writes))?.filter((path) => path !== "");
      return { kind: "agent", work: { ...agent, goal: await text(agent.goal), mayChange, writes } };
    }
    if (gate !== undefined) {
      const document = gate.document === undefined ? {} : { document: await text(gate.document) };
      return { kind: "gate", work: { ...gate, ask: await text(gate.ask), ...document } };
    }
    if (tool !== undefined) {
      const filled = await filledIn(run, scope, tool.input ?? {});
      if (!filled.ok) return { reason: filled.reason };
      return { kind: "tool", work: { name: tool.name, input: asMap(filled.value) ?? {} } };
    }
    if (command === undefined) return undefined;
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries(command.env ?? {})) env[name] = await text(value);
    return { kind: "command", work: { ...command, env } };
  } catch (error) {
    if (isFatal(run, error)) throw error;
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(
  run: WorkflowRun,
  scope: Scope,
  step: Step,
  { effect, attempt }: { effect: Effect; attempt: number },
): Promise<Tried> {
  const at = scope.prefix + step.id;
  const place = { at, taskId: taskIdOf(at, attempt), title: step.description ?? at, signal: run.signal };
  if (step.irreversible === true) {
    const agreed = await run.effects.confirm(step.description ?? at, place);
    if (!agreed.ok) return { ...failed(agreed.reason), isFinal: true };
  }
  const limit = step.timeout ?? (effect.kind === "gate" ? undefined : scope.workflow.defaults?.timeout);
  const on = { node: taskNode(place.taskId), words: "waits for its step" };
  return whileWaitingFor(run, scope, at, on, async (): Promise<Tried> => {
    const performed = await withTimeout(run, limit, place, (timed) => run.effects.perform(effect, timed));
    if (performed !== TIME_IS_UP) return toResult(performed);
    return { outcome: "timed_out", output: null, reason: `It took longer than ${limit}.` };
  });
}

function toResult(performed: Performed): Tried {
  if (performed.ok) return { outcome: "done", output: performed.output, reason: "" };
  const { reason, output = null, isFinal = false } = performed;
  return { outcome: "failed", output, reason, isFinal };
}

async function withTimeout<Value>(
  run: WorkflowRun,
  limit: string | undefined,
  place: EffectPlace,
  work: (place: EffectPlace) => Promise<Value>,
): Promise<Value | typeof TIME_IS_UP> {
  if (limit === undefined) return work(place);
  const timeUp = new AbortController();
  const stopTimer = run.clock.timer(millisecondsOf(limit), () => timeUp.abort(new Error(`${limit} are over`)));
  try {
    return await work({ ...place, signal: AbortSignal.any([place.signal, timeUp.signal]) });
  } catch (error) {
    if (!timeUp.signal.aborted || isFatal(run, error)) throw error;
    return TIME_IS_UP;
  } finally {
    stopTimer();
  }
}

function retryOf(scope: Scope, step: Step, outcome: "failed" | "timed_out"): Retry | undefined {
  const { agent, tool, command, retry } = step;
  const hasDefault = agent !== undefined || tool !== undefined || command !== undefined;
  const found = retry ?? (hasDefault ? scope.workflow.defaults?.retry : undefined);
  return found?.on === undefined || found.on.includes(outcome) ? found : undefined;
}

async function announceRetry(
  run: WorkflowRun,
  { at, attempt, retry, reason }: { at: string; attempt: number; retry: Retry; reason: string },
): Promise<void> {
  const first = retry.delay === undefined ? 0 : millisecondsOf(retry.delay);
  const delayMs = Math.min(Math.round(first * (retry.backoff ?? 1) ** (attempt - 1)), 86_400_000);
  const body = {
    type: "step.retried" as const,
    at,
    attempt: attempt + 1,
    reason: run.redact(reason).slice(0, 2000),
    delayMs,
  };
  await record(run, body, keyOf(at, `retried/${attempt}`));
}

/** Counted from the moment on record: a restart does not begin the wait anew. */
async function restOfDelay(run: WorkflowRun, at: string, attempt: number): Promise<void> {
  const event = await run.store.events.find(run.runId, keyOf(at, `retried/${attempt}`));
  if (event?.body.type !== "step.retried") return;
  const rest = Date.parse(event.at) + event.body.delayMs - run.clock.now();
  if (rest > 0) await run.clock.sleep(rest, run.signal);
}

/** Undoes a step; recorded once. Rejects only with what ends the whole run. */
export async function undoStep(run: WorkflowRun, scope: Scope, step: Step): Promise<void> {
  const at = scope.prefix + step.id;
  const key = keyOf(at, "compensated");
  if (step.compensate === undefined || (await run.store.events.find(run.runId, key)) !== undefined) return;
  const performed = await undo(run, scope, step);
  const outcome = performed.ok ? ("done" as const) : ("failed" as const);
  const reason = performed.ok ? "" : run.redact(performed.reason).slice(0, 2000);
  await record(run, { type: "step.compensated", at, outcome, reason }, key);
}

async function undo(run: WorkflowRun, scope: Scope, step: Step): Promise<Performed> {
  const at = scope.prefix + step.id;
  try {
    const effect = await effectOf(run, scope, step.compensate ?? {});
    if (effect === undefined || !("kind" in effect))
      return { ok: false, reason: effect?.reason ?? "It names nothing." };
    const place = {
      at,
      taskId: `undo.${taskIdOf(at, 1)}`,
      title: `Undo ${step.description ?? at}`,
      signal: run.signal,
    };
    return await run.effects.perform(effect, place);
  } catch (error) {
    if (isFatal(run, error)) throw error;
    const reason = error instanceof NexusError ? error.value.message : String(error);
    return { ok: false, reason };
  }
}

/** A name for the journal and for files: paths without what a file system minds. */
export function taskIdOf(at: string, attempt: number): string {
  const name = at.replaceAll("[", ".").replaceAll("]", "").replaceAll("/", ".");
  return attempt === 1 ? `step.${name}` : `step.${name}.try-${attempt}`;
}
