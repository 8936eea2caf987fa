import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import type { DirectTool } from "./tool.ts";

const input = z.object({
  to: z.string().check(z.minLength(1), z.maxLength(80)),
  kind: z.enum(["inform", "question", "answer", "request", "warning"]),
  text: z.string().check(z.minLength(1), z.maxLength(4000)),
  in_reply_to: z.optional(z.string().check(z.maxLength(80))),
});

/** The other agent reads it before its next turn, once. */
export const sendMessage: DirectTool<typeof input> = {
  name: "send_message",
  description:
    'Writes to the agent of another task (to: its id, or "all"). An answer names the question in in_reply_to.',
  input,
  effect: "idempotent",
  probes: [{ kind: "none" }],
  access: () => ({ kind: "none" }),
  async execute({ in_reply_to: inReplyTo, ...message }, { team }) {
    if (team === undefined) return failure("tool.failed", "You work alone, so there is nobody to write to.");
    const sent = await team.send({ ...message, inReplyTo });
    if (!sent.ok) return sent;
    return { ok: true, output: `Sent as ${sent.value}.`, summary: `${message.kind} to ${message.to}` };
  },
};
