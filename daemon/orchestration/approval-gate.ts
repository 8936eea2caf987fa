/** Asks a person and waits, through restarts, until some client has answered. */
import type { ApprovalDecision, ApprovalSubject } from "../../protocol/index.ts";
import { hashOf } from "../host/files.ts";
import { subjectHash } from "../security/approvals.ts";
import { type RunContext, record, stateOf } from "./run-context.ts";

export interface Question {
  /** Names the place in the run, so that the same question is asked once however often the run restarts. */
  readonly key: string;
  readonly taskId: string | null;
  readonly title: string;
  readonly reason: string;
  readonly subject: ApprovalSubject;
}

export interface Decided {
  readonly decision: ApprovalDecision;
  readonly feedback?: string | undefined;
}

export async function askApproval(context: RunContext, question: Question): Promise<Decided> {
  const { key, subject, ...shown } = question;
  const hash = subjectHash(subject);
  // A fork's history holds the questions, and the answers, of the run that it was forked from.
  const asker = (await stateOf(context)).forkedFrom?.origin ?? context.runId;
  // The subject's hash is part of the id: a question that changed is a new question.
  const approvalId = hashOf(`${asker}/${key}/${hash}`).slice(0, 16);
  const answered = waitForAnswer(context, approvalId);
  try {
    const approval = { approvalId, subjectHash: hash, subject, ...shown };
    await record(context, { type: "approval.requested", approval }, `approval/${approvalId}`);
    const known = await context.store.events.find(context.runId, answerKey(approvalId));
    if (known?.body.type === "approval.answered") return known.body;
    return await answered.promise;
  } finally {
    answered.dispose();
  }
}

/** Key of the answer's event: the first answer takes it, and every later one finds it taken. */
export function answerKey(approvalId: string): string {
  return `approval/${approvalId}/answer`;
}

function waitForAnswer(context: RunContext, approvalId: string): { promise: Promise<Decided>; dispose(): void } {
  const { promise, resolve, reject } = Promise.withResolvers<Decided>();
  promise.catch(() => undefined);
  const onAbort = () => reject(context.signal.reason);
  const unsubscribe = context.store.events.subscribe((event) => {
    const { body } = event;
    if (event.runId === context.runId && body.type === "approval.answered" && body.approvalId === approvalId)
      resolve(body);
  });
  if (context.signal.aborted) onAbort();
  context.signal.addEventListener("abort", onAbort, { once: true });
  return {
    promise,
    dispose() {
      unsubscribe();
      context.signal.removeEventListener("abort", onAbort);
    },
  };
}
