import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { asData } from "../memory/context/cut.ts";
import type { DirectTool } from "./tool.ts";

/** The other agent may be in the middle of long work; its end ends the wait. */
const WAIT_MS = 2 * 60 * 60 * 1000;

const input = z.object({
  to: z.string().check(z.minLength(1), z.maxLength(80)),
  question: z.string().check(z.minLength(1), z.maxLength(4000)),
});

/** A question to the agent of another task that is at work. A wait that would close a circle is refused. */
export const askAgent: DirectTool<typeof input> = {
  name: "ask_agent",
  description: "Asks the agent of a task that is at work (to: its id) and waits for the answer.",
  input,
  effect: "idempotent",
  probes: [{ kind: "none" }],
  timeoutMs: WAIT_MS,
  access: () => ({ kind: "none" }),
  async execute({ to, question }, { team, signal }) {
    if (team === undefined) return failure("tool.failed", "You work alone, so there is nobody to ask.");
    const answered = await team.ask({ to, text: question }, signal);
    if (!answered.ok) return answered;
    const { text, outcome } = answered.value;
    const head =
      outcome === "answered" ? `Task ${to} answers:` : `Task ${to} ended without an answer. It said at its end:`;
    return { ok: true, output: `${head}\n${asData("answer", text)}`, summary: `asked ${to}: ${outcome}` };
  },
};
