/** Answers of people to what runs ask: one queue for all clients, and the first answer wins. */
import type { Answer, Approval, Params } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import { canonicalJson } from "../../security/approvals.ts";
import type { RunDependencies } from "../dependencies.ts";
import { auditRun } from "../rights/audited.ts";
import type { Caller } from "../run-service.ts";
import { answerKey } from "./approval-gate.ts";

type Given = Params<"approval/answer">;

export interface Answers {
  answer(params: Given, caller: Caller): Promise<Answer<"approval/answer">>;
  approvals(): Promise<Answer<"approval/list">>;
}

export function createAnswers(dependencies: RunDependencies): Answers {
  const { store, clock } = dependencies;

  async function requireOpen({ runId, approvalId, subjectHash }: Given): Promise<Approval> {
    const state = await store.events.state(runId);
    if (state === undefined) throw nexusError("run.unknown", runId);
    const approval = state.pendingApprovals.find((candidate) => candidate.approvalId === approvalId);
    if (approval === undefined) throw nexusError("approval.unknown");
    if (approval.subjectHash !== subjectHash) throw nexusError("approval.mismatch");
    const { expiresAt } = approval;
    if (expiresAt !== undefined && Date.parse(expiresAt) <= clock.now()) throw nexusError("approval.expired");
    return approval;
  }

  /** Throws `approval.unknown` when another client was first. */
  async function take(
    params: Omit<Given, "remember">,
    approval: Approval,
    by: string,
    remembered: string | undefined,
  ): Promise<void> {
    const { runId, approvalId, decision, feedback } = params;
    await auditAnswer(params, approval, `client:${by}`);
    const more = {
      ...(feedback === undefined ? {} : { feedback }),
      ...(remembered === undefined ? {} : { remembered }),
    };
    const body = { type: "approval.answered" as const, approvalId, decision, by, ...more };
    const [event] = await store.events.append(runId, [{ body, key: answerKey(approvalId) }]);
    if (event?.body.type !== "approval.answered") throw nexusError("approval.unknown");
    if (event.body.decision === decision) return;
    await auditAnswer(
      params,
      approval,
      `client:${by}`,
      `${event.body.by} answered first; this answer counts for nothing.`,
    );
    throw nexusError("approval.unknown", `${event.body.by} answered first.`);
  }

  /** On disk before the answer counts. With `lost`, that it does not. */
  async function auditAnswer(params: Omit<Given, "remember">, approval: Approval, actor: string, lost?: string) {
    const verdict = lost !== undefined ? "failed" : params.decision === "approve" ? "approved" : "rejected";
    const action = canonicalJson(approval.subject);
    const reason = lost ?? params.feedback ?? approval.reason;
    const approvalHash = approval.subjectHash;
    await auditRun(dependencies, params.runId, { event: "approval", actor, action, verdict, reason, approvalHash });
  }

  async function keepRule(runId: string, rule: string, actor: string): Promise<void> {
    const decision = { event: "policy" as const, actor, action: rule, reason: "“Always allow” was answered." };
    await auditRun(dependencies, runId, { ...decision, verdict: "approved" });
    await dependencies.keepRule(rule);
  }

  /** The same rule would have answered these, so nobody is asked about them any more. */
  async function answerAlike(rule: string, by: string): Promise<void> {
    for (const { runId, approval } of await store.projections.pendingApprovals()) {
      if (approval.remember !== rule) continue;
      const { approvalId, subjectHash } = approval;
      const params = { runId, approvalId, subjectHash, decision: "approve" as const };
      await take(params, approval, `${by}, by the rule “${rule}”`, undefined).catch(() => undefined);
    }
  }

  return {
    async answer(params, { name }) {
      const approval = await requireOpen(params);
      const { remember } = approval;
      const rule = params.remember === true && params.decision === "approve" ? remember : undefined;
      if (params.remember === true && rule === undefined) throw nexusError("approval.not_rememberable");
      await take(params, approval, name, rule);
      if (rule === undefined) return {};
      await keepRule(params.runId, rule, `client:${name}`);
      await answerAlike(rule, name);
      return {};
    },
    approvals: async () => ({ approvals: await store.projections.pendingApprovals() }),
  };
}
