/** The checks that are declared beside data hold for it, and SQL can be read. */
import { posix } from "node:path";
import { systemClock } from "../../../host/clock.ts";
import { listWorkspace } from "../../../memory/listing.ts";
import { type FieldCheck, type FieldContext, type FieldFinding, type FieldResult, resultOf } from "../field-check.ts";
import { askJudge } from "../judge/ask.ts";
import { Judged, Queried } from "../judge/requests.ts";
import { baseTexts, broughtIn, findingOf, readTexts } from "../judge/texts.ts";
import { openFiles } from "./data-files.ts";

const isChecksFile = (path: string): boolean => /\.checks\.ya?ml$/.test(path);
const DATA = /\.(csv|tsv|parquet|json|ndjson|jsonl)(\.gz)?$/i;
const SHOWN_ROWS = 3;
const TIMEOUT_MS = 60_000;

export const dataCheck: FieldCheck = {
  name: "data",
  description: "SQL can be read, and what *.checks.yaml beside data declares holds for it.",
  appliesTo: (changed) => changed.some((path) => path.endsWith(".sql") || isChecksFile(path) || DATA.test(path)),
  async run(context) {
    const results = [await sqlResult(context)];
    for (const path of await checksFiles(context)) results.push(await declaredResult(path, context));
    const summaries = results.map(({ summary }) => summary).filter((summary) => summary !== "");
    return resultOf(
      results.flatMap(({ findings }) => findings),
      summaries.join("; ") || "no *.checks.yaml is beside what was changed, so its data was not looked at",
    );
  },
};

async function sqlResult(context: FieldContext): Promise<FieldResult> {
  const paths = context.changed.filter((path) => path.endsWith(".sql"));
  const { texts, unread } = await readTexts(context.root, paths);
  if (texts.length === 0) return resultOf(unread, "");
  const before = await baseTexts(context, paths);
  const { signal } = context;
  const now = await askJudge({ kind: "sql", texts: [...texts], before }, Judged, { signal });
  if (!now.ok) return resultOf([...unread, { path: "", message: now.error.message, severity: "warning" }], "");
  const found = broughtIn(now.value.before ?? [], now.value.found, { before, after: texts });
  return resultOf([...unread, ...found.map(findingOf)], `${texts.length} × SQL`);
}

/** Those that were changed, or are about a file that was. */
async function checksFiles({ root, signal, changed }: FieldContext): Promise<string[]> {
  const { paths } = await listWorkspace(root, { signal });
  const candidates = [...new Set([...paths.filter(isChecksFile), ...changed.filter(isChecksFile)])];
  const { texts } = await readTexts(root, candidates);
  const { queriesOf, readDeclared } = await declaredChecks();
  return texts.flatMap(({ path, text }) => {
    const declared = readDeclared(text);
    const files = declared.ok ? queriesOf(path, declared.value, "").files : [];
    return changed.includes(path) || files.some((file) => changed.includes(file)) ? [path] : [];
  });
}

/** Only where they are used: they bring a YAML parser. */
const declaredChecks = () => import("./declared.ts");

async function declaredResult(path: string, context: FieldContext): Promise<FieldResult> {
  const problem = (message: string): FieldResult => resultOf([{ path, message, severity: "error" }], "");
  const { root, linked, signal } = context;
  const { texts } = await readTexts(root, [path]);
  const { queriesOf, readDeclared } = await declaredChecks();
  const declared = readDeclared(texts[0]?.text ?? "");
  if (!declared.ok) return problem(`the checks cannot be read: ${declared.error.message} (data/checks)`);
  const { files, setup, queries } = queriesOf(path, declared.value, systemClock.iso());
  const open = await openFiles(root, linked, files);
  if (!open.ok) return problem(`its data cannot be read: ${open.error.message} (data/file)`);
  const request = { kind: "query" as const, queries: [setup, ...queries.map(({ sql }) => sql)], maxRows: SHOWN_ROWS };
  const asked = await askJudge({ ...request, ...open.value }, Queried, { signal, timeoutMs: TIMEOUT_MS, cwd: root });
  if (!asked.ok) return problem(`the checks broke off: ${asked.error.message} (data/checks)`);
  const [made, ...answers] = asked.value;
  if (made !== undefined && "problem" in made) return problem(`its data cannot be read: ${made.problem} (data/file)`);
  const findings = queries.flatMap(({ name }, index) => findingsOf(path, name, answers[index]));
  return resultOf(findings, `${queries.length} checks of ${posix.basename(path)}`);
}

function findingsOf(path: string, name: string, answer: Queried[number] | undefined): FieldFinding[] {
  if (answer === undefined) return [];
  if ("problem" in answer)
    return [{ path, message: `“${name}” cannot be asked: ${answer.problem} (data/checks)`, severity: "error" }];
  if (answer.rows.length === 0) return [];
  const { columns } = answer;
  const rows = answer.rows.map((row) => row.map((cell, index) => `${columns[index]}=${cell ?? "NULL"}`).join(", "));
  const more = answer.isCut ? " and more" : "";
  return [
    {
      path,
      message: `not so: ${name}. For example: ${rows.join(" | ").slice(0, 500)}${more} (data/broken)`,
      severity: "error",
    },
  ];
}
