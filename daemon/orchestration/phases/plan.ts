/** Planning and the approval of the plan. */
import { nexusError, type Plan, type RunState } from "../../../protocol/index.ts";
import type { Section } from "../../memory/context/window.ts";
import { fillWindow } from "../../memory/context/window.ts";
import { acceptanceProblems, planWarnings } from "../../planning/acceptance.ts";
import type { PlannerPorts } from "../../planning/ask.ts";
import { makePlan } from "../../planning/planner.ts";
import type { Outline } from "../../planning/strategic.ts";
import { callModel } from "../journal.ts";
import { agreeOnPlan, planCommands } from "../planning/agree.ts";
import { type AllotPorts, allot } from "../planning/allot.ts";
import { cleanOutline, cleanPlan } from "../planning/clean-plan.ts";
import { groundAt } from "../planning/ground.ts";
import { isAgreed } from "../rights/run-policy.ts";
import { agentsOf } from "../run-agents.ts";
import { notice, type RunContext, record, stateOf } from "../run-context.ts";
import { workRoot } from "./begin.ts";
import { sectionsOfPlanning } from "./openings.ts";
import { memoryAt, survey } from "./survey.ts";

const MOST_WARNINGS = 8;

export async function planPhase(context: RunContext): Promise<Plan> {
  const state = await stateOf(context);
  const { root } = await workRoot(context);
  const seen = await survey(context, { taskId: "plan", root, prompt: state.prompt, withContents: true });
  await record(context, { type: "run.entered", phase: "plan" }, "entered/plan");
  const { counter } = await context.window();
  const wish = {
    goal: state.prompt,
    opening: await openingOf(context, sectionsOfPlanning(state, seen, counter.count)),
    agents: (await agentsOf(context)).list,
    checkPlan: await checkOf(context),
    onOutlined: (outline: Outline) => recordOutline(context, state.attempt, outline),
  };
  const plan = await makePlan(wish, plannerPorts(context, state));
  await recordPlan(context, plan);
  return plan;
}

/** The planner's calls in the run's journal: a restart asks nothing again, another attempt asks anew. */
export function plannerPorts(context: RunContext, { attempt: ofRun }: Pick<RunState, "attempt">): PlannerPorts {
  const turnOf = (stage: string, attempt: number) => {
    // The outline may follow a plan that was none: both are calls of "plan".
    const isOutline = stage === "outline";
    return { taskId: isOutline ? "plan" : stage, turn: (ofRun - 1) * 10 + attempt + (isOutline ? 5 : 0) };
  };
  return {
    respond: async (request, stage, attempt) => (await callModel(context, turnOf(stage, attempt), request)).response,
    async onRejected(stage, attempt, problems) {
      const key = stage === "plan" ? `${ofRun}/${attempt}` : `${stage}/${ofRun}/${attempt}`;
      const told = problems.map(context.redact);
      await record(context, { type: "plan.rejected", attempt, problems: told }, `plan/rejected/${key}`);
    },
  };
}

/** What the place where the run works says to a plan. */
export async function checkOf(context: RunContext): Promise<(plan: Plan) => Promise<string[]>> {
  const { recorded } = context;
  if (recorded !== undefined) return () => recorded.planProblems();
  const { root } = await workRoot(context);
  const ground = await groundAt({ root, place: context.policyPlace });
  return (plan) => acceptanceProblems(plan, ground);
}

async function recordOutline(context: RunContext, attempt: number, made: Outline): Promise<Outline> {
  const outline = cleanOutline(context, made);
  const body = { type: "plan.outlined" as const, summary: outline.summary, milestones: [...outline.milestones] };
  const known = await record(context, body, `outline/${attempt}`);
  return known.body.type === "plan.outlined" ? known.body : outline;
}

/** Half of the window at most: the corrections of a bad plan need room too. */
export async function openingOf(context: RunContext, sections: readonly Section[]): Promise<string> {
  const { windowTokens, answerTokens, counter } = await context.window();
  const limit = Math.floor((windowTokens - answerTokens) / (1 + counter.errorShare) / 2);
  const opening = fillWindow([...sections], limit, counter.count);
  if (opening.ok) return opening.text;
  throw nexusError("model.context_full", `The goal does not fit into ${windowTokens} tokens.`);
}

/** With estimates, models and shares of the budget. The first that is recorded is the run's plan. */
export async function recordPlan(context: RunContext, plan: Plan): Promise<void> {
  const state = await stateOf(context);
  const allotted = await allot(allotPorts(context), state, cleanPlan(context, plan));
  await record(context, { type: "plan.proposed", plan: allotted }, "plan");
  // In a replay the warning is in the log, if there was one.
  if (context.recorded !== undefined) return;
  const { root } = await workRoot(context);
  const ground = await groundAt({ root, place: undefined, memory: await memoryAt(context, root) });
  const warnings = await planWarnings(plan, ground);
  if (warnings.length > 0)
    await notice(context, "plan.unsure", warnings.slice(0, MOST_WARNINGS).join("; "), "plan/warnings");
}

export function allotPorts({ store, price, priceOf = price, models = {} }: RunContext): AllotPorts {
  return { store, priceOf, models };
}

/**
 * Throws `plan.rejected` when the person says no, or the policy does. A plan that a person changes meanwhile is asked
 * about anew, as it is by then.
 */
export async function approvePhase(context: RunContext): Promise<void> {
  for (;;) {
    const { plan, planRevisions: asked = 0 } = await stateOf(context);
    if (plan === null) return;
    await record(context, { type: "run.entered", phase: "approve" }, "entered/approve");
    // A fork's plan may have been changed since it was agreed to.
    if ((await context.store.events.find(context.runId, "plan/approved")) !== undefined) return;
    const key = asked === 0 ? "plan" : `plan/${asked}`;
    const answer = await agreeOnPlan(context, { key, title: "Approve the plan?", plan });
    if (answer === "unasked") return;
    const { planRevisions = 0 } = await stateOf(context);
    if (planRevisions !== asked) continue;
    if (answer.decision === "reject") throw nexusError("plan.rejected", answer.feedback);
    await record(context, { type: "plan.approved", revisions: asked }, "plan/approved");
    return;
  }
}

/**
 * The commands that an agent may run without being asked: the project's own tests, and the acceptance checks of a plan
 * that somebody agreed to. Without a person the plan goes on unasked, so a model's commands are only allowed by a policy
 * that says so.
 */
export function allowedCommands(
  { plan, headless, policy }: Pick<RunState, "plan" | "headless" | "policy">,
  testCommand: string | undefined,
): string[] {
  return [
    ...(plan !== null && isAgreed({ headless, policy }) ? planCommands(plan) : []),
    ...(testCommand === undefined ? [] : [testCommand]),
  ];
}
