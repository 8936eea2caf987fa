/** Steps that hold or name other steps, and those that need nobody but the engine: what each comes to. */

import { workflowNode } from "../../collaboration/wait-for.ts";
import { type Json, millisecondsOf, type Step, type WaitWork, type Workflow, workOf } from "./definition.ts";
import { asMap, isList } from "./expression.ts";
import { inputsOf } from "./inputs.ts";
import { filledIn, told, toldBoolean } from "./sight.ts";
import { whileWaitingFor } from "./waits.ts";
import { keyOf, outputOf, type Scope, type StepResult, type WorkflowRun } from "./workflow-run.ts";

/** Runs a list of steps; answers whether it came to its end. See graph.ts. */
export type RunScope = (run: WorkflowRun, scope: Scope) => Promise<boolean>;

const done = (output: Json): StepResult => ({ outcome: "done", output, reason: "" });
const failed = (reason: string, output: Json = null): StepResult => ({ outcome: "failed", output, reason });

const MOST_ITEMS = 1000;
const AT_A_TIME = 4;
const LOOK_MS = 1000;
const DAY = "1d";

export async function runInside(run: WorkflowRun, scope: Scope, step: Step, runScope: RunScope): Promise<StepResult> {
  const { kind, work } = workOf(step);
  switch (kind) {
    case "set": {
      const filled = await filledIn(run, scope, work);
      return filled.ok ? done(filled.value) : failed(filled.reason);
    }
    case "wait":
      return wait(run, scope, step, work);
    case "if":
      return choose(run, scope, step, runScope);
    case "parallel": {
      const names = Object.keys(work.branches);
      const ends = await allOf(names, names.length, (name) => runScope(run, branchScope(scope, step, name)));
      const outputs = await Promise.all(names.map((name) => outputOf(run, branchScope(scope, step, name))));
      const output = Object.fromEntries(names.map((name, index) => [name, outputs[index] ?? null]));
      return ended(names, ends, output, "branch");
    }
    case "forEach":
      return each(run, scope, step, runScope);
    case "loop":
      return loop(run, scope, step, runScope);
    case "workflow":
      return call(run, scope, step, runScope);
    default:
      throw new Error(`a step of kind ${kind} holds nothing`);
  }
}

/** The list inside a step that a key names: a branch, `then` or `else`. */
export function branchScope(scope: Scope, step: Step, key: string): Scope {
  const { kind, work } = workOf(step);
  const steps =
    kind === "parallel" ? work.branches[key] : kind === "if" ? (key === "then" ? work.then : work.else) : [];
  return innerScope(scope, step, key, steps ?? []);
}

/** The items of a `forEach`, told from what is on record: the same after a restart. */
export async function itemsOf(
  run: WorkflowRun,
  scope: Scope,
  step: Step,
): Promise<readonly Json[] | { reason: string }> {
  const source = step.forEach?.in ?? "[]";
  const list = await told(run, scope, source);
  if (!list.ok) return list;
  if (!isList(list.value)) return { reason: `\`${source}\` is no list.` };
  return list.value.length > MOST_ITEMS ? { reason: `\`${source}\` has more than ${MOST_ITEMS} items.` } : list.value;
}

export function itemScope(scope: Scope, step: Step, index: number, item: Json): Scope {
  const inner = innerScope(scope, step, String(index), step.forEach?.steps ?? []);
  return { ...inner, variables: { [step.forEach?.as ?? "item"]: item, index } };
}

/** A round sees what the one before it came to. */
export async function roundScope(run: WorkflowRun, scope: Scope, step: Step, index: number): Promise<Scope> {
  const round = (number: number) => innerScope(scope, step, String(number), step.loop?.steps ?? []);
  const last = index === 0 ? null : await outputOf(run, round(index - 1));
  return { ...round(index), variables: { index, last } };
}

/** The called workflow as a list of steps, or why its inputs do not fit. */
export async function callScope(run: WorkflowRun, scope: Scope, step: Step): Promise<Scope | { reason: string }> {
  const { path, workflow } = run.loaded.resolve(scope.file, step.workflow ?? {});
  const given = await filledIn(run, scope, { ...step.workflow?.inputs });
  if (!given.ok) return given;
  const inputs = inputsOf(workflow, asMap(given.value) ?? {});
  if (!inputs.ok) return { reason: inputs.problems.join("; ") };
  const prefix = `${scope.prefix}${step.id}/`;
  return { prefix, steps: workflow.steps, variables: {}, workflow, file: path, inputs: inputs.values };
}

/** What a workflow answers with, told when its steps are done. */
export async function workflowOutputs(run: WorkflowRun, scope: Scope, { outputs = {} }: Workflow): Promise<StepResult> {
  const values: Record<string, Json> = {};
  for (const [name, source] of Object.entries(outputs)) {
    const value = await told(run, scope, source);
    if (!value.ok) return failed(`Output ${name}: ${value.reason}`);
    values[name] = value.value;
  }
  return done(values);
}

function innerScope(scope: Scope, step: Step, key: string, steps: readonly Step[]): Scope {
  return { ...scope, prefix: `${scope.prefix}${step.id}[${key}]/`, steps, outer: scope, variables: {} };
}

async function choose(run: WorkflowRun, scope: Scope, step: Step, runScope: RunScope): Promise<StepResult> {
  const chosen = await toldBoolean(run, scope, step.if?.when ?? "false");
  if (!chosen.ok) return failed(chosen.reason);
  const key = chosen.value === true ? "then" : "else";
  const inner = branchScope(scope, step, key);
  if (inner.steps.length === 0) return done(null);
  const ok = await runScope(run, inner);
  const output = await outputOf(run, inner);
  return ok ? done(output) : failed(`The steps of “${key}” failed.`, output);
}

async function each(run: WorkflowRun, scope: Scope, step: Step, runScope: RunScope): Promise<StepResult> {
  const items = await itemsOf(run, scope, step);
  if ("reason" in items) return failed(items.reason);
  const indexes = items.map((_, index) => String(index));
  const scopeOf = (index: number) => itemScope(scope, step, index, items[index] ?? null);
  const most = step.forEach?.maxConcurrency ?? AT_A_TIME;
  const ends = await allOf(indexes, most, (index) => runScope(run, scopeOf(Number(index))));
  const outputs = await Promise.all(indexes.map((index) => outputOf(run, scopeOf(Number(index)))));
  return ended(indexes, ends, outputs, "item");
}

async function loop(run: WorkflowRun, scope: Scope, step: Step, runScope: RunScope): Promise<StepResult> {
  const { max = 1, until = "true" } = step.loop ?? {};
  for (let index = 0; index < max; index++) {
    const round = await roundScope(run, scope, step, index);
    const ok = await runScope(run, round);
    const output = await outputOf(run, round);
    if (!ok) return failed(`Round ${index} failed.`, output);
    const isOver = await toldBoolean(run, round, until);
    if (!isOver.ok) return failed(isOver.reason, output);
    if (isOver.value === true) return done(output);
  }
  return failed(`\`${until}\` was still false after ${max} rounds.`);
}

async function call(run: WorkflowRun, scope: Scope, step: Step, runScope: RunScope): Promise<StepResult> {
  const inner = await callScope(run, scope, step);
  if ("reason" in inner) return failed(inner.reason);
  const on = { node: workflowNode(inner.file), words: "waits for the end of" };
  return whileWaitingFor(run, scope, inner.prefix, on, async () => {
    if (!(await runScope(run, inner))) return failed(`The workflow ${inner.workflow.name} failed.`);
    return workflowOutputs(run, inner, inner.workflow);
  });
}

/** From the moment on record: a restart does not begin the wait anew. */
async function wait(run: WorkflowRun, scope: Scope, step: Step, work: WaitWork): Promise<StepResult> {
  const started = await run.store.events.find(run.runId, keyOf(scope.prefix + step.id, "started/1"));
  const begun = started === undefined ? run.clock.now() : Date.parse(started.at);
  if (work.for !== undefined) {
    const rest = begun + millisecondsOf(work.for) - run.clock.now();
    if (rest > 0) await run.clock.sleep(rest, run.signal);
    return done(null);
  }
  const { until = "true", timeout = DAY } = work;
  const end = begun + millisecondsOf(timeout);
  for (;;) {
    const now = run.clock.now();
    const isOver = await toldBoolean(run, scope, until, now);
    if (!isOver.ok) return failed(isOver.reason);
    if (isOver.value === true) return done(null);
    if (now >= end) return { outcome: "timed_out", output: null, reason: `\`${until}\` was false for ${timeout}.` };
    await run.clock.sleep(Math.min(LOOK_MS, end - now), run.signal);
  }
}

function ended(names: readonly string[], ends: readonly boolean[], output: Json, what: string): StepResult {
  const bad = names.filter((_, index) => ends[index] !== true);
  return bad.length === 0 ? done(output) : failed(`${what} ${bad.slice(0, 10).join(", ")} failed.`, output);
}

/**
 * All of them, so many at a time. One that fails does not keep the others from their end: what was done must not depend on who
 * was faster. Rejects, when all are still, with the first reason to.
 */
async function allOf(
  names: readonly string[],
  most: number,
  work: (name: string) => Promise<boolean>,
): Promise<boolean[]> {
  const ends: boolean[] = [];
  const problems: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < names.length && problems.length === 0; index = next++) {
      try {
        ends[index] = await work(names[index] ?? "");
      } catch (error) {
        problems.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, names.length) }, worker));
  if (problems.length > 0) throw problems[0];
  return ends;
}
