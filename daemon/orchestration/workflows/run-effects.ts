/** The effects of a run's steps: the same agents, gate, policy, journal and budget as tasks, and the same evidence. */
import { type CommandResult, type CommandRunner, machineRunner } from "../../security/sandbox/command-runner.ts";
import { createLockTable, EVERYTHING, type Lock, type LockTable } from "../../tools/gate/locks.ts";
import { type GateAnswer, readAnswer, recordDecision } from "../design/gate.ts";
import { askApproval } from "../people/approval-gate.ts";
import { askPerson } from "../people/question-gate.ts";
import { workRoot } from "../phases/begin.ts";
import { check, mayCheck } from "../phases/check.ts";
import { workOptions } from "../phases/run-work.ts";
import type { Survey } from "../phases/survey.ts";
import { takeCheckpoint } from "../rewind/take.ts";
import { type RunContext, stateOf } from "../run-context.ts";
import { createTurnstile } from "../turnstile.ts";
import { callOnce } from "../work.ts";
import { workAsAgent } from "./agent-step.ts";
import type { CommandWork, GateWork, Json, ToolWork } from "./definition.ts";
import type { Effect, EffectPlace, Performed, StepEffects } from "./effects.ts";

/** Of a run's checkpoints, those before steps. */
export const STEP_CHECKPOINT = "before:";

const READING: readonly Lock[] = [{ on: "tree", use: "read" }];
const MOST_QUESTIONS = 5;
const NOBODY = "Nobody can be asked: the run has no person.";

/** Steps that may write have the run's copy to themselves; those that only read share it. */
export function createRunEffects(context: RunContext): StepEffects {
  const copy = createLockTable();
  const oneAtATime = createTurnstile();
  /** Readers come side by side, and each state has a number of its own. */
  const keepState = (own: RunContext, at: string) =>
    oneAtATime("state", () => takeCheckpoint(own, `${STEP_CHECKPOINT}${at}`, 0));
  return {
    async perform(effect, place) {
      if (effect.kind === "gate") return ask(context, effect.work, place, keepState);
      return holding(copy, effect, place, async () => {
        const own = { ...context, signal: place.signal };
        await keepState(own, place.at);
        const working = carryOut(own, effect, place);
        // What a replay waits for knows nothing of the time that a step has.
        return context.recorded === undefined ? working : Promise.race([working, aborted(place.signal)]);
      });
    },
    confirm: (what, place) => confirm(context, what, place),
  };
}

function carryOut(own: RunContext, effect: Exclude<Effect, { kind: "gate" }>, place: EffectPlace): Promise<Performed> {
  switch (effect.kind) {
    case "agent":
      return workAsAgent(own, effect.work, place);
    case "tool":
      return callTool(own, effect.work, place);
    case "command":
      return runCommand(own, effect.work, place);
  }
}

/** Rejects with the signal's reason when it aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}

async function holding(
  copy: LockTable,
  effect: Effect,
  { signal }: EffectPlace,
  work: () => Promise<Performed>,
): Promise<Performed> {
  const reads = effect.kind === "agent" && effect.work.readOnly === true;
  const ticket = copy.enter(reads);
  try {
    await ticket.acquire(reads ? READING : EVERYTHING, signal);
    return await work();
  } finally {
    ticket.leave();
  }
}

/** A question to a person; an answer that is none of the choices is asked for again, where it does not stand for one. */
async function ask(
  context: RunContext,
  work: GateWork,
  place: EffectPlace,
  keepState: (own: RunContext, at: string) => Promise<void>,
): Promise<Performed> {
  const { ask: text, choices = [], default: otherwise, words, document } = work;
  const { headless, design } = await stateOf(context);
  if (document !== undefined && design?.documents.some(({ path }) => path === document) !== true)
    return { ok: false, reason: `There is no document ${document} to decide on.`, isFinal: true } as const;
  if (headless && otherwise === undefined) return { ok: false, reason: NOBODY, isFinal: true } as const;
  const own = { ...context, signal: place.signal };
  if (headless) return answered(own, work, place, { answer: otherwise ?? "", remarks: "", by: "nexus" });
  await keepState(own, place.at);
  for (let round = 0; round < MOST_QUESTIONS; round++) {
    const key = `gate/${place.taskId}/${round}`;
    const about = document === undefined ? {} : { document };
    const asked = { key, taskId: place.taskId, agent: "workflow", text, choices: [...choices], ...about };
    const { answer, by } = await askPerson(own, asked);
    const read = readAnswer(answer, choices, words);
    if (read !== undefined) return answered(own, work, place, { ...read, by });
  }
  return { ok: false, reason: `No answer was one of: ${choices.join(", ")}.`, isFinal: true } as const;
}

async function answered(
  context: RunContext,
  { words, document }: GateWork,
  { taskId }: EffectPlace,
  { answer, remarks, by }: GateAnswer & { readonly by: string },
): Promise<Performed> {
  if (document !== undefined) {
    const isSentBack = answer === words;
    await recordDecision(context, { path: document, isSentBack, remarks, by, key: `decided/${taskId}` });
  }
  return { ok: true, output: words === undefined ? { answer } : { answer, remarks } };
}

async function confirm(context: RunContext, what: string, { taskId, signal }: EffectPlace): Promise<Performed> {
  const { headless } = await stateOf(context);
  if (headless) return { ok: false, reason: `It cannot be undone. ${NOBODY}` };
  const title = "Go on with a step that cannot be undone?";
  const subject = { kind: "plan" as const, summary: what, taskCount: 1, commands: [], permissions: [] };
  const question = { key: `irreversible/${taskId}`, taskId, title, reason: "The workflow marks it so.", subject };
  const { decision, feedback } = await askApproval({ ...context, signal }, question);
  if (decision === "approve") return { ok: true, output: null };
  return { ok: false, reason: feedback ?? "A person said no." };
}

/** Under the names of variables, so that no value can become a part of the line. */
async function runCommand(context: RunContext, work: CommandWork, { taskId }: EffectPlace): Promise<Performed> {
  const { run: command, expect = "pass", env = {}, secrets = [] } = work;
  const { root } = await workRoot(context);
  const may = { key: taskId, taskId, command, root, kind: "command" as const, allowed: [command] };
  if (!(await mayCheck(context, may))) return { ok: false, reason: `\`${command}\` may not run.`, isFinal: true };
  const runner = context.commands ?? machineRunner();
  // Looked up when it runs, and only then: a replay knows no secrets and needs none.
  const commands: CommandRunner = {
    ...runner,
    async run(request) {
      const values = secrets.map((name) => [name, context.secretOf?.(name)] as const);
      const missing = values.find(([, value]) => value === undefined);
      if (missing !== undefined) return notRun(noSecret(missing[0]));
      const hidden = Object.fromEntries(
        values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      );
      return runner.run({ ...request, env: { ...request.env, ...env, ...hidden } });
    },
  };
  const wanted = { key: `check/${taskId}`, taskId, command, expect: expect === "any" ? "pass" : expect, root } as const;
  const { evidence } = await check({ ...context, commands }, wanted);
  const { exitCode, outputTail } = evidence;
  const output = { exitCode, output: outputTail };
  if (exitCode !== null && (expect === "any" || evidence.satisfied)) return { ok: true, output };
  const ended = exitCode === null ? "did not come to an end" : `ended with exit code ${exitCode}`;
  return { ok: false, reason: `\`${command}\` ${ended}. ${outputTail.trim().slice(-500)}`, output };
}

function notRun(why: string): CommandResult {
  const ended = { exitCode: null, signal: null, truncated: false, timedOut: false, sandboxed: false };
  return { ...ended, output: Buffer.from(why) };
}

function noSecret(name: string): string {
  return `The secret ${name} has no value: set NEXUS_SECRET_${name} in the environment that the daemon starts with.`;
}

/** A tool under the gate, as if an agent that has only this one had called it. */
async function callTool(
  context: RunContext,
  { name, input = {} }: ToolWork,
  { taskId }: EffectPlace,
): Promise<Performed> {
  const seen: Survey = { overview: "", rules: "", history: "" };
  const plain = await workOptions(context, { taskId, sections: [], openRequest: "", seen, kind: "task" });
  const agent = { ...plain.agent, name: "workflow", tools: [name] };
  const call = { callId: "step", tool: name, argumentsText: JSON.stringify(input) };
  const { text, isError, changed } = await callOnce(context, { ...plain, agent }, call);
  if (isError) return { ok: false, reason: text.slice(0, 2000), output: { text } };
  return { ok: true, output: { text, value: jsonIn(text), changed: [...changed] } };
}

/** What a tool's words are as JSON; null: they are none. */
function jsonIn(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
