/** The row of `nexus lsp`. */
import type { Command } from "./command.ts";

export const LSP_COMMANDS = {
  lsp: {
    summary: "Be a language server for an editor",
    positionals: [],
    flags: [
      { name: "stdio", type: "boolean", summary: "Speak over standard input and output (the only way there is)." },
      {
        name: "clientProcessId",
        type: "string",
        value: "PID",
        summary: "The editor's process: the server ends with it. Editors that know their own say so by themselves.",
      },
    ],
    details:
      "An editor starts this: code actions, symbols, hover, code lenses, findings and runs of the same daemon that every other client uses, beside the language servers that it has. See docs/lsp.md for how to set it up.",
  },
} as const satisfies Record<string, Command>;
