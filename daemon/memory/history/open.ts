/** Brings what is known of a repository's commits up to its present head, and keeps it. */
import { type GitCall, git, tryGit } from "../../host/git.ts";
import type { PartStore } from "../code/facts.ts";
import { decodeHistory, encodeHistory, type KeptHistory } from "./codec.ts";
import type { History } from "./history.ts";
import { type RawCommit, readLog } from "./log.ts";
import { changedTogether, hottestFiles, ownersOf, recentCommits } from "./people.ts";
import { createRelevance, type Relevance } from "./relevance.ts";
import { joinCommits, timelineOf } from "./timeline.ts";

/** Everything that commits tell, with what only the index asks. */
export interface CommitHistory extends History {
  /**
   * Of each file: the sum over its commits of the message's unit vector · e^(−age / 3 years) / √files. Messages for
   * which `vectorOf` has no vector are left out.
   */
  messageVectors: Relevance["messageVectors"];
}

export interface OpenedHistory {
  readonly history: CommitHistory;
  /** True when older commits exist that are not known: a shallow clone, or more than the limit. */
  readonly limited: boolean;
  /** Commits that were kept, and that were read now. */
  readonly reused: number;
  readonly read: number;
  /** What went wrong, for people; the history then is what was kept, or empty. */
  readonly problem: string | null;
}

export interface HistoryOptions {
  /** The workspace: a folder of a repository. Paths of all answers are relative to it. */
  readonly root: string;
  readonly store: PartStore;
  readonly signal: AbortSignal;
  /** Lines of a present file, for hot spots; undefined for a path that is no more. */
  readonly linesOf?: (path: string) => number | undefined;
  /** Newest commits to know; default 50 000. */
  readonly limit?: number;
  /** Hears how many new commits are read. */
  readonly onProgress?: (commits: number) => void;
}

const DEFAULT_LIMIT = 50_000;
/** More lost commits than this are found out by reading everything again. */
const MOST_LOST = 5_000;
const KEY = "history";

/**
 * Opens the history of a workspace: what is kept, with what is new since. Rejects only when cancelled; a folder without
 * git has an empty history.
 */
export async function openHistory(options: HistoryOptions): Promise<OpenedHistory> {
  const kept = readKept(options.store);
  try {
    const head = await headOf(options);
    if (head === undefined) return opened(EMPTY, options, { read: 0, problem: null });
    return await bringUpTo(head, kept, options);
  } catch (error) {
    options.signal.throwIfAborted();
    return opened(kept ?? EMPTY, options, { read: 0, problem: messageOf(error) });
  }
}

const EMPTY: KeptHistory = { head: "", limited: false, shallow: false, commits: [] };

async function bringUpTo(head: string, kept: KeptHistory | undefined, options: HistoryOptions): Promise<OpenedHistory> {
  const { limit = DEFAULT_LIMIT, store } = options;
  const isShallow = await isShallowClone(options);
  // A shallow clone may have become deeper: nothing tells.
  const isWhole = !isShallow && kept?.shallow === false && kept.commits.length <= limit;
  const base = isWhole ? kept : undefined;
  if (base?.head === head) return opened(base, options, { read: 0, problem: null });
  const lost = base === undefined ? undefined : await lostCommits(base, head, options);
  const rest = base !== undefined && lost !== undefined ? base.commits.filter(({ hash }) => !lost.has(hash)) : [];
  const since = rest.length > 0 && base !== undefined ? [`^${base.head}`] : [];
  const read = await readNew([head, ...since], limit, options);
  const joined = joinCommits(rest, read);
  const limited =
    isShallow || (base?.limited === true && rest.length > 0) || read.length >= limit || joined.length > limit;
  const history = { head, limited, shallow: isShallow, commits: joined.slice(0, limit) };
  return opened(history, options, { read: read.length, problem: keep(history, store) });
}

/** What prevented it, for people. */
function keep(history: KeptHistory, store: PartStore): string | null {
  try {
    store.set(KEY, encodeHistory(history));
    return null;
  } catch (error) {
    return `The history of commits could not be kept: ${messageOf(error)}`;
  }
}

function readNew(revisions: readonly string[], limit: number, options: HistoryOptions): Promise<RawCommit[]> {
  const { onProgress } = options;
  return readLog(callOf(options), { revisions, limit, ...(onProgress === undefined ? {} : { onProgress }) });
}

/** Commits of the old head that the new one does not hold, as after a rebase; undefined when too many or unknown. */
async function lostCommits(
  base: KeptHistory,
  head: string,
  options: HistoryOptions,
): Promise<ReadonlySet<string> | undefined> {
  const range = ["rev-list", `-n${MOST_LOST + 1}`, base.head, `^${head}`, "--"];
  const { exitCode, stdout } = await tryGit(callOf(options), ...range);
  const lost = stdout.toString().split("\n").filter(Boolean);
  return exitCode === 0 && lost.length <= MOST_LOST ? new Set(lost) : undefined;
}

/** Undefined without a repository, and before its first commit. */
async function headOf(options: HistoryOptions): Promise<string | undefined> {
  const args = ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"];
  const { exitCode, stdout, stderr } = await tryGit(callOf(options), ...args);
  if (exitCode === 0) return stdout.toString().trim();
  if (exitCode === 1 || stderr.includes("not a git repository")) return undefined;
  throw new Error(`The history of commits cannot be read: ${stderr.trim().slice(0, 500)}`);
}

async function isShallowClone(options: HistoryOptions): Promise<boolean> {
  return (await git(callOf(options), "rev-parse", "--is-shallow-repository")).toString().trim() === "true";
}

function callOf({ root, signal }: HistoryOptions): GitCall {
  return { folder: root, signal };
}

function readKept(store: PartStore): KeptHistory | undefined {
  const bytes = store.get(KEY);
  return bytes === undefined ? undefined : decodeHistory(bytes);
}

function opened(
  kept: KeptHistory,
  options: HistoryOptions,
  outcome: Pick<OpenedHistory, "read" | "problem">,
): OpenedHistory {
  const timeline = timelineOf(kept.commits);
  const linesOf = options.linesOf ?? (() => 1);
  const history: CommitHistory = {
    commits: timeline.changes.length,
    head: kept.head,
    recent: (path, limit) => recentCommits(timeline, path, limit),
    changedWith: (path, limit) => changedTogether(timeline, path, limit),
    owners: (path, limit) => ownersOf(timeline, path, limit),
    hotSpots: (limit) => hottestFiles(timeline, linesOf, limit),
    ...createRelevance(timeline),
  };
  return { history, limited: kept.limited, reused: kept.commits.length - outcome.read, ...outcome };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
