/** Errors of texts that an editor has not saved. */
import type { ErrorEntry } from "./error-entry.ts";

export const UNSAVED_ERRORS = {
  "unsaved.refused": {
    message: "This unsaved text cannot be laid over the run's copy.",
    hint: "Leave the file out; the run then sees it as it is on disk.",
  },
} as const satisfies Record<string, ErrorEntry>;
