/** Planning and the approval of the plan. */
import { nexusError, type Plan, type RunState } from "../../../protocol/index.ts";
import { fillWindow } from "../../memory/context/window.ts";
import { makePlan } from "../../planning/planner.ts";
import { inWords, permissionsOf } from "../../security/policy/permissions.ts";
import { callModel } from "../journal.ts";
import { askApproval } from "../people/approval-gate.ts";
import { auditRun } from "../rights/audited.ts";
import { isAgreed, runPolicy } from "../rights/run-policy.ts";
import { agentsOf } from "../run-agents.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import { workRoot } from "./begin.ts";
import { testsAt } from "./check.ts";
import { sectionsOfPlanning } from "./openings.ts";
import { type Survey, survey } from "./survey.ts";

export async function planPhase(context: RunContext): Promise<Plan> {
  const state = await stateOf(context);
  const { root } = await workRoot(context);
  const seen = await survey(context, { taskId: "plan", root, prompt: state.prompt, withContents: true });
  await record(context, { type: "run.entered", phase: "plan" }, "entered/plan");
  const plan = await makePlan(await openingOfPlan(context, state, seen), await agentsOf(context), {
    respond: async (request, attempt) =>
      (await callModel(context, { taskId: "plan", turn: (state.attempt - 1) * 10 + attempt }, request)).response,
    onRejected: async (attempt, problems) => {
      await record(context, { type: "plan.rejected", attempt, problems }, `plan/rejected/${state.attempt}/${attempt}`);
    },
  });
  await recordPlan(context, plan);
  return plan;
}

/** Half of the window at most: the corrections of a bad plan need room too. */
async function openingOfPlan(context: RunContext, state: RunState, seen: Survey): Promise<string> {
  const { windowTokens, answerTokens, counter } = await context.window();
  const limit = Math.floor((windowTokens - answerTokens) / (1 + counter.errorShare) / 2);
  const opening = fillWindow(sectionsOfPlanning(state, seen, counter.count), limit, counter.count);
  if (opening.ok) return opening.text;
  throw nexusError("model.context_full", `The goal does not fit into ${windowTokens} tokens.`);
}

export async function recordPlan(context: RunContext, plan: Plan): Promise<void> {
  await record(context, { type: "plan.proposed", plan }, "plan");
}

/** Throws `plan.rejected` when the person says no, or the policy does. */
export async function approvePhase(context: RunContext): Promise<void> {
  const { plan, budget } = await stateOf(context);
  if (plan === null) return;
  await record(context, { type: "run.entered", phase: "approve" }, "entered/approve");
  const commands = planCommands(plan);
  const { root, linked } = await workRoot(context);
  const policy = await runPolicy(context, { root, linked, readOnly: false, agreedCommands: [] });
  const verdict = await policy.judge({ kind: "plan" });
  const action = `a plan of ${plan.tasks.length} tasks: ${plan.summary}; checks: ${commands.join(" · ") || "none"}`;
  const decision = { event: "plan" as const, actor: "nexus", action, rule: verdict.rule, reason: verdict.reason };
  await auditRun(context, context.runId, { ...decision, verdict: verdict.verdict });
  if (verdict.verdict === "allow") return;
  if (verdict.verdict === "deny") throw nexusError("plan.rejected", verdict.reason);
  const testCommand = (await testsAt(context, root, null))?.command;
  const permissions = inWords(permissionsOf(plan, { testCommand, budgetUsd: budget.limitUsd }));
  const subject = { kind: "plan" as const, summary: plan.summary, taskCount: plan.tasks.length, commands, permissions };
  const question = { key: "plan", taskId: null, title: "Approve the plan?", reason: verdict.reason, subject };
  const answer = await askApproval(context, question);
  if (answer.decision === "reject") throw nexusError("plan.rejected", answer.feedback);
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

/** The plan's acceptance checks, which a person sees before agreeing. */
function planCommands(plan: Plan): string[] {
  return [...new Set(plan.tasks.flatMap((task) => (task.acceptance === null ? [] : [task.acceptance.command])))];
}
