/** The part of the error catalogue that is about the audit log, trust, and who may answer. */
import type { ErrorEntry } from "./error-entry.ts";

export const GUARD_ERRORS = {
  "audit.failed": {
    message: "The audit log cannot be written, so what would have to stand in it does not happen.",
    hint: "See that there is space and that the folder `audit` in the data folder can be written; then start the daemon again.",
    action: "showLogs",
  },
} as const satisfies Record<string, ErrorEntry>;
