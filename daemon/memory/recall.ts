/**
 * What of a repository may matter for a prompt: cheap look-ups by name and word, before any model is asked.
 * Bounded in time, so that it never holds up a run; a repository that answers too slowly is recalled by names alone.
 */
import { isSecretPath } from "../security/paths/path-classes.ts";
import { gitOutput, listWorkspace } from "./listing.ts";
import { rulesFor } from "./rules/rules.ts";
import { promptWords } from "./words.ts";

export interface Recalled {
  /** The likeliest first, at most 12. */
  readonly files: { readonly path: string; readonly why: string }[];
  /** What the project tells agents for these files, the nearest last, each cut at 8 000 characters. */
  readonly rules: { readonly path: string; readonly text: string }[];
}

const MAX_FILES = 12;
const MAX_LISTED = 20_000;
const MAX_WORDS = 8;
const CONTENT_BUDGET_MS = 250;

const NAMED = 100;
const NAME_WEIGHT = 3;

export async function recall(options: { root: string; prompt: string; signal: AbortSignal }): Promise<Recalled> {
  const { root, prompt, signal } = options;
  const { paths } = await listWorkspace(root, { signal, limit: MAX_LISTED });
  const candidates = paths.filter((path) => !isSecretPath(path));
  const scores: Scores = new Map();
  for (const path of namedFiles(prompt, candidates)) add(scores, path, NAMED, "named in the prompt");
  const words = promptWords(prompt);
  for (const word of words) addByName(scores, word, candidates);
  await addByContent(scores, words.slice(0, MAX_WORDS), { root, candidates, signal });
  const files = best(scores);
  const { rules } = await rulesFor(
    root,
    files.map(({ path }) => path),
  );
  return { files, rules: rules.map(({ path, text }) => ({ path, text })) };
}

type Scores = Map<string, { readonly score: number; readonly reasons: readonly string[] }>;

function add(scores: Scores, path: string, score: number, reason: string): void {
  const entry = scores.get(path) ?? { score: 0, reasons: [] };
  const reasons = entry.reasons.includes(reason) ? entry.reasons : [...entry.reasons, reason];
  scores.set(path, { score: entry.score + score, reasons });
}

function best(scores: Scores): Recalled["files"] {
  const sorted = [...scores].sort(
    ([firstPath, first], [secondPath, second]) =>
      second.score - first.score || firstPath.length - secondPath.length || (firstPath < secondPath ? -1 : 1),
  );
  return sorted.slice(0, MAX_FILES).map(([path, { reasons }]) => ({ path, why: reasons.slice(0, 4).join(", ") }));
}

/** Files that the prompt names, whole or by the end of their path. */
function namedFiles(prompt: string, paths: readonly string[]): string[] {
  const names = new Set((prompt.match(/[\w@.+/\\-]*\.\w+/g) ?? []).map((name) => name.replace(/^\.?[\\/]+/, "")));
  return paths.filter((path) => {
    for (let at = 0; at >= 0; at = path.indexOf("/", at) + 1 || -1) if (names.has(path.slice(at))) return true;
    return false;
  });
}

function addByName(scores: Scores, word: string, paths: readonly string[]): void {
  const found = paths.filter((path) => path.toLowerCase().includes(word));
  const weight = rarity(found.length, paths.length) * NAME_WEIGHT;
  if (weight > 0) for (const path of found) add(scores, path, weight, `“${word}” in its name`);
}

/** One git grep a word: it is faster than reading files here, and knows which files are ignored or binary. */
async function addByContent(
  scores: Scores,
  words: readonly string[],
  { root, candidates, signal }: { root: string; candidates: readonly string[]; signal: AbortSignal },
): Promise<void> {
  const known = new Set(candidates);
  const found = await Promise.all(
    words.map(async (word) => {
      const args = ["grep", "-z", "-l", "-I", "-i", "-F", "--untracked", "--threads=2", "-e", word];
      const output = await gitOutput(root, args, signal, CONTENT_BUDGET_MS);
      return (output ?? "").split("\0").filter((path) => known.has(path));
    }),
  );
  for (const [index, paths] of found.entries()) {
    const weight = rarity(paths.length, candidates.length);
    if (weight > 0) for (const path of paths) add(scores, path, weight, `“${words[index]}” in its text`);
  }
}

/** A word that stands everywhere tells nothing: between 0 (in a third of the files or more) and about 9. */
function rarity(found: number, all: number): number {
  if (found === 0 || (found > all / 3 && all > 12)) return 0;
  return Math.log((all + 1) / found);
}
