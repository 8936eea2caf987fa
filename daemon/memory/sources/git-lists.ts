/** What git says of a working tree: the files it tracks, and which of them, and of the others, changed. */
import { isUtf8 } from "node:buffer";
import { type GitCall, git } from "../../host/git.ts";
import { breathe } from "../../host/source-files.ts";
import type { IndexRow } from "./scan-state.ts";

export interface IndexList {
  readonly rows: readonly IndexRow[];
  /** Names that are not UTF-8, as far as they can be shown. */
  readonly badNames: readonly string[];
}

export interface StatusList {
  readonly branch: string | null;
  readonly head: string | null;
  /** Tracked paths whose file is not what the index says. */
  readonly changed: ReadonlySet<string>;
  /** Tracked paths whose file is gone. */
  readonly deleted: ReadonlySet<string>;
  readonly untracked: readonly string[];
  /** Files, and folders as a whole. */
  readonly ignored: readonly string[];
  readonly badNames: readonly string[];
}

const ROWS_BETWEEN_BREATHS = 1000;

export async function listIndex(call: GitCall): Promise<IndexList> {
  const rows: IndexRow[] = [];
  const badNames: string[] = [];
  let count = 0;
  // With -v the letter in front is in lower case for what is assumed unchanged: "H 100644 <oid> 0\t<path>".
  for (const { text, valid } of records(await git(call, "ls-files", "-s", "-v", "-z"))) {
    if (++count % ROWS_BETWEEN_BREATHS === 0) await breathe();
    const tab = text.indexOf("\t");
    const path = text.slice(tab + 1);
    if (!valid) badNames.push(path);
    // A file in conflict has up to three rows, one after the other.
    else if (rows.at(-1)?.path !== path) rows.push(rowOf(text, tab, path));
  }
  return { rows: rows.sort((one, two) => (one.path < two.path ? -1 : 1)), badNames };
}

function rowOf(text: string, tab: number, path: string): IndexRow {
  const kind = kindOf(text.slice(2, 8));
  const oid = text.slice(9, tab - 2);
  const more = unwatched(text[0] ?? "", text[tab - 1] ?? "");
  return more === undefined ? { path, oid, kind } : { path, oid, kind, unwatched: more };
}

/** Untracked files are told one by one, ignored folders as one. `prefix` as in GitPlace; `paths` default to all. */
export async function listStatus(call: GitCall, prefix: string, paths?: readonly string[]): Promise<StatusList> {
  const flags = ["--untracked-files=all", "--ignored=matching", "--no-renames", "--ignore-submodules=all"];
  const where = paths !== undefined ? ["--", ...paths] : prefix === "" ? [] : ["--", "."];
  const output = await git(call, "status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind", ...flags, ...where);
  return readStatus(records(output), prefix);
}

function readStatus(lines: Iterable<Line>, prefix: string): StatusList {
  let branch: string | null = null;
  let head: string | null = null;
  const changed = new Set<string>();
  const deleted = new Set<string>();
  const untracked: string[] = [];
  const ignored: string[] = [];
  const badNames: string[] = [];
  for (const { text, valid } of lines) {
    const mark = text[0] ?? "";
    if (mark === "#") {
      const [, key = "", value = ""] = text.split(" ", 3);
      if (key === "branch.oid" && value !== "(initial)") head = value;
      if (key === "branch.head" && value !== "(detached)") branch = value;
      continue;
    }
    const whole = afterFields(text, FIELDS[mark] ?? 1);
    if (!whole.startsWith(prefix)) {
      // The workspace itself lies in an ignored folder.
      if (mark === "!" && prefix.startsWith(whole)) ignored.push("");
      continue;
    }
    const path = whole.slice(prefix.length);
    if (!valid) {
      if (mark === "?") badNames.push(path);
    } else if (mark === "?") untracked.push(path);
    else if (mark === "!") ignored.push(path);
    else if (mark !== "u" && text[3] === "D") deleted.add(path);
    else if (mark === "u" || text[3] !== ".") changed.add(path);
  }
  return { branch, head, changed, deleted, untracked, ignored, badNames };
}

/** Fields that stand before the path in a line of `git status --porcelain=v2`. */
const FIELDS: Readonly<Record<string, number>> = { "1": 8, "2": 9, u: 10 };

function afterFields(text: string, fields: number): string {
  let start = 0;
  for (let field = 0; field < fields; field++) start = text.indexOf(" ", start) + 1;
  return text.slice(start);
}

/** Of these paths, those whose text in the working tree is not their blob's, but a conversion of it. */
export async function listConverted(call: GitCall, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const input = `${paths.join("\0")}\0`;
  const names = ["filter", "ident", "working-tree-encoding"];
  const fields = [...records(await git({ ...call, input }, "check-attr", "-z", "--stdin", ...names))];
  const converted = new Set<string>();
  for (let index = 0; index + 2 < fields.length; index += 3) {
    const [path, , value] = fields.slice(index, index + 3);
    if (path !== undefined && value !== undefined && !["unspecified", "unset"].includes(value.text))
      converted.add(path.text);
  }
  return [...converted];
}

interface Line {
  readonly text: string;
  /** False when it holds a name that is not UTF-8. */
  readonly valid: boolean;
}

/** What git ended with NUL each. */
function* records(bytes: Buffer): Generator<Line> {
  const isValid = isUtf8(bytes);
  // Latin-1 keeps every byte apart, NUL included.
  for (const text of split(bytes.toString(isValid ? "utf8" : "latin1"))) {
    const record = isValid ? undefined : Buffer.from(text, "latin1");
    yield record === undefined ? { text, valid: true } : { text: record.toString("utf8"), valid: isUtf8(record) };
  }
}

function split(text: string): string[] {
  const parts = text.split("\0");
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

function kindOf(mode: string): IndexRow["kind"] {
  if (mode === "120000") return "link";
  return mode === "160000" || mode === "040000" ? "repository" : "file";
}

function unwatched(letter: string, stage: string): IndexRow["unwatched"] {
  if (stage !== "0") return "unmerged";
  if (letter === "S" || letter === "s") return "sparse";
  return letter === letter.toLowerCase() ? "assumed" : undefined;
}
