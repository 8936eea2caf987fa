/** The part of the error catalogue that is about the audit log, trust, and who may answer. */
import type { ErrorEntry } from "./error-entry.ts";

export const GUARD_ERRORS = {
  "audit.failed": {
    message: "The audit log cannot be written, so what would have to stand in it does not happen.",
    hint: "See that there is space and that the folder `audit` in the data folder can be written; then start the daemon again.",
    action: "showLogs",
  },
  "trust.changed": {
    message: "What the folder configures or runs has changed since it was shown.",
    hint: "Look at it again (`nexus trust`), then decide.",
  },
  "trust.unbound": {
    message: "The folder's configuration cannot be read as a whole, so trust cannot be bound to it.",
    hint: "Make it smaller (docs/trust.md lists what counts), or run with it untrusted.",
  },
  "connection.not_human": {
    message: "Only a person's connection may do this.",
    hint: "Do it in the editor, or run the `nexus` command in a terminal yourself.",
  },
  "connection.read_only": {
    message: "A command that an agent started may only look.",
    hint: "A person can do it, outside of the agent's command.",
  },
} as const satisfies Record<string, ErrorEntry>;
