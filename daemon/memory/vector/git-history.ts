/** What a repository's history teaches about its words: messages, the files they touched, and those files' text. */
import { join } from "node:path";
import { stat } from "../../host/files.ts";
import { type GitCall, git } from "../../host/git.ts";

export interface TextFile {
  readonly path: string;
  /** Windows of 40 lines. */
  readonly chunks: readonly string[];
}

export interface TaughtCommit {
  readonly message: string;
  /** Non-test files of the snapshot that it touched; at least one. */
  readonly paths: readonly string[];
}

export interface TaughtHistory {
  /** The files before the first held-out commit. */
  readonly files: readonly TextFile[];
  /** Older than the snapshot, oldest first. */
  readonly commits: readonly TaughtCommit[];
  /** Newer, oldest first: to judge by. */
  readonly heldOut: readonly TaughtCommit[];
}

export interface HistoryOptions {
  /** A working tree or a bare repository. */
  readonly folder: string;
  /** Commits at the end of the history that only judge; 0 for none. */
  readonly heldOut: number;
  readonly signal: AbortSignal;
}

const MAX_COMMITS = 20_000;
const MAX_FILES_OF_COMMIT = 20;
const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 200_000;
const MAX_ALL_BYTES = 200_000_000;
const WINDOW_LINES = 40;
/** Data, locks and what is not text; not code and not about code. */
const OTHER_FILES =
  /\.(?:lock|min\.js|map|svg|png|jpe?g|gif|ico|woff2?|ttf|pdf|zip|gz|snap|csv|tsv|po|json)$|(?:^|\/)(?:node_modules|vendor|third_party|dist)\//i;
const TEST_PATH = /(?:^|\/)(?:tests?|__tests__|specs?|testdata|fixtures?|e2e)\/|[._-](?:test|spec)s?\.|(?:^|\/)test_/i;

/** Rejects with what git says where there is no history, and with the signal's reason when cancelled. */
export async function readHistory({ folder, heldOut, signal }: HistoryOptions): Promise<TaughtHistory> {
  const isBare = (await stat(join(folder, ".git"))) === undefined && (await stat(join(folder, "HEAD"))) !== undefined;
  const call: GitCall = { folder, signal, ...(isBare ? { gitDir: folder } : {}) };
  const all = await readCommits(call);
  const newer = all.slice(Math.max(0, all.length - heldOut));
  const older = all.slice(0, all.length - newer.length);
  const snapshot = heldOut === 0 ? "HEAD" : older.at(-1)?.hash;
  if (snapshot === undefined) return { files: [], commits: [], heldOut: [] };
  const files = await readFiles(call, snapshot);
  const known = new Set(files.map(({ path }) => path));
  const taught = (commits: readonly RawCommit[]) =>
    commits.flatMap(({ message, paths }) => {
      const kept = paths.filter((path) => known.has(path) && !TEST_PATH.test(path));
      return kept.length === 0 || paths.length > MAX_FILES_OF_COMMIT ? [] : [{ message, paths: kept }];
    });
  return { files, commits: taught(older), heldOut: taught(newer) };
}

interface RawCommit {
  readonly hash: string;
  readonly message: string;
  readonly paths: readonly string[];
}

/** Oldest first, merges left out. */
async function readCommits(call: GitCall): Promise<RawCommit[]> {
  const output = await git(
    { ...call, config: [["core.quotePath", "false"]] },
    ...["log", "--no-merges", "--topo-order", "-n", String(MAX_COMMITS), "--name-only", "--no-renames"],
    "--format=%x1e%H%x1f%B%x1f",
  );
  const commits = output.toString("utf8").split("\x1e").slice(1);
  return commits.reverse().flatMap((text) => {
    const [hash = "", message = "", names = ""] = text.split("\x1f");
    const paths = names.split("\n").filter((name) => name !== "" && !name.startsWith('"'));
    return /^[0-9a-f]{40,64}$/.test(hash) ? [{ hash, message: withoutTrailers(message), paths }] : [];
  });
}

function withoutTrailers(message: string): string {
  return message.replaceAll(/^(?:[A-Z][A-Za-z-]+-by|Co-authored-by|Change-Id|PiperOrigin-RevId):.*$/gim, "").trim();
}

async function readFiles(call: GitCall, commit: string): Promise<TextFile[]> {
  const listed = await git(call, "ls-tree", "-r", "-z", "--long", commit);
  const blobs = listed.toString("utf8").split("\0").flatMap(blobOf).slice(0, MAX_FILES);
  let bytes = 0;
  const kept = blobs.filter((blob) => {
    bytes += blob.bytes;
    return bytes <= MAX_ALL_BYTES;
  });
  if (kept.length === 0) return [];
  const input = kept.map(({ hash }) => `${hash}\n`).join("");
  const contents = contentsIn(await git({ ...call, input }, "cat-file", "--batch"));
  return kept.flatMap(({ path }, index) => {
    const content = contents[index];
    return content === undefined || content.includes(0) ? [] : [{ path, chunks: windowsOf(content.toString("utf8")) }];
  });
}

function blobOf(line: string): { hash: string; bytes: number; path: string }[] {
  const [, hash, size, path] = /^100\d{3} blob ([0-9a-f]+)\s+(\d+)\t([\s\S]+)$/.exec(line) ?? [];
  if (hash === undefined || path === undefined || OTHER_FILES.test(path)) return [];
  const bytes = Number(size);
  return bytes === 0 || bytes > MAX_FILE_BYTES ? [] : [{ hash, bytes, path }];
}

/** Of `cat-file --batch`: a line "hash type size", the content and a line feed, for each object. */
function contentsIn(output: Buffer): (Buffer | undefined)[] {
  const contents: (Buffer | undefined)[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const size = /^\S+ blob (\d+)$/.exec(output.toString("utf8", at, end))?.[1];
    contents.push(size === undefined ? undefined : output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + (size === undefined ? 0 : Number(size) + 1);
  }
  return contents;
}

function windowsOf(text: string): string[] {
  const lines = text.split("\n");
  const windows: string[] = [];
  for (let from = 0; from < lines.length; from += WINDOW_LINES)
    windows.push(lines.slice(from, from + WINDOW_LINES).join("\n"));
  return windows;
}
