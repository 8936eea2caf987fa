/** Migrations are numbered without gaps, apply on an empty database, and lead back where a way back is written. */
import { listWorkspace } from "../../../memory/listing.ts";
import { type FieldCheck, type FieldContext, type FieldFinding, type FieldResult, resultOf } from "../field-check.ts";
import { askJudge } from "../judge/ask.ts";
import { type Found, type JudgedText, Migrated } from "../judge/requests.ts";
import { baseTexts, broughtIn, findingOf, readTexts } from "../judge/texts.ts";
import { isOtherDialect } from "./parse.ts";
import { migrationFolder, numberProblems, scriptsOf } from "./scripts.ts";

export const migrations: FieldCheck = {
  name: "migrations",
  description:
    "Migrations have numbers without gaps, apply on an empty database in order, and their ways back lead back.",
  appliesTo: (changed) => changed.some((path) => migrationFolder(path) !== undefined),
  async run(context) {
    const folders = [...new Set(context.changed.flatMap((path) => migrationFolder(path) ?? []))];
    const results: FieldResult[] = [];
    for (const folder of folders) results.push(await checkFolder(folder, context));
    return resultOf(
      results.flatMap(({ findings }) => findings),
      results.map(({ summary }) => summary).join("; "),
    );
  },
};

async function checkFolder(folder: string, context: FieldContext): Promise<FieldResult> {
  const { root, signal, changed } = context;
  const { paths } = await listWorkspace(root, { signal, folder });
  const own = [...new Set([...paths, ...changed.filter((path) => path.startsWith(`${folder}/`))])];
  const { texts, unread } = await readTexts(root, own);
  const was = await textsBefore(own, texts, context);
  const after = await judge(folder, texts, signal);
  const before = was.length === 0 ? undefined : await judge(folder, was, signal);
  const found = broughtIn(before?.found ?? [], after.found, { before: was, after: texts });
  const findings = [...unread, ...found.map(findingOf), ...(await rewritten(folder, context, texts))];
  return resultOf(findings, `${folder}: ${after.summary}`);
}

/** Files that the work did not touch are as they were. */
async function textsBefore(
  paths: readonly string[],
  now: readonly JudgedText[],
  context: FieldContext,
): Promise<JudgedText[]> {
  const touched = paths.filter((path) => context.changed.includes(path));
  return [...now.filter(({ path }) => !touched.includes(path)), ...(await baseTexts(context, touched))];
}

async function judge(
  folder: string,
  texts: readonly JudgedText[],
  signal: AbortSignal,
): Promise<{ found: Found[]; summary: string }> {
  const scripts = scriptsOf(folder, texts);
  const isOther = scripts.some(({ up }) => isOtherDialect(up));
  const severity = isOther ? ("warning" as const) : ("error" as const);
  const numbers = numberProblems(scripts).map((problem) => ({ ...problem, severity: "error" as const }));
  const plain = scripts.map(({ path, up, down }) => ({ path, up, ...(down === undefined ? {} : { down }) }));
  const judged = await askJudge({ kind: "migrations", scripts: plain }, Migrated, { signal });
  if (!judged.ok) {
    const message = `the migrations could not be applied: ${judged.error.message}`;
    return {
      found: [...numbers, { path: folder, rule: "migration/apply", message, severity: "error" }],
      summary: message,
    };
  }
  const { engine, applied, reverted, found } = judged.value;
  const note = isOther ? " (they are written for another database than those that are here)" : "";
  const own = found.map((problem) => ({ ...problem, message: `${problem.message}${note}`, severity }));
  return {
    found: [...numbers, ...own],
    summary: `${applied} of ${scripts.length} migrations applied on ${engine}, ${reverted} taken back`,
  };
}

/** Somebody may have run it already: what it says now, their database will never hear. */
async function rewritten(
  folder: string,
  { changed, base }: FieldContext,
  now: readonly JudgedText[],
): Promise<FieldFinding[]> {
  const scripts = scriptsOf(folder, now).filter(({ path }) => changed.includes(path));
  const findings = await Promise.all(
    scripts.map(async ({ path, up }): Promise<FieldFinding[]> => {
      const was = await base(path);
      if (was === undefined || scriptsOf(folder, [{ path, text: was }])[0]?.up === up) return [];
      const message = "a migration that was there was changed; databases that ran it will not notice: write a new one";
      return [{ path, message: `${message} (migration/rewritten)`, severity: "warning" }];
    }),
  );
  return findings.flat();
}
