/** Puts an agent to work with what the run's state says it may do. */
import { coder } from "../../agents/coder.ts";
import type { LoopOutcome } from "../../agents/loop.ts";
import type { Section } from "../../memory/context/window.ts";
import { agentsOf } from "../run-agents.ts";
import { type RunContext, stateOf } from "../run-context.ts";
import { type HandOver, work } from "../work.ts";
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
  readonly handOvers?: readonly HandOver[];
  readonly accept?: (text: string, turn: number) => Promise<string | undefined>;
}

export async function runWork(context: RunContext, input: WorkInput): Promise<LoopOutcome> {
  const state = await stateOf(context);
  const { plan, mode, headless, policy, isolation, workspace, trusted = true } = state;
  const { root, linked } = await workRoot(context);
  const planned = plan?.tasks.find((task) => task.id === input.taskId);
  const agent = (await agentsOf(context)).of(planned?.agent ?? coder.name);
  return work(context, {
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
    allowedCommands: allowedCommands(state, input.seen.testCommand),
    handOvers: input.handOvers ?? [],
    memory: await memoryAt(context, root),
    size: input.kind === "question" ? "question" : plan === null ? "small" : "planned",
    diff: async () => (isolation === null ? "" : context.changes.workingDiff(isolation, workspace)),
    git: async () => context.changes.gitOf({ workspace, isolation, signal: context.signal }),
    accept: input.accept ?? (async () => undefined),
  });
}
