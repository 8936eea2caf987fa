/** What the process that looks at files is asked, as one JSON object on its standard input. */
import * as z from "zod/mini";

export const JudgedText = z.object({ path: z.string(), text: z.string() });
export type JudgedText = z.output<typeof JudgedText>;

/** Texts of containers, pipelines and infrastructure; of pages and styles; of SQL. */
const Texts = z.object({ kind: z.enum(["delivery", "pages", "sql"]), texts: z.array(JudgedText) });

/** Descriptions of interfaces and the code beside them, as they were and as they are. */
const Endpoints = z.object({ kind: z.literal("endpoints"), before: z.array(JudgedText), after: z.array(JudgedText) });

const Query = z.object({
  kind: z.literal("query"),
  queries: z.array(z.string()),
  /** Names that the queries may use for files: relative to where the process stands, and absolute. */
  files: z.array(z.string()),
  /** SQLite files, which are read as tables `name.table`. */
  databases: z.array(z.object({ name: z.string(), path: z.string() })),
  maxRows: z.int(),
});
export type QueryRequest = z.output<typeof Query>;

const Table = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.nullable(z.string()))),
  /** There are more than these. */
  isCut: z.boolean(),
});
export type Table = z.output<typeof Table>;

/** One for each query. */
export const Queried = z.array(z.union([Table, z.object({ problem: z.string() })]));
export type Queried = z.output<typeof Queried>;

const Script = z.object({ path: z.string(), up: z.string(), down: z.optional(z.string()) });
export type Script = z.output<typeof Script>;

/** In the order in which they are applied. */
const Migrations = z.object({ kind: z.literal("migrations"), scripts: z.array(Script) });

/** How far the scripts got on an empty database, and what stood in the way. */
export const Migrated = z.object({
  engine: z.enum(["SQLite", "DuckDB"]),
  applied: z.int(),
  /** How many were taken back. */
  reverted: z.int(),
  found: z.array(z.object({ path: z.string(), rule: z.string(), message: z.string() })),
});
export type Migrated = z.output<typeof Migrated>;

export const JudgeRequest = z.discriminatedUnion("kind", [Texts, Endpoints, Query, Migrations]);
export type JudgeRequest = z.output<typeof JudgeRequest>;

/** A finding in one text, as the process tells it. */
export const Found = z.object({
  path: z.string(),
  line: z.optional(z.int()),
  /** Stable: `dockerfile/missing_tag`. */
  rule: z.string(),
  message: z.string(),
  severity: z.enum(["error", "warning"]),
});
export type Found = z.output<typeof Found>;

export const Judged = z.object({
  found: z.array(Found),
  /** How many texts each linter looked at: {"Dockerfile": 2}. */
  looked: z.record(z.string(), z.int()),
});
export type Judged = z.output<typeof Judged>;

export const JudgedEndpoints = z.object({
  before: z.array(Found),
  after: z.array(Found),
  descriptions: z.int(),
  routes: z.int(),
});
export type JudgedEndpoints = z.output<typeof JudgedEndpoints>;
