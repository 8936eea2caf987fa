import * as z from "zod/mini";
import type { DirectTool } from "./tool.ts";

/** A person may take days; a timer cannot wait much longer. */
const WAIT_MS = 24 * 24 * 60 * 60 * 1000;

const input = z.object({
  question: z.string().check(z.minLength(1), z.maxLength(2000)),
  choices: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.maxLength(6))),
});

/** A question to the person, answered from any client; the run waits, also through a restart of the daemon. */
export const askUser: DirectTool<typeof input> = {
  name: "ask_user",
  description: "Asks the user, when only they can decide and a wrong guess would cost much.",
  input,
  effect: "idempotent",
  probes: [{ kind: "none" }],
  timeoutMs: WAIT_MS,
  access: () => ({ kind: "none" }),
  async execute({ question, choices = [] }, { ask }) {
    const answer = await ask?.({ text: question, choices: [...new Set(choices)] });
    const summary = `asked: ${question.slice(0, 120)}`;
    if (answer === undefined)
      return { ok: true, output: "Nobody is there. Decide by yourself, and say at the end what you assumed.", summary };
    return { ok: true, output: `The user answers:\n${answer}`, summary: `${summary} → ${answer.slice(0, 60)}` };
  },
};
