/** The row of `nexus acp`. */
import type { Command } from "./command.ts";

export const ACP_COMMANDS = {
  acp: {
    summary: "Be an agent for an editor that speaks ACP",
    positionals: [],
    flags: [],
    details:
      "An editor starts this and speaks the Agent Client Protocol over standard input and output: sessions, prompts, permissions and changes of the same daemon that every other client uses. The runs go on when the editor is closed. See docs/acp.md for how to set it up.",
  },
} as const satisfies Record<string, Command>;
