/** nexus setup in the table of commands. */
import { type Command, json } from "./command.ts";

export const SETUP_COMMANDS = {
  setup: {
    summary: "Print how an editor or assistant finds Nexus, or write it into its configuration",
    positionals: [{ name: "EDITOR", optional: true }],
    flags: [
      {
        name: "write",
        type: "boolean",
        summary: "Show the change to the editor's file, and write it when you say yes.",
      },
      {
        name: "repo",
        type: "string",
        value: "DIR",
        summary: "A project that an assistant may ask about (default: this folder). May be repeated.",
        repeated: true,
      },
      json,
    ],
    details:
      "EDITOR is neovim, emacs, helix, zed, jetbrains, claude or cursor; without one, all are listed: which are on this machine, and what is set. --write needs a terminal with a person at it, keeps the old file beside the new one, and leaves a file that it cannot read as it is. --repo is for assistants (MCP), whose programs mostly do not start a server where you work; projects that a configuration names already stay, unless you name others.",
  },
} as const satisfies Record<string, Command>;
