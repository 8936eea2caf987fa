/** Unified diffs, of `git diff` and of models: the counts in hunk headers are often wrong, so lines decide. */
import { fail, type Parsed, type PatchedFile, type PatchHunk } from "./patch.ts";

const HUNK = /^@@(?: -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@.*| \.\.\. @@.*|\s*@@\s*)?$/;
const NULL_FILE = "/dev/null";

export function parseUnified(lines: readonly string[]): Parsed {
  const foreign = lines.find((line) => /^(?:GIT binary patch|Binary files |copy from |old mode )/.test(line));
  if (foreign !== undefined) return fail(`“${foreign.slice(0, 80)}” is something that only git can apply`);
  const files: PatchedFile[] = [];
  let at = 0;
  while (at < lines.length) {
    const header = headerAt(lines, at);
    if (header === undefined) {
      at += 1;
      continue;
    }
    let end = header.next;
    while (end < lines.length && !isHeader(lines, end)) end += 1;
    const hunks = hunksOf(lines.slice(header.next, end));
    if (typeof hunks === "string") return fail(`${header.from}: ${hunks}`);
    const file = fileOf(header.from, header.to, hunks);
    if (!file.ok) return file;
    files.push(...file.files);
    at = end;
  }
  return files.length === 0
    ? fail("it holds neither “--- a/path” and “+++ b/path” nor “*** Update File: path”")
    : { ok: true, files };
}

/** A line of a hunk may look like a header; only both lines together, or git's own, are one. */
function isHeader(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? "";
  if (line.startsWith("diff --git ")) return true;
  return (
    line.startsWith("--- ") && (lines[at + 1] ?? "").startsWith("+++ ") && (lines[at + 2] ?? "@@").startsWith("@@")
  );
}

function headerAt(lines: readonly string[], at: number): { from: string; to: string; next: number } | undefined {
  const line = lines[at] ?? "";
  if (line.startsWith("diff --git ")) return renameAt(lines, at + 1);
  if (!isHeader(lines, at)) return undefined;
  return { from: pathOf(line), to: pathOf(lines[at + 1] ?? ""), next: at + 2 };
}

const EXTENDED = /^(?:similarity|dissimilarity|rename|index|deleted file|new file) /;

/** A rename without any change has no other header. */
function renameAt(lines: readonly string[], start: number): { from: string; to: string; next: number } | undefined {
  let next = start;
  while (EXTENDED.test(lines[next] ?? "")) next += 1;
  const after = (name: string) =>
    lines
      .slice(start, next)
      .find((line) => line.startsWith(name))
      ?.slice(name.length);
  const [from, to] = [after("rename from "), after("rename to ")];
  const hasBody = from !== undefined && isHeader(lines, next) && pathOf(lines[next] ?? "") === from;
  return from === undefined || to === undefined || hasBody ? undefined : { from, to, next };
}

/** Without the prefix that git gives, the time that diff gives, and quotes. */
function pathOf(line: string): string {
  const path = line
    .slice(4)
    .replace(/\t.*$/, "")
    .trim()
    .replace(/^"(.*)"$/, "$1");
  return path === NULL_FILE ? path : path.replace(/^[ab]\//, "");
}

function fileOf(from: string, to: string, hunks: readonly PatchHunk[]): Parsed {
  if (from === NULL_FILE) {
    const content = hunks.map(({ replace }) => replace).join("");
    return hunks.some(({ search }) => search !== "")
      ? fail(`${to}: a new file has only lines with “+”`)
      : { ok: true, files: [{ kind: "create", path: to, content }] };
  }
  if (to === NULL_FILE) return { ok: true, files: [{ kind: "delete", path: from }] };
  return { ok: true, files: [{ kind: "update", path: from, ...(from === to ? {} : { to }), hunks }] };
}

interface OpenHunk {
  readonly hint: number | undefined;
  search: string;
  replace: string;
  last: string;
}

/** A text says what is wrong. */
function hunksOf(lines: readonly string[]): PatchHunk[] | string {
  const hunks: PatchHunk[] = [];
  let open: OpenHunk | undefined;
  const body = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  for (const line of body) {
    const header = line.startsWith("@@") ? HUNK.exec(line) : null;
    if (line.startsWith("@@") && header === null) return `“${line.slice(0, 80)}” is no header of a hunk`;
    if (header !== null) {
      if (open !== undefined) hunks.push(closed(open));
      const hint = Number(header[1] ?? Number.NaN);
      open = { hint: Number.isNaN(hint) || hint === 0 ? undefined : hint, search: "", replace: "", last: "" };
    } else if (open !== undefined && !take(open, line)) {
      return `each line of a hunk begins with “ ”, “-” or “+”, but “${line.slice(0, 80)}” does not`;
    }
  }
  if (open !== undefined) hunks.push(closed(open));
  return hunks;
}

function take(hunk: OpenHunk, line: string): boolean {
  const mark = line === "" ? " " : (line[0] ?? " ");
  if (mark === "\\") {
    if (hunk.last !== "+") hunk.search = hunk.search.slice(0, -1);
    if (hunk.last !== "-") hunk.replace = hunk.replace.slice(0, -1);
    return true;
  }
  if (mark !== " " && mark !== "-" && mark !== "+") return false;
  const text = `${line.slice(1)}\n`;
  if (mark !== "+") hunk.search += text;
  if (mark !== "-") hunk.replace += text;
  hunk.last = mark;
  return true;
}

function closed({ hint, search, replace }: OpenHunk): PatchHunk {
  return { search, replace, ...(hint === undefined ? {} : { hintLine: hint }) };
}
