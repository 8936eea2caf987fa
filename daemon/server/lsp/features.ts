/** What the face offers, in the order in which it is made. */
import { createCodeActions } from "./actions/create.ts";
import { createApprovals } from "./approvals.ts";
import { createCodeLens } from "./code-lens.ts";
import { createDaemonEdits } from "./daemon-edits.ts";
import type { CreateFeature } from "./feature.ts";
import { createHover } from "./hover.ts";
import { createReferences } from "./references.ts";
import { createReviewDiagnostics } from "./review-diagnostics.ts";
import { createRunCommands } from "./run-commands.ts";
import { createSymbols } from "./symbols.ts";
import { createTrustFeature } from "./trust.ts";

export const lspFeatures: readonly CreateFeature[] = [
  createTrustFeature,
  createSymbols,
  createHover,
  createReferences,
  createCodeLens,
  createReviewDiagnostics,
  createApprovals,
  createRunCommands,
  createCodeActions,
  createDaemonEdits,
];
