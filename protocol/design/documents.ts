/**
 * The documents of a MetaGPT project, with its exact keys, as files hold them. Keys that are not named here are kept: every
 * object is loose. Keys of older versions and the optional parts are told apart from what is wrong in `daemon/metagpt/documents`.
 */
import * as z from "zod/mini";

export const DocumentKind = z.enum([
  "prd",
  "system_design",
  "task",
  "code_plan_and_change",
  "refined_prd",
  "refined_system_design",
  "refined_task",
  "code_summary",
  "test_output",
  "requirement",
  "requirements_txt",
  "dependencies",
  "team",
  "markdown_copy",
  "mermaid",
  "prd_markdown",
  "system_design_markdown",
  "task_markdown",
  /** Ours: docs/ui_design/<stem>.json. MetaGPT leaves it alone. */
  "ui_design",
]);
export type DocumentKind = z.infer<typeof DocumentKind>;

/** classic: JSON documents (0.6 to 0.8) · mgx: Markdown that roles write with an editor (1.0). */
export const Dialect = z.enum(["classic", "mgx"]);
export type Dialect = z.infer<typeof Dialect>;

const texts = z.array(z.string());
const pairs = z.array(z.array(z.string()));

export const Prd = z.looseObject({
  Language: z.optional(z.string()),
  "Programming Language": z.optional(z.string()),
  "Original Requirements": z.string(),
  "Project Name": z.optional(z.string()),
  "Product Goals": texts,
  "User Stories": texts,
  "Competitive Analysis": z.optional(texts),
  /** Mermaid. */
  "Competitive Quadrant Chart": z.optional(z.string()),
  "Requirement Analysis": z.string(),
  /** Pairs of a priority (P0, P1, P2) and a text. */
  "Requirement Pool": pairs,
  "UI Design draft": z.optional(z.string()),
  "Anything UNCLEAR": z.optional(z.string()),
});
export type Prd = z.infer<typeof Prd>;

export const RefinedPrd = z.looseObject({
  Language: z.optional(z.string()),
  "Programming Language": z.optional(z.string()),
  "Refined Requirements": z.string(),
  "Project Name": z.optional(z.string()),
  "Refined Product Goals": texts,
  "Refined User Stories": texts,
  "Competitive Analysis": z.optional(texts),
  "Competitive Quadrant Chart": z.optional(z.string()),
  "Refined Requirement Analysis": z.union([z.string(), texts]),
  "Refined Requirement Pool": pairs,
  "UI Design draft": z.optional(z.string()),
  "Anything UNCLEAR": z.optional(z.string()),
});
export type RefinedPrd = z.infer<typeof RefinedPrd>;

export const SystemDesign = z.looseObject({
  "Implementation approach": z.string(),
  /** Paths from the project's source root. */
  "File list": texts,
  /** Mermaid class diagram. */
  "Data structures and interfaces": z.optional(z.string()),
  /** Mermaid sequence diagram. */
  "Program call flow": z.optional(z.string()),
  "Anything UNCLEAR": z.optional(z.string()),
});
export type SystemDesign = z.infer<typeof SystemDesign>;

export const RefinedSystemDesign = z.looseObject({
  "Refined Implementation Approach": z.string(),
  "Refined File list": texts,
  "Refined Data structures and interfaces": z.optional(z.string()),
  "Refined Program call flow": z.optional(z.string()),
  "Anything UNCLEAR": z.optional(z.string()),
});
export type RefinedSystemDesign = z.infer<typeof RefinedSystemDesign>;

const packages = {
  "Required packages": z.optional(texts),
  /** What older versions wrote. */
  "Required Python packages": z.optional(texts),
  "Required Other language third-party packages": z.optional(texts),
};

export const ProjectTasks = z.looseObject({
  ...packages,
  /** Pairs of a file and what it does. */
  "Logic Analysis": pairs,
  /** Files, each after those that it needs. */
  "Task list": texts,
  "Full API spec": z.optional(z.string()),
  "Shared Knowledge": z.optional(z.string()),
  "Anything UNCLEAR": z.optional(z.string()),
});
export type ProjectTasks = z.infer<typeof ProjectTasks>;

export const RefinedTasks = z.looseObject({
  ...packages,
  "Refined Logic Analysis": pairs,
  "Refined Task list": texts,
  "Full API spec": z.optional(z.string()),
  "Refined Shared Knowledge": z.optional(z.string()),
  "Anything UNCLEAR": z.optional(z.string()),
});
export type RefinedTasks = z.infer<typeof RefinedTasks>;

export const CodePlanAndChange = z.looseObject({
  "Development Plan": texts,
  /** Each a diff as git writes it, in a fenced block. */
  "Incremental Change": texts,
});
export type CodePlanAndChange = z.infer<typeof CodePlanAndChange>;

export const CodeSummary = z.looseObject({
  design_filename: z.string(),
  task_filename: z.string(),
  codes_filenames: texts,
  reason: z.optional(z.string()),
});
export type CodeSummary = z.infer<typeof CodeSummary>;

export const TestOutput = z.looseObject({ summary: z.string(), stdout: z.string(), stderr: z.string() });
export type TestOutput = z.infer<typeof TestOutput>;

/** A file and what it was made from; paths from the project's folder, with `/`. */
export const DocumentDependencies = z.record(z.string(), texts);
export type DocumentDependencies = z.infer<typeof DocumentDependencies>;

export const DocumentProblem = z.object({
  /** empty · not_json · wrong_type · missing_key · old_key · outside · cyclic · too_large · unreadable · executable · unknown_file … */
  code: z.string(),
  message: z.string(),
});
export type DocumentProblem = z.infer<typeof DocumentProblem>;

export const ProjectDocument = z.object({
  /** From the project's folder, with `/`. */
  path: z.string(),
  kind: DocumentKind,
  dialect: Dialect,
  /** Parsed JSON, or the text; null: it could not be read. */
  content: z.unknown(),
  problems: z.array(DocumentProblem),
});
export type ProjectDocument = z.infer<typeof ProjectDocument>;

export const ProjectReading = z.object({
  /** The project's name, else that of its folder. */
  project: z.string(),
  documents: z.array(ProjectDocument),
});
/** What `nexus metagpt read DIR --json` prints. */
export type ProjectReading = z.infer<typeof ProjectReading>;
