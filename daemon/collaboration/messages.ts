/** What agents may say to each other: addressed to tasks, bounded, each read once by each recipient. */
import { type AgentMessage, type Mail, recipientsOf, unreadMessages } from "../../protocol/index.ts";

export interface Draft {
  readonly messageId: string;
  readonly from: string;
  /** A task's id, or "all". */
  readonly to: string;
  readonly kind: AgentMessage["kind"];
  readonly inReplyTo?: string | undefined;
  readonly text: string;
}

/** What the rules look at of a run. */
export interface MailState extends Mail {
  readonly tasks: readonly { readonly id: string; readonly status: string }[];
}

export type Composed =
  | { readonly ok: true; readonly message: AgentMessage }
  | { readonly ok: false; readonly problem: string };

const EVERYBODY = "all";
const LONGEST_MESSAGE = 4000;

/** Of one task: who does not read must not be written to without end. */
const FULL_BOX = 10;
/** Of all boxes together: a run's state keeps a hundred messages and loses none that is unread. */
const MOST_UNREAD = 80;

/** The message as it may be sent, or why not, in words for its author. */
export function compose(state: MailState, draft: Draft): Composed {
  const { to, from, text } = draft;
  if (text.trim() === "") return refused("It is empty.");
  if (text.length > LONGEST_MESSAGE)
    return refused(`It has ${text.length} characters; ${LONGEST_MESSAGE} are allowed.`);
  const recipients = to === EVERYBODY ? openTasks(state).filter((id) => id !== from) : [to];
  const problem =
    addressProblem(state, from, to, recipients) ?? replyProblem(state, draft) ?? boxProblem(state, recipients);
  if (problem !== undefined) return refused(problem);
  const { inReplyTo, ...rest } = draft;
  const more = { ...(inReplyTo === undefined ? {} : { inReplyTo }), ...(to === EVERYBODY ? { recipients } : {}) };
  return { ok: true, message: { ...rest, ...more } };
}

/** The answer to a question, once there is one. */
export function answerTo(state: Mail, questionId: string): AgentMessage | undefined {
  return state.messages?.find(({ kind, inReplyTo }) => kind === "answer" && inReplyTo === questionId);
}

/** Questions that this task has read and not answered, the oldest first. */
export function openQuestions(state: Mail, taskId: string): AgentMessage[] {
  const unread = new Set(unreadMessages(state, taskId));
  return (state.messages ?? []).filter(
    (message) =>
      message.kind === "question" &&
      recipientsOf(message).includes(taskId) &&
      !unread.has(message) &&
      answerTo(state, message.messageId) === undefined,
  );
}

function refused(problem: string): Composed {
  return { ok: false, problem };
}

function openTasks({ tasks }: MailState): string[] {
  return tasks.flatMap(({ id, status }) => (isOpen(status) ? [id] : []));
}

function isOpen(status: string): boolean {
  return status === "waiting" || status === "working";
}

function addressProblem(state: MailState, from: string, to: string, recipients: readonly string[]): string | undefined {
  if (recipients.length === 0) return "There is nobody else who could read it.";
  if (to === from) return "It is addressed to its own author.";
  if (to === EVERYBODY) return undefined;
  const task = state.tasks.find(({ id }) => id === to);
  if (task === undefined)
    return `There is no task "${to.slice(0, 60)}" (there are: ${state.tasks.map(({ id }) => id).join(", ")}).`;
  return isOpen(task.status) ? undefined : `Task ${to} has ended, so nobody would read it.`;
}

/** An answer belongs to a question that was put to its author, and each question has one. */
function replyProblem(state: MailState, { kind, from, to, inReplyTo }: Draft): string | undefined {
  if (kind !== "answer") return undefined;
  const asked = state.messages?.find(({ messageId }) => messageId === inReplyTo);
  if (asked?.kind !== "question" || !recipientsOf(asked).includes(from))
    return "An answer names with inReplyTo the question that it answers.";
  if (asked.from !== to) return `The question ${asked.messageId} came from ${asked.from}; its answer goes there.`;
  if (answerTo(state, asked.messageId) !== undefined) return `The question ${asked.messageId} is answered already.`;
  return undefined;
}

function boxProblem(state: MailState, recipients: readonly string[]): string | undefined {
  const full = recipients.find((id) => unreadMessages(state, id).length >= FULL_BOX);
  if (full !== undefined) return `Task ${full} has ${FULL_BOX} messages that it has not read yet.`;
  const unread = new Set(openTasks(state).flatMap((id) => unreadMessages(state, id)));
  return unread.size >= MOST_UNREAD ? `${MOST_UNREAD} messages of this run are unread.` : undefined;
}
