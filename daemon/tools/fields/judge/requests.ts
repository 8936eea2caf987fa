/** What the process that looks at files is asked, as one JSON object on its standard input. */
import * as z from "zod/mini";

export const JudgedText = z.object({ path: z.string(), text: z.string() });
export type JudgedText = z.output<typeof JudgedText>;

/** Which texts: of containers, pipelines and infrastructure; of pages. */
const Texts = z.object({ kind: z.enum(["delivery", "pages", "routes", "parse-sql"]), texts: z.array(JudgedText) });

const Query = z.object({
  kind: z.literal("query"),
  sql: z.string(),
  /** Names that the query may use for each file: relative and absolute. */
  files: z.array(z.string()),
  maxRows: z.int(),
  /** SQLite files of the copy, which are read as tables `name.table`. */
  databases: z.array(z.object({ name: z.string(), path: z.string() })),
});
export type QueryRequest = z.output<typeof Query>;

const Migrations = z.object({
  kind: z.literal("migrations"),
  /** In the order in which they are applied. */
  scripts: z.array(z.object({ path: z.string(), up: z.string(), down: z.optional(z.string()) })),
  /** Which engine; `any`: the first that takes the first script. */
  engine: z.enum(["sqlite", "duckdb", "any"]),
});
export type MigrationsRequest = z.output<typeof Migrations>;

export const JudgeRequest = z.discriminatedUnion("kind", [Texts, Query, Migrations]);
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
