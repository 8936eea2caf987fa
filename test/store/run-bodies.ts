/** Bodies of run events that touch every projection. */
import fc from "fast-check";
import type { ApprovalDecision, RunEventBody } from "../../protocol/index.ts";

const taskId = fc.constantFrom("t1", "t2", "t3");
const path = fc.constantFrom("a.ts", "b.ts");

export function planned(ids: readonly string[]): RunEventBody {
  const tasks = ids.map((id) => ({
    id,
    title: id,
    goal: id,
    agent: "coder",
    files: [],
    acceptance: null,
    dependsOn: [],
  }));
  return { type: "plan.proposed", plan: { summary: "a plan", tasks } };
}

export function approvalRequested(approvalId: string): RunEventBody {
  const subject = { kind: "command" as const, command: "ls", cwd: "." };
  return {
    type: "approval.requested",
    approval: { approvalId, taskId: null, title: "?", reason: "", subjectHash: "h", subject },
  };
}

export function approvalAnswered(approvalId: string, decision: ApprovalDecision = "approve"): RunEventBody {
  return { type: "approval.answered", approvalId, decision, by: "me" };
}

export function changesReady(paths: readonly string[]): RunEventBody {
  const files = paths.map((file) => ({
    path: file,
    status: "modified" as const,
    additions: 1,
    deletions: 0,
    binary: false,
  }));
  return { type: "changes.ready", changeSet: { baseCommit: "b", resultCommit: "r", files } };
}

export function finished(status: "done" | "failed" = "done"): RunEventBody {
  return { type: "run.finished", status, summary: status };
}

export const arbitraryBody: fc.Arbitrary<RunEventBody> = fc.oneof(
  fc
    .string({ unit: "binary" })
    .map((message): RunEventBody => ({ type: "run.noticed", level: "info", code: "c", message })),
  fc.uniqueArray(taskId, { minLength: 1 }).map(planned),
  taskId.map((id): RunEventBody => ({ type: "task.started", taskId: id, title: id, agent: "coder" })),
  taskId.map((id): RunEventBody => ({ type: "task.finished", taskId: id, outcome: "done", summary: "" })),
  fc.constantFrom("a1", "a2").map(approvalRequested),
  fc.constantFrom("a1", "a2").map((id) => approvalAnswered(id)),
  fc.uniqueArray(path).map(changesReady),
  fc.uniqueArray(path).map((paths): RunEventBody => ({ type: "changes.applying", paths })),
  fc.uniqueArray(path).map((paths): RunEventBody => ({ type: "changes.accepted", paths })),
  fc.constantFrom("done" as const, "failed" as const).map(finished),
  fc.constant<RunEventBody>({ type: "run.started", attempt: 1, reason: "resume" }),
);
