/** Puts an agent to work with what the run's state says it may do. */
import type { Agent } from "../../agents/agent.ts";
import { coder } from "../../agents/coder.ts";
import type { LoopOutcome } from "../../agents/loop.ts";
import type { Section } from "../../memory/context/window.ts";
import type { Delegate } from "../calls/tool-calls.ts";
import { agentsOf } from "../run-agents.ts";
import { isolationIn, notice, type RunContext, stateOf } from "../run-context.ts";
import { type HandOver, type WorkOptions, work } from "../work.ts";
import { workRoot } from "./begin.ts";
import { allowedCommands } from "./plan.ts";
import { memoryAt, type Survey } from "./survey.ts";

export interface WorkInput {
  readonly taskId: string;
  readonly sections: readonly Section[];
  /** What must stay in every request, word for word. */
  readonly openRequest: string;
  readonly seen: Survey;
  readonly kind: "question" | "task";
  /** Left out: the one that the plan names, else the general one. */
  readonly agent?: string;
  /** Beside the project's tests and the plan's checks: commands that it may run unasked. */
  readonly agreedCommands?: readonly string[];
  readonly handOvers?: readonly HandOver[];
  /** Nothing may be changed or run, whatever the session's mode. */
  readonly readOnly?: boolean;
  /** Files and globs that may be changed, and no others; left out: what the plan and the policy let it. */
  readonly files?: readonly string[];
  /** Hands a piece of the work to another agent; left out: it may not. */
  readonly delegate?: Delegate;
  readonly accept?: WorkOptions["accept"];
}

/** Another model, and all else as it is: the place, the signal, who watches. */
function withModel(context: RunContext, name: string): RunContext {
  const other = context.withModel?.(name);
  if (other === undefined) return context;
  const { model, modelName, window, price } = other;
  return { ...context, model, modelName, window, price };
}

export async function runWork(context: RunContext, input: WorkInput): Promise<LoopOutcome> {
  const { plan } = await stateOf(context);
  const options = await workOptions(context, input);
  const planned = plan?.tasks.find((task) => task.id === input.taskId)?.model;
  const model = planned ?? (await modelOf(context, options.agent));
  return work(model === undefined ? context : withModel(context, model), options);
}

/**
 * A file of the workspace is not the user's word: it may choose among the models that the user's settings name, and no
 * others, which could cost more or be somebody else's to read.
 */
async function modelOf(context: RunContext, { name, model, source }: Agent): Promise<string | undefined> {
  if (model === undefined || source.kind !== "workspace") return model;
  const { modelName, models = {}, recorded } = context;
  const key = `agent-model/${name}`;
  // The settings of then are in no log; what came of them is.
  const isKnown = recorded === undefined ? Object.values(models).includes(model) : !recorded.has(key);
  if (model === modelName || isKnown) return model;
  const why = `The file of the agent ${name} asks for the model ${model}, which is not in your settings; it works with ${modelName}.`;
  await notice(context, "agent.model_refused", why, key);
  return undefined;
}

/** All that one piece of work of this run needs to know. */
export async function workOptions(context: RunContext, input: WorkInput): Promise<WorkOptions> {
  const state = await stateOf(context);
  const { plan, tasks, mode, headless, policy, workspace, trusted = true } = state;
  const isolation = await isolationIn(context);
  const { root, linked } = await workRoot(context);
  const planned = plan?.tasks.find((task) => task.id === input.taskId);
  const known = tasks.find(({ id }) => id === input.taskId)?.agent;
  const agent = (await agentsOf(context)).of(input.agent ?? known ?? coder.name);
  return {
    taskId: input.taskId,
    agent,
    sections: input.sections,
    projectRules: input.seen.rules,
    openRequest: input.openRequest,
    root,
    linked,
    readOnly: input.kind === "question" || isolation === null || agent.readOnly === true || input.readOnly === true,
    mode,
    headless,
    trusted,
    rules: policy,
    allowedCommands: [...allowedCommands(state, input.seen.testCommand), ...(input.agreedCommands ?? [])],
    handOvers: input.handOvers ?? [],
    hasTeam: planned !== undefined && plan !== null && plan.tasks.length > 1,
    memory: await memoryAt(context, root),
    size: input.kind === "question" ? "question" : plan === null ? "small" : "planned",
    diff: async () => (isolation === null ? "" : context.changes.workingDiff(isolation, workspace)),
    git: async () => context.changes.gitOf({ workspace, isolation, signal: context.signal }),
    accept: input.accept ?? (async () => undefined),
    ...(input.files === undefined ? {} : { files: input.files }),
    ...(input.delegate === undefined ? {} : { delegate: input.delegate }),
  };
}
