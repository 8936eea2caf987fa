/** Errors of joining what tasks did side by side. */
import type { ErrorEntry } from "./error-entry.ts";

export const MERGE_ERRORS = {
  "merge.unresolved": {
    message: "What two tasks did could not be joined, even after two attempts to resolve it.",
    hint: "Nothing is lost: each task's work is a commit under refs/nexus/, and the rest of the run's change is kept for review.",
  },
} as const satisfies Record<string, ErrorEntry>;
