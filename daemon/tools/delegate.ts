import { failure } from "../../protocol/index.ts";
import { Delegation } from "./delegation.ts";
import { EVERYTHING, type Lock } from "./gate/locks.ts";
import type { DirectTool } from "./tool.ts";

const LONGEST_ANSWER = 8000;
/** Its own limits end it much earlier: a deadline, silence, its budget. */
const DAY_MS = 24 * 60 * 60_000;
const LOOKS: readonly Lock[] = [{ on: "tree", use: "read" }];

/** After a restart the call is made again, and finds how far the other agent had come. */
export const delegate: DirectTool<typeof Delegation> = {
  name: "delegate",
  description:
    "Hands a piece of your task to another agent in your copy and waits for its answer. With files it may change no others; with readOnly none, and several may work at once.",
  input: Delegation,
  effect: "idempotent",
  timeoutMs: DAY_MS,
  probes: [{ kind: "none" }],
  access: () => ({ kind: "none" }),
  locks: ({ readOnly }) => (readOnly === true ? LOOKS : EVERYTHING),
  async execute(piece, context) {
    if (context.delegate === undefined) return failure("tool.failed", "Nothing can be handed over here.");
    const ended = await context.delegate(piece, context.signal);
    if (!ended.ok) return ended;
    const { text, changed, costUsd } = ended.value;
    const answer = text.length <= LONGEST_ANSWER ? text : `${text.slice(0, LONGEST_ANSWER)}…`;
    const files = changed.length === 0 ? "It changed no files." : `It changed ${changed.join(", ")}.`;
    const output = `${answer}\n\n${files} It cost $${costUsd.toFixed(4)}.`;
    return { ok: true, output, summary: `${piece.agent}: ${piece.title}`, changed };
  },
};
