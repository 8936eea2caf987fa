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

const ROWS_BETWEEN_BREATHS = 5000;

export async function listIndex(call: GitCall): Promise<IndexList> {
  const rows = new Map<string, IndexRow>();
  const badNames: string[] = [];
  // With -v the letter in front is in lower case for what is assumed unchanged.
  for (const { text, valid } of records(await git(call, "ls-files", "-s", "-v", "-z"))) {
    if (rows.size % ROWS_BETWEEN_BREATHS === 0) await breathe();
    const tab = text.indexOf("\t");
    const [letter = "", mode = "", oid = "", stage = ""] = text.slice(0, tab).split(" ");
    const path = text.slice(tab + 1);
    if (!valid) badNames.push(path);
    else rows.set(path, { path, oid, kind: kindOf(mode), ...unwatched(letter, stage) });
  }
  return { rows: [...rows.values()].sort((one, two) => (one.path < two.path ? -1 : 1)), badNames };
}

/** Untracked files are told one by one, ignored folders as one. `prefix` as in GitPlace; `paths` default to all. */
export async function listStatus(call: GitCall, prefix: string, paths?: readonly string[]): Promise<StatusList> {
  const flags = ["--untracked-files=all", "--ignored=matching", "--no-renames", "--ignore-submodules=all"];
  const where = paths !== undefined ? ["--", ...paths] : prefix === "" ? [] : ["--", "."];
  const output = await git(call, "status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind", ...flags, ...where);
  return readStatus(records(output), prefix);
}

function readStatus(lines: readonly Line[], prefix: string): StatusList {
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
  const fields = records(await git({ ...call, input }, "check-attr", "-z", "--stdin", ...names));
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
function records(bytes: Buffer): Line[] {
  if (isUtf8(bytes)) return split(bytes.toString("utf8")).map((text) => ({ text, valid: true }));
  // Latin-1 keeps every byte apart, NUL included.
  return split(bytes.toString("latin1")).map((latin1) => {
    const record = Buffer.from(latin1, "latin1");
    return { text: record.toString("utf8"), valid: isUtf8(record) };
  });
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

function unwatched(letter: string, stage: string): Pick<IndexRow, "unwatched"> {
  if (stage !== "0") return { unwatched: "unmerged" };
  if (letter.toUpperCase() === "S") return { unwatched: "sparse" };
  return letter === letter.toLowerCase() ? { unwatched: "assumed" } : {};
}
