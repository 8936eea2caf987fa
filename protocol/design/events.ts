/** Events of a run that writes design documents, and of the checks of what was built from them. */
import * as z from "zod/mini";
import { event } from "../event.ts";
import { DocumentKind, DocumentProblem } from "./documents.ts";

/** `path` from the root of the run's copy, with `/`. */
export const DESIGN_EVENTS = [
  event("document.written", {
    path: z.string(),
    kind: DocumentKind,
    /** From 1, counted for each path. */
    version: z.int(),
    /** Content address of the bytes. */
    artifact: z.string(),
    by: z.object({ kind: z.enum(["role", "person"]), name: z.string() }),
    /** What it was made from, as it was then. */
    derivedFrom: z.array(z.object({ path: z.string(), hash: z.string() })),
    problems: z.array(DocumentProblem),
  }),
  event("document.decided", {
    path: z.string(),
    version: z.int(),
    decision: z.enum(["approved", "sent_back"]),
    by: z.string(),
    remarks: z.string(),
  }),
  /** One side of a trace changed and the other did not: what is to be brought up to date, and why. */
  event("design.stale", {
    /** A document, a source file, or a design element (`home.title`). */
    subject: z.string(),
    because: z.string(),
    /** The task that was opened for it; null where the run has ended or does so itself. */
    taskId: z.nullable(z.string()),
  }),
  event("design.checked", {
    /** The built page or story: `/`, `PriceTag/Default`. */
    target: z.string(),
    checks: z.array(
      z.object({
        name: z.enum(["renders", "accessibility", "keyboard", "contrast", "narrow", "wide"]),
        outcome: z.enum(["passed", "failed", "skipped"]),
        detail: z.string(),
      }),
    ),
    /** PNG by width in CSS pixels. */
    screenshots: z.array(
      z.object({ width: z.int(), height: z.int(), artifact: z.string(), path: z.nullable(z.string()) }),
    ),
  }),
] as const;
