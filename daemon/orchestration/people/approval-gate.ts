/**
 * Asks a person and waits, through restarts, until some client has answered. An answer holds for exactly what was shown,
 * for one use, and for a short while; a question that nobody answers counts as rejected.
 */
import type { Approval, ApprovalDecision, ApprovalSubject, RunEvent } from "../../../protocol/index.ts";
import { ON_PERSON } from "../../collaboration/wait-for.ts";
import { hashOf } from "../../host/files.ts";
import { subjectHash } from "../../security/approvals.ts";
import { auditRun } from "../rights/audited.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import { whileWaiting } from "../team/life.ts";

export interface Question {
  /** Names the place in the run, so that the same question is asked once however often the run restarts. */
  readonly key: string;
  readonly taskId: string | null;
  readonly title: string;
  readonly reason: string;
  readonly subject: ApprovalSubject;
  readonly parts?: Approval["parts"];
  /** The rule that “always allow” would keep. */
  readonly remember?: string | undefined;
}

export interface Decided {
  readonly decision: ApprovalDecision;
  readonly feedback?: string | undefined;
  /** The subject's hash: what exactly was decided on. */
  readonly subjectHash: string;
}

const HOUR_MS = 60 * 60_000;
/** A question may wait over a night, not over a holiday. */
const QUESTION_MS = 24 * HOUR_MS;
/** A permission that a crash kept from being used is not used hours later, when nobody has it in mind any more. */
const GRANT_MS = HOUR_MS / 6;
const EXPIRED = "Nobody answered in time.";

export async function askApproval(context: RunContext, question: Question): Promise<Decided> {
  for (let round = 0; ; round++) {
    const decided = await askOnce(context, question, round);
    if (decided !== "lapsed") return decided;
  }
}

async function askOnce(context: RunContext, question: Question, round: number): Promise<Decided | "lapsed"> {
  const { key, subject, taskId } = question;
  const hash = subjectHash(subject);
  // A fork's history holds the questions, and the answers, of the run that it was forked from.
  const asker = (await stateOf(context)).forkedFrom?.origin ?? context.runId;
  const approvalId = approvalIdOf(asker, { key, hash, round });
  const answered = waitForAnswer(context, approvalId, hash);
  try {
    const known = await answerOf(context, approvalId);
    if (known !== undefined)
      return isLapsed(context, known.event, subject) ? "lapsed" : { ...known, subjectHash: hash };
    const expiresAt = new Date(context.clock.now() + QUESTION_MS).toISOString();
    const offer = offered(context, question);
    const approval = { approvalId, taskId, subjectHash: hash, subject, expiresAt, ...offer };
    const asked = await record(context, { type: "approval.requested", approval }, `approval/${approvalId}`);
    answered.expireAt(asked.body.type === "approval.requested" ? asked.body.approval.expiresAt : undefined);
    // It may have been answered between the look and the question.
    const answer = async () => (await answerOf(context, approvalId)) ?? (await answered.promise);
    const waits = { reason: question.title, key: `approval/${approvalId}`, on: ON_PERSON };
    const given = taskId === null ? await answer() : await whileWaiting(context, taskId, waits, answer);
    return { ...given, subjectHash: hash };
  } finally {
    answered.dispose();
  }
}

/** The subject's hash is part of the id: a question that changed is a new question. */
export function approvalIdOf(
  asker: string,
  { key, hash, round }: { key: string; hash: string; round: number },
): string {
  const again = round === 0 ? "" : `/${round}`;
  return hashOf(`${asker}/${key}/${hash}${again}`).slice(0, 16);
}

/** What a check's question is asked under. */
export function checkQuestionKey(checkKey: string): string {
  return `may/${checkKey}`;
}

/** What is kept of a question holds no secret; a rule that holds one is not offered. */
function offered({ redact }: RunContext, { title, reason, parts, remember }: Question) {
  const told = parts?.map(({ text, why }) => ({ text: redact(text), why: redact(why) }));
  const rule = remember !== undefined && redact(remember) === remember ? { remember } : {};
  return { title: redact(title), reason: redact(reason), ...(told === undefined ? {} : { parts: told }), ...rule };
}

/** Key of the answer's event: the first answer takes it, and every later one finds it taken. */
export function answerKey(approvalId: string): string {
  return `approval/${approvalId}/answer`;
}

type Answered = Pick<Decided, "decision" | "feedback"> & { readonly event: RunEvent };

async function answerOf(context: RunContext, approvalId: string): Promise<Answered | undefined> {
  const event = await context.store.events.find(context.runId, answerKey(approvalId));
  return event === undefined ? undefined : toAnswer(event);
}

function toAnswer(event: RunEvent): Answered | undefined {
  if (event.body.type !== "approval.answered") return undefined;
  const { decision, feedback } = event.body;
  return { decision, feedback, event };
}

/** A plan is agreed to once for the whole run. */
function isLapsed(context: RunContext, { at, body }: RunEvent, subject: ApprovalSubject): boolean {
  const isGrant = body.type === "approval.answered" && body.decision === "approve";
  return isGrant && subject.kind !== "plan" && context.clock.now() - Date.parse(at) > GRANT_MS;
}

interface Waiting {
  readonly promise: Promise<Answered>;
  /** From then on the question counts as rejected. */
  expireAt(iso: string | undefined): void;
  dispose(): void;
}

function waitForAnswer(context: RunContext, approvalId: string, approvalHash: string): Waiting {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  promise.catch(() => undefined);
  const onAbort = () => reject(context.signal.reason);
  const unsubscribe = context.store.events.subscribe((event) => {
    const { body } = event;
    if (event.runId !== context.runId || body.type !== "approval.answered" || body.approvalId !== approvalId) return;
    const answer = toAnswer(event);
    if (answer !== undefined) resolve(answer);
  });
  if (context.signal.aborted) onAbort();
  context.signal.addEventListener("abort", onAbort, { once: true });
  let stopTimer = () => {};
  const expire = () => {
    const decision = "reject" as const;
    const body = { type: "approval.answered" as const, approvalId, decision, by: "nexus", feedback: EXPIRED };
    const told = { event: "approval" as const, actor: "nexus", action: `approval ${approvalId}`, reason: EXPIRED };
    auditRun(context, context.runId, { ...told, verdict: "expired", approvalHash })
      .then(() => record(context, body, answerKey(approvalId)))
      .catch(reject);
  };
  return {
    promise,
    expireAt(iso) {
      if (iso !== undefined)
        stopTimer = context.clock.timer(Math.max(0, Date.parse(iso) - context.clock.now()), expire);
    },
    dispose() {
      stopTimer();
      unsubscribe();
      context.signal.removeEventListener("abort", onAbort);
    },
  };
}
