/** What a design panel draws: the documents of a folder or of a run, and what hangs together in them. */
import * as z from "zod/mini";
import { Dialect, DocumentKind, DocumentProblem } from "./documents.ts";

export const DesignDocument = z.object({
  path: z.string(),
  kind: DocumentKind,
  dialect: Dialect,
  title: z.string(),
  content: z.unknown(),
  /** As it stands, where `content` is null and the file is a text: what a person mends. */
  text: z.optional(z.string()),
  /** SHA-256 of its bytes: what an edit was made on. */
  hash: z.string(),
  problems: z.array(DocumentProblem),
  /** Open: it was written and nobody decided. None: nobody is asked (a folder, or a headless run). */
  gate: z.enum(["none", "open", "approved", "sent_back"]),
  /** The question that a gate asks, where one is open: what `run/answer` wants. */
  questionId: z.nullable(z.string()),
  version: z.int(),
  writtenBy: z.string(),
  /** Why it no longer fits what it was made from; empty: it does. */
  stale: z.array(z.string()),
});
export type DesignDocument = z.infer<typeof DesignDocument>;

export const TraceNode = z.object({
  /** R1 · S1 · home.title · src/components/PriceTag.tsx · test/price-tag.test.tsx */
  id: z.string(),
  kind: z.enum(["requirement", "story", "element", "component", "file", "test"]),
  text: z.string(),
  /** Where it stands: a document or a file. */
  path: z.nullable(z.string()),
  status: z.enum(["ok", "missing", "stale"]),
});
export type TraceNode = z.infer<typeof TraceNode>;

export const DesignTask = z.object({
  /** The file of the task list, or the id of the run's task. */
  id: z.string(),
  title: z.string(),
  dependsOn: z.array(z.string()),
  status: z.enum(["waiting", "working", "done", "failed", "stale"]),
  /** Left out where no run works on it. */
  taskId: z.nullable(z.string()),
  reason: z.string(),
});
export type DesignTask = z.infer<typeof DesignTask>;

export const Wireframe = z.object({
  screen: z.string(),
  title: z.string(),
  /** Drawn by Nexus from the design: no script, no outside address. */
  svg: z.string(),
});
export type Wireframe = z.infer<typeof Wireframe>;

export const DesignCheck = z.object({
  target: z.string(),
  checks: z.array(z.object({ name: z.string(), outcome: z.enum(["passed", "failed", "skipped"]), detail: z.string() })),
  screenshots: z.array(
    z.object({ width: z.int(), height: z.int(), artifact: z.nullable(z.string()), path: z.nullable(z.string()) }),
  ),
});
export type DesignCheck = z.infer<typeof DesignCheck>;

export const DesignView = z.object({
  project: z.string(),
  /** The project's folder from the workspace's root: "" or `shop`. */
  folder: z.string(),
  runId: z.nullable(z.string()),
  documents: z.array(DesignDocument),
  /** In dependency order. */
  tasks: z.array(DesignTask),
  nodes: z.array(TraceNode),
  /** requirement → story → element → component → file → test. */
  links: z.array(z.object({ from: z.string(), to: z.string() })),
  wireframes: z.array(Wireframe),
  checks: z.array(DesignCheck),
  /** What could not be drawn or found, in words. */
  problems: z.array(z.string()),
});
export type DesignView = z.infer<typeof DesignView>;
