/**
 * A scan through git. What git calls clean keeps the name that the index gives it; only changed and untracked files,
 * those git does not look at, and those that a filter converts are read. A CRLF checkout of an LF blob keeps the blob's
 * name: lines and words are the same.
 */
import type { GitCall } from "../../host/git.ts";
import { breathe, lookAt } from "../../host/source-files.ts";
import { listConverted, listIndex, listStatus, type StatusList } from "./git-lists.ts";
import { callAt, findGitPlace, indexStampOf, settingsStampOf } from "./git-place.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { measureFiles, type Naming, nameByReading } from "./own-names.ts";
import { skipByPath } from "./path-rules.ts";
import { isRulePath, type RuleFiles, readRuleFiles } from "./rule-files.ts";
import type { GitMemory, GitPlace, IndexRow, Scan, ScanRequest, TableRow } from "./scan-state.ts";
import type { SkipReason } from "./skip-reasons.ts";
import { byPath, createTally, type SourceEntry, sameOrNew, type Tally } from "./source.ts";

const ATTEMPTS = 3;
const ROWS_BETWEEN_BREATHS = 500;

/** Undefined where git does not know the folder. Rejects when git fails. */
export async function scanWithGit(request: ScanRequest): Promise<Scan | undefined> {
  const { root, signal, previous } = request;
  const place = await placeOf(request);
  if (place === undefined) return undefined;
  const call = callAt(root, place, signal);
  const known = previous?.git?.place === place ? previous.git : undefined;
  for (let attempt = 1; ; attempt++) {
    const indexStamp = indexStampOf(place);
    const isSameIndex = known?.indexStamp === indexStamp;
    const [status, list] = await Promise.all([
      listStatus(call, place.prefix),
      isSameIndex
        ? known
        : listIndex(call).then(({ rows, badNames }) => ({ table: rows, badNames, rulePaths: rulePathsOf(rows) })),
    ]);
    // Another git moved the index between the two answers.
    if (attempt < ATTEMPTS && !isSameIndex && indexStampOf(place) !== indexStamp) continue;
    if (list.table.length === 0 && status.untracked.length === 0 && status.ignored.includes("")) return undefined;
    const rulePaths = [...list.rulePaths, ...status.untracked.filter(isRulePath)];
    const rules = readRuleFiles(root, rulePaths, `${place.commonDir}/info/attributes`);
    const isSameTable = isSameIndex && known.ruleStamp === rules.stamp;
    const table = isSameTable ? known.table : await buildTable(call, list.table, rules, known);
    const git = {
      place,
      indexStamp,
      ruleStamp: rules.stamp,
      table,
      rulePaths: list.rulePaths,
      badNames: list.badNames,
    };
    return compose(request, git, status, rules.ignores);
  }
}

async function placeOf({ root, signal, previous }: ScanRequest): Promise<GitPlace | undefined> {
  const known = previous?.root === root ? previous.git?.place : undefined;
  if (known !== undefined && settingsStampOf(known) === known.settingsStamp) return known;
  return findGitPlace(root, signal);
}

function rulePathsOf(rows: readonly IndexRow[]): string[] {
  return rows.map(({ path }) => path).filter(isRulePath);
}

async function buildTable(
  call: GitCall,
  rows: readonly IndexRow[],
  rules: RuleFiles,
  known: GitMemory | undefined,
): Promise<TableRow[]> {
  const old = new Map(known?.ruleStamp === rules.stamp ? known.table.map((row) => [row.path, row]) : []);
  const unknown = rows.filter(({ path, kind }) => kind === "file" && !old.has(path)).map(({ path }) => path);
  const converted = new Set(rules.mayConvert ? await listConverted(call, unknown) : []);
  const table: TableRow[] = [];
  for (const row of rows) {
    const { path, oid, kind, unwatched } = row;
    if (table.length % ROWS_BETWEEN_BREATHS === 0) await breathe();
    const same = old.get(path);
    if (same?.oid === oid && same.kind === kind && same.unwatched === unwatched) {
      table.push(same);
      continue;
    }
    const isConverted = same === undefined ? converted.has(path) : same.converted === true;
    const skip = same === undefined ? skipOf(path, rules.ignores) : same.skip;
    const more = { ...(isConverted ? { converted: true as const } : {}), ...(skip === undefined ? {} : { skip }) };
    // Not the row itself, which may be one of an earlier table, with what was true then.
    const bare = unwatched === undefined ? { path, oid, kind } : { path, oid, kind, unwatched };
    table.push(isConverted || skip !== undefined ? { ...bare, ...more } : bare);
  }
  return table;
}

async function compose(request: ScanRequest, git: GitMemory, status: StatusList, ignores: IgnoreRules): Promise<Scan> {
  const { root, limits, previous } = request;
  const tally = createTally();
  const naming: Naming = { ...request, format: git.place.format, tally };
  const { clean, unmeasured, unnamed } = sortOut(request, git.table, status, tally);
  for (const path of status.untracked) {
    const skip = path.endsWith("/") ? "nested_repository" : skipOf(path, ignores);
    if (skip === undefined) unnamed.push(path);
    else tally.add(skip, path);
  }
  for (const path of status.ignored) tally.add("ignored", path);
  for (const name of [...git.badNames, ...status.badNames]) tally.add("name", name);
  const hashed = previous?.entries.filter((entry) => entry.hashed !== undefined) ?? [];
  const measured = await measureFiles(unmeasured, naming);
  const named = await nameByReading(unnamed, new Map(hashed.map((entry) => [entry.path, entry])), naming);
  const all = measured.length + named.length === 0 ? clean : [...clean, ...measured, ...named].sort(byPath);
  if (all.length > limits.maxFiles)
    tally.add("too_many", all[limits.maxFiles]?.path ?? "", all.length - limits.maxFiles);
  const entries = sameOrNew(previous?.entries, all.slice(0, limits.maxFiles));
  const { branch, head } = status;
  return {
    root,
    entries,
    skipped: tally.skipped(),
    ignoredFolders: tally.ignoredFolders(),
    branch,
    head,
    engine: "git",
    git,
  };
}

/** Tracked files: those known as they are, those whose size is not known yet, and those to be read. */
function sortOut({ root, previous }: ScanRequest, table: readonly TableRow[], status: StatusList, tally: Tally) {
  const clean: SourceEntry[] = [];
  const unmeasured: TableRow[] = [];
  const unnamed: string[] = [];
  const old = previous?.entries ?? [];
  let at = 0;
  for (const row of table) {
    const { path, oid } = row;
    if (status.deleted.has(path)) continue;
    const skip = skipByKind(row.kind) ?? row.skip;
    if (skip !== undefined) {
      tally.add(skip, path);
      continue;
    }
    // Both lists are in the same order.
    while (at < old.length && (old[at]?.path ?? "") < path) at++;
    const entry = old[at];
    if (row.unwatched === "sparse" && lookAt(`${root}/${path}`).kind === "missing") tally.add("sparse", path);
    else if (row.unwatched !== undefined || row.converted === true || status.changed.has(path)) unnamed.push(path);
    else if (entry?.path === path && entry.oid === oid && entry.hashed === undefined) clean.push(entry);
    else unmeasured.push(row);
  }
  return { clean, unmeasured, unnamed };
}

function skipByKind(kind: IndexRow["kind"]): SkipReason | undefined {
  if (kind === "link") return "link";
  return kind === "repository" ? "nested_repository" : undefined;
}

function skipOf(path: string, ignores: IgnoreRules): SkipReason | undefined {
  return skipByPath(path) ?? (ignores.ignores(path, false) ? "ignored" : undefined);
}
