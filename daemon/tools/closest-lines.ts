/** “Did you mean …”: the lines of a file that are most like a text that is not in it. */

export interface ClosestLines {
  /** Number of the first line, from 1. */
  readonly line: number;
  readonly text: string;
}

const MAX_LINES = 20_000;
const MAX_SHOWN = 12;
const MIN_LIKENESS = 0.55;

/** Undefined when nothing in the file is much like it. Takes a few milliseconds for a thousand lines. */
export function closestLines(text: string, search: string): ClosestLines | undefined {
  const lines = text.split("\n").slice(0, MAX_LINES);
  const wanted = search.split("\n");
  while (wanted.length > 1 && wanted.at(-1)?.trim() === "") wanted.pop();
  const anchor = wanted.reduce((best, line, index) => (size(line) > size(wanted[best] ?? "") ? index : best), 0);
  const anchorPairs = pairsOf(wanted[anchor] ?? "");
  const starts = lines
    .map((line, index) => ({ start: Math.max(0, index - anchor), likeness: likeness(anchorPairs, line) }))
    .filter((candidate) => candidate.likeness >= MIN_LIKENESS)
    .sort((first, second) => second.likeness - first.likeness)
    .slice(0, 5);
  const pairs = wanted.map(pairsOf);
  const scored = starts.map(({ start }) => {
    const scores = pairs.map((pair, offset) => likeness(pair, lines[start + offset] ?? ""));
    return { start, score: scores.reduce((sum, score) => sum + score, 0) / scores.length };
  });
  const best = scored.sort((first, second) => second.score - first.score)[0];
  if (best === undefined) return undefined;
  const shown = lines.slice(best.start, best.start + Math.min(wanted.length, MAX_SHOWN));
  return { line: best.start + 1, text: shown.map((line) => line.slice(0, 300)).join("\n") };
}

function size(line: string): number {
  return Math.min(line.trim().length, 200);
}

interface Pairs {
  readonly total: number;
  readonly counts: ReadonlyMap<string, number>;
}

/** Pairs of neighbouring characters and how often each occurs, white space left out. */
function pairsOf(line: string): Pairs {
  const letters = lettersOf(line);
  const counts = new Map<string, number>();
  for (let index = 0; index < letters.length - 1; index++) {
    const pair = letters.slice(index, index + 2);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return { total: Math.max(0, letters.length - 1), counts };
}

function lettersOf(line: string): string {
  return line.slice(0, 400).replace(/\s+/g, "").slice(0, 200);
}

/** Sørensen–Dice: 1 for the same pairs, 0 for none in common, or for fewer than could matter; two empty lines are alike. */
function likeness(wanted: Pairs, line: string): number {
  const size = Math.max(0, lettersOf(line).length - 1);
  if (wanted.total + size === 0) return 1;
  if ((2 * Math.min(wanted.total, size)) / (wanted.total + size) < MIN_LIKENESS) return 0;
  const { counts } = pairsOf(line);
  let common = 0;
  for (const [pair, count] of wanted.counts) common += Math.min(count, counts.get(pair) ?? 0);
  return (2 * common) / (wanted.total + size);
}
