/** Asking a person about a plan: what it does, may do, and is thought to take. */
import { nexusError, type Plan, type PlanChange } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import { canonicalJson } from "../../security/approvals.ts";
import { inWords, permissionsOf } from "../../security/policy/permissions.ts";
import { askApproval, type Decided } from "../people/approval-gate.ts";
import { workRoot } from "../phases/begin.ts";
import { testsAt } from "../phases/check.ts";
import { auditRun } from "../rights/audited.ts";
import { runPolicy } from "../rights/run-policy.ts";
import { type RunContext, stateOf } from "../run-context.ts";

export interface PlanQuestion {
  /** Names the place in the run. */
  readonly key: string;
  readonly title: string;
  readonly plan: Plan;
  /** Of a plan that takes another one's place. */
  readonly change?: PlanChange;
  /** Why a person is asked again. */
  readonly why?: string;
}

/** `unasked`: the policy lets it go on. Throws `plan.rejected` when the policy denies it. */
export async function agreeOnPlan(context: RunContext, question: PlanQuestion): Promise<Decided | "unasked"> {
  const { key, title, plan, change, why } = question;
  const { budget } = await stateOf(context);
  const commands = planCommands(plan);
  const { root, linked } = await workRoot(context);
  const policy = await runPolicy(context, { root, linked, readOnly: false, agreedCommands: [] });
  const verdict = await policy.judge({ kind: "plan" });
  const action = `a plan of ${plan.tasks.length} tasks: ${plan.summary}; checks: ${commands.join(" · ") || "none"}`;
  const decision = { event: "plan" as const, actor: "nexus", action, rule: verdict.rule, reason: verdict.reason };
  await auditRun(context, context.runId, { ...decision, verdict: verdict.verdict });
  if (verdict.verdict === "allow") return "unasked";
  if (verdict.verdict === "deny") throw nexusError("plan.rejected", verdict.reason);
  const testCommand = (await testsAt(context, root, null))?.command;
  const subject = {
    ...{ kind: "plan" as const, summary: plan.summary, taskCount: plan.tasks.length, commands },
    permissions: inWords(permissionsOf(plan, { testCommand, budgetUsd: budget.limitUsd })),
    ...(plan.milestones === undefined ? {} : { milestones: plan.milestones.length }),
    ...(plan.estimate === undefined ? {} : { estimate: plan.estimate }),
    ...(change === undefined ? {} : { change }),
    binding: hashOf(canonicalJson(plan)),
  };
  return askApproval(context, { key, taskId: null, title, reason: why ?? verdict.reason, subject });
}

/** The plan's acceptance checks, which a person sees before agreeing. */
export function planCommands(plan: Plan): string[] {
  return [...new Set(plan.tasks.flatMap((task) => (task.acceptance === null ? [] : [task.acceptance.command])))];
}
