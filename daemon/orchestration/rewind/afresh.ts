/** A fork has the run's own copy as it was; what was not part of it yet, and the copies it was made in, it does not have. */
import type { KeyedEvent } from "../../store/store.ts";

/** The history without the work of tasks that were in copies of their own and not joined yet: they begin afresh. */
export function withoutUnjoinedWork(history: readonly KeyedEvent[]): KeyedEvent[] {
  const unjoined = new Set<string>();
  for (const {
    event: { body },
  } of history) {
    if (body.type === "task.dispatched" && body.place.kind === "copy") unjoined.add(body.taskId);
    if (body.type === "task.merged") unjoined.delete(body.taskId);
    if (body.type === "task.delegated" && unjoined.has(body.parent)) unjoined.add(body.taskId);
  }
  const questions = new Set<string>();
  return history.filter(({ event: { body } }) => {
    if (body.type === "approval.requested" && isOf(body.approval.taskId)) questions.add(body.approval.approvalId);
    if (body.type === "question.asked" && isOf(body.question.taskId)) questions.add(body.question.questionId);
    if ("approval" in body) return !questions.has(body.approval.approvalId);
    if ("question" in body) return !questions.has(body.question.questionId);
    if ("approvalId" in body) return !questions.has(body.approvalId);
    if ("questionId" in body) return !questions.has(body.questionId);
    // What was awarded, reviewed or asked of a task stays true of it.
    return (
      body.type === "task.controlled" || body.type.startsWith("contract.") || !("taskId" in body) || !isOf(body.taskId)
    );
  });

  function isOf(taskId: string | null): boolean {
    return taskId !== null && unjoined.has(taskId);
  }
}
