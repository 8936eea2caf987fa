/** Checks of data that people wrote beside it (`orders.checks.yaml`), and the queries that they come to. */
import { posix } from "node:path";
import * as z from "zod";
import type { Result } from "../../../../protocol/index.ts";
import { failure } from "../../../../protocol/index.ts";
import { readYaml } from "../delivery/yaml-text.ts";
import { named, quoted } from "../sql/quote.ts";
import { filesIn } from "./data-files.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const columnSchema = z.strictObject({
  notNull: z.boolean().optional(),
  unique: z.boolean().optional(),
  accepted: z.array(scalar).min(1).max(500).optional(),
  min: z.union([z.number(), z.string()]).optional(),
  max: z.union([z.number(), z.string()]).optional(),
  matches: z.string().max(500).optional(),
  references: z.strictObject({ file: z.string(), column: z.string() }).optional(),
});

const checksSchema = z.strictObject({
  /** From the file's own folder. */
  file: z.string().min(1),
  rows: z.strictObject({ min: z.int().optional(), max: z.int().optional() }).optional(),
  freshness: z.strictObject({ column: z.string(), maxAgeDays: z.number().positive() }).optional(),
  columns: z.record(z.string(), columnSchema).default({}),
  queries: z
    .array(z.strictObject({ name: z.string(), sql: z.string() }))
    .max(100)
    .default([]),
});
export type DeclaredChecks = z.output<typeof checksSchema>;

const MAX_LENGTH = 64 * 1024;

export function readDeclared(text: string): Result<DeclaredChecks> {
  if (text.length > MAX_LENGTH) return failure("tool.failed", `the file is larger than ${MAX_LENGTH / 1024} KiB`);
  const { documents, problems } = readYaml(text);
  const [problem] = problems;
  if (problem !== undefined) return failure("tool.failed", `line ${problem.line}: ${problem.message}`);
  const parsed = checksSchema.safeParse(documents[0]?.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: "it is empty" };
  return failure("tool.failed", `${path.join(".") || "the file"}: ${message}`);
}

export interface DataQuery {
  /** What must be so: “id is never null”. */
  readonly name: string;
  /** Its rows are what breaks the rule: none is good. */
  readonly sql: string;
}

/** Of larger files, the beginning. */
const SAMPLE_ROWS = 1_000_000;

export interface DeclaredQueries {
  readonly files: readonly string[];
  /** Makes the view `data`. */
  readonly setup: string;
  readonly queries: readonly DataQuery[];
}

/** `path`: of the file with the checks; `now`: ISO 8601, for freshness. */
export function queriesOf(path: string, checks: DeclaredChecks, now: string): DeclaredQueries {
  const beside = (file: string) => posix.join(posix.dirname(path), file);
  const file = beside(checks.file);
  const columns = Object.entries(checks.columns).flatMap(([name, column]) => columnQueries(name, column, beside));
  const references = Object.values(checks.columns).flatMap(({ references: to }) => (to ? [beside(to.file)] : []));
  const asked = checks.queries.flatMap(({ sql }) => filesIn(sql));
  return {
    files: [...new Set([file, ...references, ...asked])],
    setup: `CREATE VIEW data AS SELECT * FROM ${quoted(file)} LIMIT ${SAMPLE_ROWS}`,
    queries: [...rowQueries(checks.rows), ...freshnessQuery(checks.freshness, now), ...columns, ...checks.queries],
  };
}

function rowQueries(rows: DeclaredChecks["rows"]): DataQuery[] {
  const { min, max } = rows ?? {};
  const count = "SELECT count(*) AS rows FROM data HAVING count(*)";
  return [
    ...(min === undefined ? [] : [{ name: `there are at least ${min} rows`, sql: `${count} < ${min}` }]),
    ...(max === undefined ? [] : [{ name: `there are at most ${max} rows`, sql: `${count} > ${max}` }]),
  ];
}

function freshnessQuery(freshness: DeclaredChecks["freshness"], now: string): DataQuery[] {
  if (freshness === undefined) return [];
  const { column, maxAgeDays } = freshness;
  const newest = `max(CAST(${named(column)} AS TIMESTAMP))`;
  const oldest = `CAST(${quoted(now.slice(0, 19))} AS TIMESTAMP) - INTERVAL (${maxAgeDays * 24 * 60}) MINUTE`;
  const sql = `SELECT ${newest} AS newest FROM data HAVING ${newest} IS NULL OR ${newest} < ${oldest}`;
  return [{ name: `the newest ${column} is at most ${maxAgeDays} days old`, sql }];
}

function columnQueries(
  name: string,
  { notNull, unique, accepted, min, max, matches, references }: z.output<typeof columnSchema>,
  beside: (file: string) => string,
): DataQuery[] {
  const column = named(name);
  const rows = (rule: string, where: string) => ({ name: `${name} ${rule}`, sql: `SELECT * FROM data WHERE ${where}` });
  const value = (bound: number | string) => (typeof bound === "number" ? String(bound) : quoted(bound));
  const list = (accepted ?? []).map((one) => quoted(String(one))).join(", ");
  return [
    ...(notNull === true ? [rows("is never null", `${column} IS NULL`)] : []),
    ...(unique === true
      ? [
          {
            name: `${name} is unique`,
            sql: `SELECT ${column}, count(*) AS times FROM data WHERE ${column} IS NOT NULL GROUP BY 1 HAVING count(*) > 1`,
          },
        ]
      : []),
    ...(accepted === undefined
      ? []
      : [rows(`is one of ${list.slice(0, 120)}`, `CAST(${column} AS VARCHAR) NOT IN (${list})`)]),
    ...(min === undefined ? [] : [rows(`is at least ${min}`, `${column} < ${value(min)}`)]),
    ...(max === undefined ? [] : [rows(`is at most ${max}`, `${column} > ${value(max)}`)]),
    ...(matches === undefined
      ? []
      : [
          rows(`matches ${matches.slice(0, 80)}`, `NOT regexp_matches(CAST(${column} AS VARCHAR), ${quoted(matches)})`),
        ]),
    ...(references === undefined
      ? []
      : [
          rows(
            `is in ${references.file}`,
            `${column} IS NOT NULL AND ${column} NOT IN (SELECT ${named(references.column)} FROM ${quoted(beside(references.file))} WHERE ${named(references.column)} IS NOT NULL)`,
          ),
        ]),
  ];
}
