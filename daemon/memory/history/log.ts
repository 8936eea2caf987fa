/** Reads commits out of `git log` while it runs. */
import { StringDecoder } from "node:string_decoder";
import { type GitCall, streamGit } from "../../host/git.ts";
import { type Commit, cleanMessage } from "./commit.ts";

export type RawCommit = Omit<Commit, "generation"> & { readonly parents: readonly string[] };

const FORMAT = "%x01%H%x00%P%x00%ct%x00%aN%x00%B%x00";
const HEADER = /^\x01(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const LONGEST_TOKEN = 64 * 1024;
const TIMEOUT_MS = 20 * 60_000;
/** Paths of a commit that are kept: one that changes more says nothing of any. Renames are always kept. */
const MOST_PATHS = 400;
const SETTINGS = [
  ["log.showSignature", "false"],
  ["log.showRoot", "true"],
  ["i18n.logOutputEncoding", "UTF-8"],
] as const;
/** Above this many added and deleted files git looks for unchanged renames only: comparing all pairs takes minutes. */
const RENAME_LIMIT = 200;
const SHAPE = [
  ...["--name-status", "-z", "--relative", "--no-color", "--no-notes", "--no-decorate", "--no-ext-diff"],
  ...[`-l${RENAME_LIMIT}`, `--format=${FORMAT}`],
];

/**
 * The commits that the revisions name, newest first, at most `limit`. Paths are relative to the call's folder, and only
 * those below it. `onProgress` hears how many are read. Rejects as `streamGit` does.
 */
export async function readLog(
  call: GitCall,
  options: { revisions: readonly string[]; limit: number; onProgress?: (commits: number) => void },
): Promise<RawCommit[]> {
  const safe = { timeoutMs: TIMEOUT_MS, ...call, config: [...(call.config ?? []), ...SETTINGS] };
  const read = async (renames: string): Promise<RawCommit[]> => {
    const commits: RawCommit[] = [];
    const parser = createLogParser((commit) => commits.push(commit));
    const onChunk = (chunk: Buffer) => {
      parser.write(chunk);
      options.onProgress?.(commits.length);
    };
    await streamGit(safe, onChunk, "log", `-n${options.limit}`, renames, ...SHAPE, ...options.revisions, "--");
    parser.end();
    return commits;
  };
  try {
    return await read("--find-renames");
  } catch (error) {
    if (call.signal?.aborted) throw error;
    // A clone without its old files can compare names and hashes only.
    return read("--find-renames=100%");
  }
}

/** Takes the output of `git log -z --name-status` in chunks that are cut anywhere. */
export function createLogParser(onCommit: (commit: RawCommit) => void): {
  write(chunk: Buffer): void;
  end(): void;
} {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let tokens: string[] = [];
  const take = (token: string) => {
    if (HEADER.test(token)) flush();
    tokens.push(token);
  };
  const flush = () => {
    const commit = commitOf(tokens);
    tokens = [];
    if (commit !== undefined) onCommit(commit);
  };
  return {
    write(chunk) {
      const pieces = (rest + decoder.write(chunk)).split("\0");
      // Of a message without end only the start is of use.
      rest = (pieces.pop() ?? "").slice(0, LONGEST_TOKEN);
      for (const piece of pieces) take(piece);
    },
    end: flush,
  };
}

function commitOf(tokens: readonly string[]): RawCommit | undefined {
  const [header = "", parentList = "", at = "", author = "", message = "", ...changes] = tokens;
  if (!HEADER.test(header)) return undefined;
  const parents = parentList === "" ? [] : parentList.split(" ");
  return {
    hash: header.slice(1),
    parents,
    at: Number(at) || 0,
    author: author.slice(0, 200),
    ...cleanMessage(message),
    isMerge: parents.length > 1,
    ...changedPaths(changes),
  };
}

function changedPaths(tokens: readonly string[]): Pick<Commit, "paths" | "renames"> {
  const paths: string[] = [];
  const renames: [string, string][] = [];
  for (let place = 0; place < tokens.length; place += 1) {
    const status = (tokens[place] ?? "").trim();
    if (status === "") continue;
    const first = tokens[place + 1] ?? "";
    place += 1;
    if (!/^[RC]\d/.test(status)) {
      paths.push(first);
      continue;
    }
    const second = tokens[place + 1] ?? "";
    place += 1;
    paths.push(second);
    if (status.startsWith("R")) renames.push([first, second]);
  }
  return { paths: paths.length > MOST_PATHS ? [] : paths, renames };
}
