/** Puts an agent to work with what the run's state says it may do. */
import { coder } from "../../agents/coder.ts";
import type { LoopOutcome } from "../../agents/loop.ts";
import type { Section } from "../../memory/context/window.ts";
import { agentsOf } from "../run-agents.ts";
import { type RunContext, stateOf } from "../run-context.ts";
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
  readonly accept?: (text: string, turn: number) => Promise<string | undefined>;
}

export async function runWork(context: RunContext, input: WorkInput): Promise<LoopOutcome> {
  const { plan } = await stateOf(context);
  const model = plan?.tasks.find((task) => task.id === input.taskId)?.model;
  const own = model === undefined ? context : (context.withModel?.(model) ?? context);
  return work(own, await workOptions(own, input));
}

/** All that one piece of work of this run needs to know. */
export async function workOptions(context: RunContext, input: WorkInput): Promise<WorkOptions> {
  const state = await stateOf(context);
  const { plan, mode, headless, policy, isolation, workspace, trusted = true } = state;
  const { root, linked } = await workRoot(context);
  const planned = plan?.tasks.find((task) => task.id === input.taskId);
  const agent = (await agentsOf(context)).of(input.agent ?? planned?.agent ?? coder.name);
  return {
    taskId: input.taskId,
    agent,
    sections: input.sections,
    projectRules: input.seen.rules,
    openRequest: input.openRequest,
    root,
    linked,
    readOnly: input.kind === "question" || isolation === null || agent.readOnly === true,
    mode,
    headless,
    trusted,
    rules: policy,
    allowedCommands: [...allowedCommands(state, input.seen.testCommand), ...(input.agreedCommands ?? [])],
    handOvers: input.handOvers ?? [],
    memory: await memoryAt(context, root),
    size: input.kind === "question" ? "question" : plan === null ? "small" : "planned",
    diff: async () => (isolation === null ? "" : context.changes.workingDiff(isolation, workspace)),
    git: async () => context.changes.gitOf({ workspace, isolation, signal: context.signal }),
    accept: input.accept ?? (async () => undefined),
  };
}
