/** Errors of models that a client's editor offers. */
import type { ErrorEntry } from "./error-entry.ts";

export const EDITOR_ERRORS = {
  "model.no_client": {
    message: "No connected editor offers the model.",
    hint: "Open the workspace in an editor with Nexus and a model (docs/editor-models.md), then resume the run.",
    action: "resumeRun",
  },
  "model.not_allowed": {
    message: "The editor does not let Nexus use the model.",
    hint: "Allow it in the editor, or sign in there, then resume the run.",
    action: "resumeRun",
  },
} as const satisfies Record<string, ErrorEntry>;
