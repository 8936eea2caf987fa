/** What a reviewer would stumble on first, found without a model. Pure. */
import type { ChangedFile, ChangeSet, FileDiff, Plan } from "../../protocol/index.ts";
import { hidesSecret } from "../security/secrets/secrets.ts";

export interface Finding {
  readonly severity: "info" | "warning" | "error";
  /** Null: it concerns the whole change. */
  readonly path: string | null;
  readonly message: string;
}

const MAX_LINES = 1500;
const MAX_FILES = 60;
const MAX_FINDINGS = 50;
const MAX_LINE_LENGTH = 10_000;

const KEY_HEAD = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/;
/** A name that speaks of a secret, with a long literal that is neither a placeholder nor read from somewhere. */
const NAMED_SECRET =
  /(?:password|passwd|secret|api_?key|access_?token|auth_?token)["']?\s*[:=]\s*["']([^"'\s]{12,})["']/i;
const PLACEHOLDER =
  /example|change[_-]?me|placeholder|your[_-]|dummy|fake|test|xxxx|\*\*\*|\$\{|<|%|process\.env|\.\.\./i;

const TEST_FILE =
  /(^|\/)(tests?|__tests__|specs?)\/|[._-](test|spec)\.[a-z]+$|(^|\/)test_[^/]*\.py$|_test\.(go|py|rb|dart)$|Tests?\.(java|kt|cs)$/;
const SKIPPED_TEST =
  /\b(?:it|test|describe)\.(skip|only)\s*\(|@(?:Disabled|Ignore)\b|@pytest\.mark\.skip|\bt\.Skip\(|#\[ignore\]/;

/** Lock file → the manifests whose change explains it. */
const LOCK_FILES: Readonly<Record<string, readonly string[]>> = {
  "package-lock.json": ["package.json"],
  "npm-shrinkwrap.json": ["package.json"],
  "yarn.lock": ["package.json"],
  "pnpm-lock.yaml": ["package.json", "pnpm-workspace.yaml"],
  "bun.lock": ["package.json"],
  "poetry.lock": ["pyproject.toml"],
  "uv.lock": ["pyproject.toml"],
  "Pipfile.lock": ["Pipfile"],
  "Cargo.lock": ["Cargo.toml"],
  "go.sum": ["go.mod"],
  "Gemfile.lock": ["Gemfile"],
  "composer.lock": ["composer.json"],
};

/** Findings, the gravest first, at most 50. `diffs` may be cut or miss files; what is not there is not judged. */
export function reviewChange(input: {
  readonly changeSet: ChangeSet;
  readonly plan: Plan | null;
  readonly diffs: readonly FileDiff[];
}): Finding[] {
  const { changeSet, plan, diffs } = input;
  const findings = [
    ...diffs.flatMap(judgeDiff),
    ...changeSet.files.flatMap(judgeFile),
    ...lockFindings(changeSet.files),
    ...planFindings(changeSet.files, plan),
    ...sizeFindings(changeSet.files),
  ];
  const order = ["error", "warning", "info"];
  return findings
    .sort((first, second) => order.indexOf(first.severity) - order.indexOf(second.severity))
    .slice(0, MAX_FINDINGS);
}

function judgeDiff(diff: FileDiff): Finding[] {
  const added = addedLines(diff.patch);
  const { path } = diff;
  const findings: Finding[] = [];
  if (hasConflictMarkers(added))
    findings.push({ severity: "error", path, message: "Conflict markers were left in it." });
  const secret = added.find(({ text }) => secretIn(text) !== undefined);
  if (secret !== undefined)
    findings.push({ severity: "error", path, message: `Line ${secret.line} looks like ${secretIn(secret.text)}.` });
  const skipped = TEST_FILE.test(path) ? added.find(({ text }) => SKIPPED_TEST.test(text)) : undefined;
  if (skipped !== undefined)
    findings.push({ severity: "warning", path, message: `Line ${skipped.line} switches tests off.` });
  if (diff.truncated)
    findings.push({ severity: "info", path, message: "Its diff is too long to be looked over whole." });
  return findings;
}

interface AddedLine {
  readonly line: number;
  readonly text: string;
}

/** Added lines with their numbers in the new file. Outside a hunk nothing counts: a header begins with + too. */
function addedLines(patch: string): AddedLine[] {
  const added: AddedLine[] = [];
  let line = 0;
  let left = 0;
  for (const text of patch.split("\n")) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (hunk !== null) {
      line = Number(hunk[1]);
      left = Number(hunk[2] ?? "1");
    } else if (left > 0 && (text.startsWith("+") || text.startsWith(" "))) {
      if (text.startsWith("+")) added.push({ line, text: text.slice(1) });
      line += 1;
      left -= 1;
    }
  }
  return added;
}

/** All three kinds: a line of equals signs alone is a heading in many formats. */
function hasConflictMarkers(added: readonly AddedLine[]): boolean {
  return [/^<{7}( |$)/, /^={7}\r?$/, /^>{7}( |$)/].every((marker) => added.some(({ text }) => marker.test(text)));
}

/** What a line seems to give away; undefined for nothing. */
function secretIn(text: string): string | undefined {
  if (KEY_HEAD.test(text)) return "a private key";
  const value = NAMED_SECRET.exec(text)?.[1];
  const isNamed = value !== undefined && !PLACEHOLDER.test(value);
  return isNamed || hidesSecret(text.slice(0, MAX_LINE_LENGTH)) ? "a key, token or password" : undefined;
}

function judgeFile(file: ChangedFile): Finding[] {
  const { path, status } = file;
  if (status === "deleted" && TEST_FILE.test(path))
    return [{ severity: "warning", path, message: "A test file was deleted." }];
  if (status !== "deleted" && file.binary)
    return [{ severity: "warning", path, message: `A binary file was ${status === "added" ? "added" : "changed"}.` }];
  return [];
}

function lockFindings(files: readonly ChangedFile[]): Finding[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap(({ path }) => {
    const [, folder = "", name = ""] = /^(.*\/)?([^/]+)$/.exec(path) ?? [];
    const manifests = LOCK_FILES[name];
    // In a workspace one lock file at the root speaks for the manifests below it.
    const explains = (manifest: string) =>
      [...paths].some((other) => other.startsWith(folder) && other.endsWith(manifest));
    if (manifests === undefined || manifests.some(explains)) return [];
    return [{ severity: "warning" as const, path, message: `It changed although ${manifests.join(" and ")} did not.` }];
  });
}

function planFindings(files: readonly ChangedFile[], plan: Plan | null): Finding[] {
  const planned = plan?.tasks.flatMap((task) => task.files) ?? [];
  if (planned.length === 0) return [];
  const isPlanned = (path: string) =>
    planned.map(normalise).some((wanted) => path === wanted || path.startsWith(`${wanted}/`));
  return files
    .filter((file) => !isPlanned(file.path))
    .map(({ path }) => ({ severity: "info" as const, path, message: "It is not among the files of the plan." }));
}

function normalise(path: string): string {
  return path
    .replaceAll("\\", "/")
    .replace(/^\.\//, "")
    .replace(/\/\**$/, "");
}

function sizeFindings(files: readonly ChangedFile[]): Finding[] {
  const own = files.filter((file) => !((file.path.split("/").at(-1) ?? "") in LOCK_FILES));
  const lines = own.reduce((sum, file) => sum + file.additions + file.deletions, 0);
  if (lines <= MAX_LINES && own.length <= MAX_FILES) return [];
  const message = `The change is very large: ${lines} lines in ${own.length} files.`;
  return [{ severity: "warning", path: null, message }];
}
