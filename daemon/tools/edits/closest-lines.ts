/** “Did you mean …”: the lines of a file that are most like a text that is not in it. */
import type { Document } from "./document.ts";
import { startOfLine } from "./lines.ts";
import { occurrencesOfEach } from "./scan.ts";

export interface ClosestLines {
  /** Number of the first line, from 1. */
  readonly line: number;
  readonly text: string;
}

/** A file of more lines is not looked at line by line, but where it holds words of the search. */
const FEW_LINES = 1500;
const MAX_SHOWN = 12;
const MIN_LIKENESS = 0.55;
const MAX_WORDS = 8;
const LONG_WORD = 6;
const MAX_HITS = 300;

/** Undefined when nothing in the file is much like it. `search` is folded. Takes a few milliseconds for any file. */
export function closestLines(document: Document, search: string): ClosestLines | undefined {
  const wanted = search.split("\n");
  while (wanted.length > 1 && wanted.at(-1)?.trim() === "") wanted.pop();
  const anchor = wanted.reduce((best, line, index) => (size(line) > size(wanted[best] ?? "") ? index : best), 0);
  const anchorPairs = pairsOf(wanted[anchor] ?? "");
  const starts = candidates(document, wanted, anchor)
    .map((line) => ({ start: Math.max(1, line - anchor), likeness: likeness(anchorPairs, lineOf(document, line)) }))
    .filter((candidate) => candidate.likeness >= MIN_LIKENESS)
    .sort((first, second) => second.likeness - first.likeness)
    .slice(0, 5);
  const pairs = wanted.slice(0, 100).map(pairsOf);
  const scored = starts.map(({ start }) => {
    const scores = pairs.map((pair, offset) => likeness(pair, lineOf(document, start + offset)));
    return { start, score: scores.reduce((sum, score) => sum + score, 0) / scores.length };
  });
  const best = scored.sort((first, second) => second.score - first.score)[0];
  if (best === undefined) return undefined;
  const from = startOfLine(document.text, best.start);
  const to = startOfLine(document.text, best.start + Math.min(wanted.length, MAX_SHOWN));
  // As the file has them, so that they can be copied.
  const shown = document.text
    .slice(from, to)
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
  return { line: best.start, text: shown.map((line) => line.slice(0, 300)).join("\n") };
}

function lineOf(document: Document, number: number): string {
  return document.linesFrom(number, 1)[0] ?? "";
}

/** Numbers of the lines that may stand for the search's longest one. */
function candidates(document: Document, wanted: readonly string[], anchor: number): number[] {
  const count = document.lineCount();
  if (count <= FEW_LINES) return Array.from({ length: count }, (_, index) => index + 1);
  const votes = new Map<number, number>();
  const words = rareWords(wanted);
  const texts = words.map(({ word }) => word);
  for (const [index, places] of occurrencesOfEach(document.folded(), texts, MAX_HITS).entries())
    for (const number of document.linesOf(places)) {
      const { line } = words[index] ?? { line: 0 };
      const at = number - line + anchor;
      votes.set(at, (votes.get(at) ?? 0) + 1);
    }
  const ranked = [...votes].sort(([, first], [, second]) => second - first).slice(0, 50);
  return ranked.map(([line]) => line).filter((line) => line >= 1 && line <= count);
}

/** The longest words: the longer, the rarer. */
function rareWords(wanted: readonly string[]): { word: string; line: number }[] {
  const words = new Map<string, number>();
  for (const [line, text] of wanted.slice(0, 100).entries())
    for (const [word] of text.slice(0, 400).matchAll(/[\p{L}\p{N}_]{3,}/gu))
      if (!words.has(word)) words.set(word, line);
  const sorted = [...words].sort(([first], [second]) => second.length - first.length);
  const long = sorted.filter(([word]) => word.length >= LONG_WORD);
  // A short word stands in many lines; it counts where there are no long ones.
  return (long.length > 1 ? long : sorted).slice(0, MAX_WORDS).map(([word, line]) => ({ word, line }));
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
  const letters = Math.max(0, lettersOf(line).length - 1);
  if (wanted.total + letters === 0) return 1;
  if ((2 * Math.min(wanted.total, letters)) / (wanted.total + letters) < MIN_LIKENESS) return 0;
  const { counts } = pairsOf(line);
  let common = 0;
  for (const [pair, count] of wanted.counts) common += Math.min(count, counts.get(pair) ?? 0);
  return (2 * common) / (wanted.total + letters);
}
