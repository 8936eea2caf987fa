import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import type { BackgroundState } from "./commands/background.ts";
import type { DirectTool, ToolOutcome } from "./tool.ts";

const input = z.object({
  id: z.string().check(z.maxLength(20)),
  tail: z.optional(z.boolean().check(z.describe("The end of all, not only the new"))),
});

/** What a background command has printed since the last look. */
export const commandOutput: DirectTool<typeof input> = {
  name: "command_output",
  description: "Shows a background command's state and what it printed since the last look.",
  input,
  effect: "pure",
  access: () => ({ kind: "none" }),
  async execute({ id, tail = false }, { background }) {
    if (background === undefined) return failure("tool.failed", "No command runs in the background here.");
    const looked = background.look(id, tail ? "tail" : "new");
    return looked.ok ? told(looked.value) : looked;
  },
};

export function told({ id, state, output }: BackgroundState): ToolOutcome {
  return { ok: true, output: `${id}: ${state}\n${output || "(no new output)"}`, summary: `looked at ${id}: ${state}` };
}
