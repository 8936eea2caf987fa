/**
 * Makes a set of searches from any git history: a commit's message is the query, the non-test source files that it
 * changed are the gold. All are asked of one snapshot that is older than all of them.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cleanMessage, withoutNoise } from "../../daemon/memory/history/commit.ts";
import { createLogParser, type RawCommit } from "../../daemon/memory/history/log.ts";
import { git, gitLines } from "./git.ts";

export interface SearchQuery {
  readonly commit: string;
  readonly text: string;
  /** Paths in the snapshot. */
  readonly gold: readonly string[];
}

export interface SearchSet {
  /** The last part of the folder's name: "express". */
  readonly repository: string;
  readonly snapshot: string;
  readonly queries: readonly SearchQuery[];
  /** All that the queries were taken from. */
  readonly candidates: readonly SearchQuery[];
}

export interface SetOptions {
  readonly queries: number;
  /** Ask with the subject alone. */
  readonly subjectOnly: boolean;
}

const MOST_GOLD = 8;
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5];
const SOURCE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|go|rs|java|kt|kts|scala|swift|cs|fs|rb|php|c|cc|cpp|cxx|h|hh|hpp|hxx|m|mm|sh|lua|ex|exs|erl|clj|dart|pl|pm)$/;
const NOT_GOLD =
  /(?:^|\/)(?:tests?|__tests__|spec|specs|e2e|testing|fixtures?|testdata|docs?|doc-src|website|examples?|samples?|demos?|bench(?:es|marks?)?|scripts?|tools?|ci|vendor|third_party|deps|\.github)\/|(?:^|\/)(?:test_[^/]*|conftest\.py|setup\.py|[^/]*[-_.](?:tests?|spec|bench)\.\w+|[^/]*Tests?\.\w+)$|\.d\.ts$/i;
const NO_TASK =
  /^(?:merge|revert|bump|release|version|v?\d+\.\d+|prepare|chore|docs?|style|ci|tests?|build|update changelog|changelog|typo|fix typos?|lint|format|wip|\[?release|start version|cut|upgrade|update (?:deps|dependenc)|deps|dependencies)\b/i;

/** A set of at most `queries` searches, spread over the last part of the history of `folder` (bare or not). */
export function makeSet(folder: string, options: SetOptions): SearchSet {
  const all = gitLines(folder, "rev-list", "--first-parent", "HEAD");
  let found: { snapshot: string; queries: SearchQuery[] } = { snapshot: all[0] ?? "", queries: [] };
  for (const share of SHARES) {
    const snapshot = all[Math.floor(all.length * share)] ?? all.at(-1) ?? "";
    found = { snapshot, queries: candidates(folder, snapshot, options) };
    if (found.queries.length >= 1.5 * options.queries) break;
  }
  const { snapshot, queries } = found;
  return { repository: nameOf(folder), snapshot, queries: spread(queries, options.queries), candidates: queries };
}

/** A repository that ends at the snapshot: its work tree, and no object and no name of anything later. */
export function makeSnapshot(folder: string, snapshot: string, into: string): string {
  const root = join(into, nameOf(folder));
  mkdirSync(root, { recursive: true });
  git(root, ["init", "-q", "-b", "main"]);
  // A mirror may lack its largest files: what is there is measured.
  const pack = git(folder, ["pack-objects", "--revs", "--stdout", "-q", "--missing=allow-any"], `${snapshot}\n`);
  git(root, ["index-pack", "--stdin"], pack);
  git(root, ["update-ref", "refs/heads/main", snapshot]);
  git(root, ["read-tree", "main"]);
  try {
    git(root, ["checkout-index", "--all", "--force", "--quiet"]);
  } catch (error) {
    process.stderr.write(`Not every file of ${root} is there: ${String(error).slice(0, 300)}\n`);
  }
  return root;
}

/** Commits of the set that can be reached in the snapshot; there must be none. */
export function laterCommits(root: string, set: SearchSet): string[] {
  const objects = new Set(
    gitLines(root, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
      .filter((line) => line.endsWith(" commit"))
      .map((line) => line.split(" ")[0] ?? ""),
  );
  return set.candidates.map(({ commit }) => commit).filter((commit) => objects.has(commit));
}

function candidates(folder: string, snapshot: string, options: SetOptions): SearchQuery[] {
  const known = new Set(git(folder, ["ls-tree", "-r", "-z", "--name-only", snapshot]).toString().split("\0"));
  return logOf(folder, [`${snapshot}..HEAD`, "--no-merges"]).flatMap((commit) => {
    const text = queryText(commit, options.subjectOnly);
    const sources = commit.paths.filter((path) => SOURCE.test(path) && !NOT_GOLD.test(path));
    const gold = sources.filter((path) => known.has(path));
    const fits = gold.length >= 1 && sources.length <= MOST_GOLD && commit.paths.length <= 3 * MOST_GOLD;
    return fits && isTask(commit, text) ? [{ commit: commit.hash, text, gold }] : [];
  });
}

function logOf(folder: string, revisions: readonly string[]): RawCommit[] {
  const commits: RawCommit[] = [];
  const parser = createLogParser((commit) => commits.push(commit));
  const format = "--format=%x01%H%x00%P%x00%ct%x00%aN%x00%B%x00";
  parser.write(git(folder, ["log", "--no-renames", "--name-status", "-z", format, ...revisions, "--"]));
  parser.end();
  return commits;
}

function isTask({ subject }: RawCommit, text: string): boolean {
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  return words.length >= 3 && subject.length >= 15 && !NO_TASK.test(subject) && !/\bdependabot\b|\bbump\b/i.test(text);
}

/** The author's own words: no ticket numbers, no trailers, at most 600 characters. */
function queryText({ subject, body }: RawCommit, subjectOnly: boolean): string {
  const message = subjectOnly ? subject : `${subject}\n${body}`;
  const { subject: first, body: rest } = cleanMessage(message);
  return withoutNoise(`${first}\n${rest}`)
    .replaceAll(/\(?(?:\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|pr|gh)[:\s]*)?#\d+\)?/gi, " ")
    .replaceAll(/[ \t]+/g, " ")
    .trim()
    .slice(0, 600);
}

function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, place) => items[Math.floor((place * items.length) / count)]).flatMap(
    (item) => (item === undefined ? [] : [item]),
  );
}

function nameOf(folder: string): string {
  const parts = folder.split(/[\\/]/).filter((part) => part !== "" && part !== ".git" && part !== "repo");
  return (parts.at(-1) ?? "repository").replace(/\.git$/, "");
}
