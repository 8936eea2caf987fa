/** The command about an installed MetaGPT, for the one table of commands. */
import { type Command, json } from "./command.ts";

export const METAGPT_ADAPTER_COMMANDS = {
  "metagpt adapter": {
    summary: "Say whether an installed MetaGPT can be run, and what is missing",
    positionals: [{ name: "status" }],
    flags: [json],
    details:
      "Nothing is started but Python interpreters, to ask them. Exit code 1: it cannot be run. See docs/metagpt-adapter.md.",
  },
} as const satisfies Record<string, Command>;
