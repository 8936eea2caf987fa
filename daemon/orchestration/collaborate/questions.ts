/** A question from one agent to another: the wait is looked at before it begins, and ends with the answer or the other's end. */
import { failure, NexusError, ok, type Result, type RunState } from "../../../protocol/index.ts";
import { answerTo } from "../../collaboration/messages.ts";
import { taskNode } from "../../collaboration/wait-for.ts";
import type { Answer } from "../../tools/team-port.ts";
import { type RunContext, stateOf } from "../run-context.ts";
import { refuseCircle, whileWaiting } from "../team/life.ts";
import { recordDelivery } from "./mail.ts";
import { messageIdOf, sendMessage, type TeamCall } from "./sending.ts";

/** Rejects with the signal's reason. After a restart the same call goes on waiting for the same answer. */
export async function askAgent(
  context: RunContext,
  call: TeamCall,
  { to, text }: { readonly to: string; readonly text: string },
): Promise<Result<Answer>> {
  const { taskId, key } = call;
  const problem = await whyNot(context, to);
  const on = { node: taskNode(to), words: "waits for an answer of" };
  try {
    if (problem !== undefined && !(await isAsked(context, key))) {
      // Who has not begun may wait for a file of the one who asks: that is told as the circle that it is.
      await refuseCircle(context, taskId, on, key);
      return failure("message.refused", problem);
    }
    const waits = { reason: `It asked task ${to}: ${context.redact(text)}`, key, on };
    return await whileWaiting(context, taskId, waits, () => answered(context, call, { to, text }));
  } catch (error) {
    if (error instanceof NexusError && error.value.code === "wait.refused") return { ok: false, error: error.value };
    throw error;
  }
}

async function answered(
  context: RunContext,
  call: TeamCall,
  { to, text }: { readonly to: string; readonly text: string },
): Promise<Result<Answer>> {
  const sent = await sendMessage(context, call, { to, kind: "question", text });
  if (!sent.ok) return sent;
  const state = await settled(context, (now) => answerTo(now, sent.value) !== undefined || !isAtWork(now, to));
  const answer = answerTo(state, sent.value);
  if (answer === undefined)
    return ok({ text: state.tasks.find(({ id }) => id === to)?.summary ?? "", outcome: "unanswered" });
  const { taskId, turn } = call;
  await recordDelivery(context, answer.messageId, { taskId, turn, inCall: true });
  return ok({ text: answer.text, outcome: "answered" });
}

/** Who has not begun might wait for the one who asks. */
async function whyNot(context: RunContext, to: string): Promise<string | undefined> {
  const { tasks } = await stateOf(context);
  const task = tasks.find(({ id }) => id === to);
  if (task === undefined || task.status === "working") return undefined;
  return task.status === "waiting"
    ? `Task ${to} is not at work yet. Write to it with send_message: it reads that when it begins.`
    : `Task ${to} has ended.`;
}

async function isAsked(context: RunContext, key: string): Promise<boolean> {
  return (await stateOf(context)).messages?.some(({ messageId }) => messageId === messageIdOf(key)) === true;
}

function isAtWork({ tasks }: RunState, taskId: string): boolean {
  return tasks.find(({ id }) => id === taskId)?.status === "working";
}

/** The first state of the run that fits, now or later. */
async function settled(context: RunContext, fits: (state: RunState) => boolean): Promise<RunState> {
  const { promise, resolve, reject } = Promise.withResolvers<RunState>();
  promise.catch(() => undefined);
  const look = async () => {
    const state = await stateOf(context);
    if (fits(state)) resolve(state);
  };
  const onAbort = () => reject(context.signal.reason);
  const unsubscribe = context.store.events.subscribe(({ runId }) => {
    if (runId === context.runId) look().catch(reject);
  });
  context.signal.addEventListener("abort", onAbort, { once: true });
  if (context.signal.aborted) onAbort();
  try {
    await look();
    return await promise;
  } finally {
    unsubscribe();
    context.signal.removeEventListener("abort", onAbort);
  }
}
