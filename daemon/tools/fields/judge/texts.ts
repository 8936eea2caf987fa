/** Files of the copy, read for a look at them, and what of the findings was there before. */
import { readFileOnce } from "../../../host/source-files.ts";
import { resolveInside } from "../../../security/paths/fence.ts";
import { isSecretPath } from "../../../security/paths/path-classes.ts";
import { newProblems } from "../../checks/problem.ts";
import type { FieldContext, FieldFinding } from "../field-check.ts";
import type { Found, JudgedText } from "./requests.ts";

const MAX_BYTES = 512 * 1024;
const MAX_FILES = 400;

export interface TextsRead {
  readonly texts: readonly JudgedText[];
  /** Files that were too large, links, or not readable: nothing is known of them. */
  readonly unread: readonly FieldFinding[];
}

/** Reads regular files of at most 512 KiB. Files that may hold secrets are not read; what is not there is left out. */
export async function readTexts(root: string, paths: readonly string[]): Promise<TextsRead> {
  const texts: JudgedText[] = [];
  const unread: FieldFinding[] = [];
  const skip = (path: string, why: string) =>
    void unread.push({ path, message: `it was not looked at: ${why}`, severity: "warning" });
  for (const path of paths.slice(0, MAX_FILES)) {
    if (isSecretPath(path)) continue;
    const place = await resolveInside(root, path);
    if (!place.ok) {
      skip(path, "it leads out of the copy");
      continue;
    }
    const read = readFileOnce(place.value.absolute, MAX_BYTES);
    if (read.ok)
      texts.push({
        path,
        text: read.bytes
          .toString("utf8")
          .replace(/^\ufeff/, "")
          .replaceAll("\r\n", "\n"),
      });
    else if (read.reason === "oversized") skip(path, `it is larger than ${MAX_BYTES / 1024} KiB`);
    else if (read.reason !== "missing") skip(path, `it is no plain file that can be read (${read.reason})`);
  }
  if (paths.length > MAX_FILES) skip("", `only ${MAX_FILES} of ${paths.length} files are looked at`);
  return { texts, unread };
}

/** The same files as they were where the task began. */
export async function baseTexts(context: Pick<FieldContext, "base">, paths: readonly string[]): Promise<JudgedText[]> {
  const read = await Promise.all(
    paths.slice(0, MAX_FILES).map(async (path) => ({ path, text: await context.base(path) })),
  );
  return read.flatMap(({ path, text }) =>
    text === undefined || text.length > MAX_BYTES ? [] : [{ path, text: text.replaceAll("\r\n", "\n") }],
  );
}

/** Those that the work brought in, compared by what their lines hold: old problems send nobody's work back. */
export function broughtIn(
  before: readonly Found[],
  after: readonly Found[],
  texts: { readonly before: readonly JudgedText[]; readonly after: readonly JudgedText[] },
): Found[] {
  const known = Map.groupBy(withLines(before, texts.before), ({ path }) => path);
  return [...Map.groupBy(withLines(after, texts.after), ({ path }) => path)].flatMap(([path, own]) =>
    newProblems(known.get(path) ?? [], own).map(({ found }) => found),
  );
}

interface Placed {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly message: string;
  readonly found: Found;
}

function withLines(found: readonly Found[], texts: readonly JudgedText[]): Placed[] {
  const lines = new Map(texts.map(({ path, text }) => [path, text.split("\n")]));
  return found.map((one) => {
    const line = one.line ?? 1;
    const text = lines.get(one.path)?.[line - 1] ?? "";
    return { path: one.path, line, text, message: `${one.rule} ${one.message}`, found: one };
  });
}

export function findingOf({ path, line, rule, message, severity }: Found): FieldFinding {
  return { path, ...(line === undefined ? {} : { line }), message: `${message} (${rule})`, severity };
}

/** One line each, errors first, bounded; for a tool's answer. */
export function shown(findings: readonly FieldFinding[], most = 60): string[] {
  const ordered = findings.toSorted((one, other) => rank(one) - rank(other));
  const lines = ordered.slice(0, most).map(({ path, line, message, severity }) => {
    const place = line === undefined ? path : `${path}:${line}`;
    return `${severity} ${place}: ${message.slice(0, 400)}`;
  });
  return ordered.length > most ? [...lines, `… and ${ordered.length - most} more`] : lines;
}

function rank({ severity }: FieldFinding): number {
  return severity === "error" ? 0 : 1;
}

export function counted(findings: readonly FieldFinding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return `${errors} error${errors === 1 ? "" : "s"}, ${findings.length - errors} warning${findings.length - errors === 1 ? "" : "s"}`;
}

/** “2 Dockerfiles, 1 workflow”. */
export function lookedAt(looked: Readonly<Record<string, number>>): string {
  const parts = Object.entries(looked).map(([kind, count]) => `${count} × ${kind}`);
  return parts.length === 0 ? "nothing to look at" : parts.join(", ");
}
