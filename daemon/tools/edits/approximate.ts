/**
 * A block of lines that is almost what the search says. Likeness is 1 − the characters to insert, remove or replace ÷ the
 * characters of the longer line, summed over all lines; indentation and trailing blanks do not count, but the indentation
 * must be the file's but for one shift: what a block belongs to is never guessed.
 */
import type { Document } from "./document.ts";
import { fold } from "./fold.ts";
import { distance } from "./likeness.ts";
import { isBlank } from "./lines.ts";
import { type Located, MAX_LISTED, type Match, NONE } from "./match.ts";
import { occurrencesOfEach } from "./scan.ts";
import { shiftBetween, spanOfLines, type WantedLines, wantedLines } from "./window.ts";

const MIN_LIKENESS = 0.95;
const MAX_LINES = 20;
/** Characters of a search; a longer one has lines that nobody reads one by one. */
const MAX_CHARACTERS = 4000;
/** Characters of the file that are looked through. */
const MAX_TEXT = 24_000_000;
/** Places of a piece that are counted. */
const MAX_PLACES = 1000;
/** Blocks that are compared; where more come into question, none is unique enough. */
const MAX_BLOCKS = 1000;
const MIN_PIECE = 3;

interface Block {
  readonly first: number;
  readonly likeness: number;
}

/** Finds the one block of at least 0.95; several are `many`, and none where the file is too large to be sure. */
export function locateApproximate(document: Document, search: string): Located {
  const wanted = wantedLines(fold(search));
  const bodies = wanted.lines.map((line) => line.trim());
  const total = bodies.reduce((sum, body) => sum + body.length, 0);
  if (wanted.lines.length > MAX_LINES || total > MAX_CHARACTERS || total === 0) return NONE;
  const firsts = candidates(document, bodies, Math.floor((total * (1 - MIN_LIKENESS)) / MIN_LIKENESS));
  if (firsts === undefined) return NONE;
  const blocks: Block[] = [];
  for (const first of firsts) {
    const likeness = likenessAt(document, first, wanted, bodies);
    if (likeness >= MIN_LIKENESS) blocks.push({ first, likeness });
    if (blocks.length === MAX_LISTED) break;
  }
  const [block] = blocks;
  if (block === undefined) return NONE;
  if (blocks.length > 1) return { kind: "many", lines: blocks.map(({ first }) => first) };
  return { kind: "one", match: matchOf(document, block, wanted) };
}

function matchOf(document: Document, { first, likeness }: Block, wanted: WantedLines): Match {
  const file = document.linesFrom(first, wanted.lines.length);
  const shift = shiftBetween(wanted.lines, file) ?? { add: "", remove: "" };
  const differences = wanted.lines.flatMap((line, index) => {
    const found = file[index] ?? "";
    return line.trimStart() === found.trimStart() ? [] : [{ line: first + index, search: line, file: found }];
  });
  const span = spanOfLines(document.text, first, wanted);
  return { level: "approximate", ...span, foldText: fold, shift, likeness, differences };
}

/**
 * First lines of the blocks that may be alike enough; undefined where there are too many. `most` changes spoil at most as
 * many pieces of the search; all others stand in the file unchanged, each in its line of the block. Long pieces are rare;
 * of more and shorter ones, several must agree.
 */
function candidates(document: Document, bodies: readonly string[], most: number): number[] | undefined {
  if (document.text.length > MAX_TEXT) return undefined;
  for (const count of [most + 1, 2 * (most + 1)]) {
    const firsts = agreed(document, piecesOf(bodies, count), most);
    if (firsts !== undefined && firsts.length <= MAX_BLOCKS) return firsts;
  }
  return undefined;
}

/** First lines that all pieces but `most` agree on. Of pieces that stand too often to be counted, all may agree. */
function agreed(document: Document, pieces: readonly Piece[], most: number): number[] | undefined {
  const texts = pieces.map(({ text }) => text);
  const places = occurrencesOfEach(document.folded(), texts, MAX_PLACES);
  const votes = new Map<number, number>();
  let needed = pieces.length - most;
  for (const [index, { line }] of pieces.entries()) {
    const found = places[index] ?? [];
    if (found.length === MAX_PLACES) needed -= 1;
    else
      for (const number of new Set(document.linesOf(found)))
        votes.set(number - line, (votes.get(number - line) ?? 0) + 1);
  }
  if (needed < 1) return undefined;
  return [...votes].flatMap(([first, count]) => (first >= 1 && count >= needed ? [first] : []));
}

interface Piece {
  /** Which line of the search it is of, from 0. */
  readonly line: number;
  readonly text: string;
}

/** Pieces that do not overlap, `count` of them or more, as long as can be; none where they would be too short. */
function piecesOf(bodies: readonly string[], count: number): Piece[] {
  const total = bodies.reduce((sum, body) => sum + body.length, 0);
  for (let size = Math.floor(total / count); size >= MIN_PIECE; size--) {
    const available = bodies.reduce((sum, body) => sum + Math.floor(body.length / size), 0);
    if (available >= count)
      return bodies.flatMap((body, line) =>
        Array.from({ length: Math.floor(body.length / size) }, (_, index) => {
          return { line, text: body.slice(index * size, (index + 1) * size) };
        }),
      );
  }
  return [];
}

function likenessAt(document: Document, first: number, wanted: WantedLines, bodies: readonly string[]): number {
  const file = document.linesFrom(first, bodies.length);
  if (file.length < bodies.length || shiftBetween(wanted.lines, file) === undefined) return 0;
  const longest = bodies.reduce((sum, body, index) => sum + Math.max(body.length, file[index]?.trim().length ?? 0), 0);
  let left = Math.floor(longest * (1 - MIN_LIKENESS) + 1e-9);
  const most = left;
  for (const [index, body] of bodies.entries()) {
    if (isBlank(body)) continue;
    const changed = distance(body, (file[index] ?? "").trim(), left);
    if (changed === undefined) return 0;
    left -= changed;
  }
  return 1 - (most - left) / longest;
}
