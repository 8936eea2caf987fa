/** Sends a message of one agent to others: recorded once for each call. */
import { errorValue, ok, type Result, type RunState } from "../../../protocol/index.ts";
import { compose, type Draft } from "../../collaboration/messages.ts";
import { hashOf } from "../../host/files.ts";
import type { OutgoingMessage } from "../../tools/team-port.ts";
import { type RunContext, stateOf } from "../run-context.ts";
import { messageKey } from "./mail.ts";

export interface TeamCall {
  readonly taskId: string;
  readonly agent: string;
  readonly turn: number;
  /** Of the call: what is done under it is done once, however often a restart repeats the call. */
  readonly key: string;
}

/** Answers with the message's id. The rules are asked in the same transaction that records it. */
export async function sendMessage(
  context: RunContext,
  { taskId, key }: TeamCall,
  { text, ...rest }: OutgoingMessage,
): Promise<Result<string>> {
  const messageId = messageIdOf(key);
  const draft: Draft = { messageId, from: taskId, ...rest, text: context.redact(text) };
  if ((await context.store.events.find(context.runId, messageKey(messageId))) !== undefined) return ok(messageId);
  for (;;) {
    const composed = compose(await stateOf(context), draft);
    if (!composed.ok) return { ok: false, error: errorValue("message.refused", composed.problem) };
    const event = { body: { type: "message.sent" as const, message: composed.message }, key: messageKey(messageId) };
    const fits = (now: RunState) => {
      const again = compose(now, draft);
      return again.ok && JSON.stringify(again.message) === JSON.stringify(composed.message);
    };
    if ((await context.store.events.append(context.runId, [event], [], fits)).length > 0) return ok(messageId);
  }
}

/** Short, because agents write it; the same in a fork of the run. */
export function messageIdOf(key: string): string {
  return hashOf(key).slice(0, 10);
}
