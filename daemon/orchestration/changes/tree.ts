/**
 * A git tree of a folder as it is now: tracked, changed and untracked files, ignored ones not. Made with an index of
 * our own, so that nothing of the user's git state is read twice or written once.
 */
import { join } from "node:path";
import { nexusError } from "../../../protocol/index.ts";
import { lstat } from "../../host/files.ts";
import { type GitCall, git, splitNul, tryGit } from "../../host/git.ts";
import { isReadable } from "../../host/place.ts";

export interface TreeInput {
  /** The index to work in; it is changed. Whatever it knows of unchanged files need not be read again. */
  readonly call: GitCall & { readonly workTree: string };
  /** Only this folder ("a/b/") is looked at; "" for all. The rest stays as the index has it. */
  readonly within: string;
  readonly leaveOut: (path: string) => boolean;
  /** Left out: 50 MiB a file, 2 GiB in all. */
  readonly limits?: TreeLimits;
  /** The index was made by Nexus alone, of a whole checkout, so it holds no flags that hide edits. */
  readonly hasNoFlags?: boolean;
  /** What the index's entries make; left out: git is asked. */
  readonly knownTree?: string;
}

export interface TreeLimits {
  /** Bytes that a file may have, and all new and changed files together. */
  readonly file: number;
  readonly total: number;
}

export interface RecordedTree {
  readonly tree: string;
  /** Files that were left out, with the reason, for people: at most 20. */
  readonly skipped: readonly string[];
  /** All paths that were left out, as git names them; a folder's ends with a slash. */
  readonly leftOut: readonly string[];
}

const MEBIBYTE = 1024 * 1024;
const DEFAULT_LIMITS: TreeLimits = { file: 50 * MEBIBYTE, total: 2048 * MEBIBYTE };
const MAX_FILES = 100_000;
const MAX_NESTED = 100;
const MAX_SKIPPED_NAMES = 20;
const ATTEMPTS = 4;
const BATCH = 256;

/** Rejects with `workspace.git_failed`, also when more than 100 000 files would have to be read. */
export async function recordTree(input: TreeInput): Promise<RecordedTree> {
  if (input.hasNoFlags !== true) await clearFlags(input.call);
  for (let attempt = 1; ; attempt += 1) {
    const changes = await listChanges(input);
    const { fitting, skipped } = await fittingFiles(input, [...changes.changed, ...changes.untracked]);
    try {
      await updateIndex(input.call, ["--force-remove"], changes.deleted);
      await updateIndex(input.call, ["--add", "--remove", "--replace"], fitting);
      const isAsKnown = attempt === 1 && changes.deleted.length === 0 && fitting.length === 0;
      const tree = isAsKnown ? input.knownTree : undefined;
      const left = [...changes.skipped, ...skipped];
      return {
        tree: tree ?? (await git(input.call, "write-tree", "--missing-ok")).toString().trim(),
        skipped: left.slice(0, MAX_SKIPPED_NAMES).map(({ path, reason }) => `${path} (${reason})`),
        leftOut: left.map(({ path }) => path),
      };
    } catch (error) {
      // Somebody changes the folder while we look at it: look again.
      if (attempt === ATTEMPTS || input.call.signal?.aborted) throw error;
    }
  }
}

/** Our own leftovers of an accept or a test that was cut off; never a part of anything. */
const STAGED_NAME = /(^|\/)\.nexus-([0-9a-f]{16}\.(new|old)$|coverage(\/|\.out$)|test-report\.xml$)/;

interface Skipped {
  readonly path: string;
  readonly reason: string;
}

interface Changes {
  readonly changed: string[];
  readonly deleted: string[];
  readonly untracked: string[];
  readonly skipped: Skipped[];
}

/** “Assume unchanged” hides edits, and so does “skip” for a file that is there: the copy shows the tree as it is. */
async function clearFlags(call: GitCall & { workTree: string }): Promise<void> {
  const entries = splitNul(await git(call, "ls-files", "-z", "-v"));
  const assumed = entries.filter((entry) => /^[a-z] /.test(entry)).map((entry) => entry.slice(2));
  const skipped = entries.filter((entry) => /^[Ss] /.test(entry)).map((entry) => entry.slice(2));
  const present = await Promise.all(skipped.map((path) => lstat(join(call.workTree, path))));
  await updateIndex(call, ["--no-assume-unchanged"], assumed);
  await updateIndex(
    call,
    ["--no-skip-worktree"],
    skipped.filter((_path, index) => present[index] !== undefined),
  );
}

async function listChanges(input: TreeInput): Promise<Changes> {
  const { call, within } = input;
  const scope = within === "" ? [] : ["--", within];
  const [tracked, others] = await Promise.all([
    git(call, "diff-files", "-z", "--raw", "--no-renames", "--ignore-submodules=all", ...scope),
    git(call, "ls-files", "-z", "--others", "--exclude-standard", ...scope),
  ]);
  const { changed, deleted } = sortTracked(splitNul(tracked), input);
  const { untracked, skipped } = await expandNested(input, splitNul(others));
  if (changed.length + untracked.length > MAX_FILES)
    throw nexusError(
      "workspace.git_failed",
      `${call.workTree} holds more than ${MAX_FILES} changed or untracked files; add a .gitignore or open a smaller folder.`,
    );
  return { changed, deleted, untracked, skipped };
}

/** Raw entries come in pairs: `:modes ids status`, then the path. Submodules stay as the index has them. */
function sortTracked(entries: readonly string[], input: TreeInput): { changed: string[]; deleted: string[] } {
  const changed: string[] = [];
  const deleted: string[] = [];
  for (let index = 0; index + 1 < entries.length; index += 2) {
    const [mode = "", , , , status = ""] = (entries[index] ?? "").split(" ");
    const path = entries[index + 1] ?? "";
    if (mode === ":160000" || !isUsable(path, input)) continue;
    (status === "D" ? deleted : changed).push(path);
  }
  return { changed: [...new Set(changed)], deleted: [...new Set(deleted)] };
}

/**
 * Git lists a repository inside the tree as one entry. Its files are part of the folder that the user opened, so they
 * are copied as plain files, by that repository's own ignore rules and without its history.
 */
async function expandNested(input: TreeInput, others: string[]): Promise<{ untracked: string[]; skipped: Skipped[] }> {
  const untracked = others.filter((path) => !path.endsWith("/") && isUsable(path, input));
  const skipped: Skipped[] = [];
  const waiting = others.filter((path) => path.endsWith("/") && isUsable(path, input));
  for (let count = 0; waiting.length > 0; count += 1) {
    const folder = waiting.shift() ?? "";
    const files = count < MAX_NESTED ? await listNested(input, folder) : undefined;
    if (files === undefined) skipped.push({ path: folder, reason: "a git repository that cannot be read" });
    for (const file of files ?? []) (file.endsWith("/") ? waiting : untracked).push(file);
  }
  return { untracked, skipped };
}

async function listNested(input: TreeInput, folder: string): Promise<string[] | undefined> {
  const { workTree, signal } = input.call;
  const call = { folder: join(workTree, folder), ...(signal === undefined ? {} : { signal }) };
  const listed = await tryGit(call, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
  if (listed.exitCode !== 0) return undefined;
  const files = [...new Set(splitNul(listed.stdout))].map((path) => folder + path);
  // A folder that is its own only content would be asked for without end.
  return files.filter((path) => path !== folder && isUsable(path, input));
}

/** A name that is not UTF-8 cannot be carried by the protocol, so it stays as it is on both sides. */
function isUsable(path: string, input: TreeInput): boolean {
  return !path.includes("\uFFFD") && !STAGED_NAME.test(path) && !input.leaveOut(path);
}

async function fittingFiles(
  input: TreeInput,
  paths: readonly string[],
): Promise<{ fitting: string[]; skipped: Skipped[] }> {
  const limits = input.limits ?? DEFAULT_LIMITS;
  const fitting: string[] = [];
  const skipped: Skipped[] = [];
  let total = 0;
  for (let start = 0; start < paths.length; start += BATCH) {
    const batch = paths.slice(start, start + BATCH);
    const looks = await Promise.all(batch.map((path) => lookAt(join(input.call.workTree, path), limits.file)));
    for (const [index, look] of looks.entries()) {
      const path = batch[index] ?? "";
      if (typeof look === "string") skipped.push({ path, reason: look });
      else if (total + (look ?? 0) > limits.total)
        skipped.push({ path, reason: `more than ${inMebibytes(limits.total)} of new files` });
      else if (look !== undefined) fitting.push(path);
      total += typeof look === "number" ? look : 0;
    }
  }
  return { fitting, skipped };
}

/** The size in bytes; why the file is left out; undefined when there is nothing to take, or nothing to say. */
async function lookAt(path: string, maxBytes: number): Promise<number | string | undefined> {
  const stats = await lstat(path);
  if (stats?.isSymbolicLink()) return 0;
  if (stats === undefined) return 0;
  if (!stats.isFile()) return undefined;
  if (stats.size > maxBytes) return `${inMebibytes(stats.size)}, more than ${Math.round(maxBytes / MEBIBYTE)}`;
  return (await isReadable(path)) ? stats.size : "not readable";
}

function inMebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)} MiB`;
}

async function updateIndex(call: GitCall, flags: readonly string[], paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await git({ ...call, input: `${paths.join("\0")}\0` }, "update-index", ...flags, "-z", "--stdin");
}
