/** What a run's state knows of its design: the latest of each document, what is out of date, the latest checks. Bounded. */
import * as z from "zod/mini";
import type { RunEventBody } from "../run-events.ts";
import { DocumentKind } from "./documents.ts";
import { DesignCheck } from "./view.ts";

export const WrittenDocument = z.object({
  path: z.string(),
  kind: DocumentKind,
  version: z.int(),
  artifact: z.string(),
  writtenBy: z.string(),
  derivedFrom: z.array(z.object({ path: z.string(), hash: z.string() })),
  /** Of this version. */
  decision: z.nullable(z.enum(["approved", "sent_back"])),
  remarks: z.string(),
});
export type WrittenDocument = z.infer<typeof WrittenDocument>;

export const DesignState = z.object({
  /** In the order in which they were first written, the latest 200. */
  documents: z.array(WrittenDocument),
  /** By target, the latest 60. */
  checks: z.array(DesignCheck),
  /** By subject, the latest 100. */
  stale: z.array(z.object({ subject: z.string(), because: z.string(), taskId: z.nullable(z.string()) })),
});
export type DesignState = z.infer<typeof DesignState>;

type DesignEvent = Extract<
  RunEventBody,
  { type: "document.written" | "document.decided" | "design.stale" | "design.checked" }
>;

const MOST_DOCUMENTS = 200;
const MOST_CHECKS = 60;
const MOST_STALE = 100;
const NONE: DesignState = { documents: [], checks: [], stale: [] };

export function designChange(before: DesignState = NONE, body: DesignEvent): DesignState {
  switch (body.type) {
    case "document.written": {
      const { path, kind, version, artifact, by, derivedFrom } = body;
      const written = { path, kind, version, artifact, writtenBy: by.name, derivedFrom, decision: null, remarks: "" };
      const isSame = (other: WrittenDocument) => other.path === path;
      const documents = before.documents.some(isSame)
        ? before.documents.map((other) => (isSame(other) ? written : other))
        : [...before.documents, written];
      // Elements and requirements that did not fit are looked at anew with the design that they stand in.
      const isSettled = (subject: string) => subject === path || (kind === "ui_design" && !subject.includes("/"));
      const stale = before.stale.filter(({ subject }) => !isSettled(subject));
      return { ...before, documents: documents.slice(-MOST_DOCUMENTS), stale };
    }
    case "document.decided": {
      const { path, version, decision, remarks } = body;
      const documents = before.documents.map((other) =>
        other.path === path && other.version === version ? { ...other, decision, remarks } : other,
      );
      return { ...before, documents };
    }
    case "design.stale": {
      const { type: _, ...stale } = body;
      const others = before.stale.filter(({ subject }) => subject !== stale.subject);
      return { ...before, stale: [...others, stale].slice(-MOST_STALE) };
    }
    case "design.checked": {
      const { type: _, ...check } = body;
      const others = before.checks.filter(({ target }) => target !== check.target);
      return { ...before, checks: [...others, check].slice(-MOST_CHECKS) };
    }
  }
}
