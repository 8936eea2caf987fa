/** From the words of a line to the words that a program will get, as far as that can be told without running anything. */
import type { FolderState } from "./folders.ts";
import { expandPattern, type PatternPiece } from "./patterns.ts";
import { fixedWord, type ShellWord, unknownWord } from "./shell-word.ts";
import type { WordNode } from "./syntax.ts";

export interface Surroundings {
  readonly line: string;
  readonly home: string | null;
  readonly folder: FolderState;
  /** What is known of the shell's own variables. */
  readonly variables: ReadonlyMap<string, string>;
}

/** A value that stays one word, and is no pattern, also where it is not quoted. */
const PLAIN_VALUE = /^[\w/.@:+,=-]*$/;

export async function expandWords(words: readonly WordNode[], around: Surroundings): Promise<ShellWord[]> {
  const result: ShellWord[] = [];
  for (const word of words) result.push(...(await expandWord(word, around)));
  return result;
}

/** Without patterns: redirections and assignments have none. */
export function expandOne(word: WordNode, around: Surroundings): ShellWord {
  const written = around.line.slice(word.start, word.end);
  const known: PatternPiece[] = [];
  for (const piece of withoutTilde(word, around)) {
    if (piece !== null) known.push(piece);
    else return unknownWord(written, known.map(({ text }) => text).join(""), spreads(word));
  }
  return fixedWord(known.map(({ text }) => text).join(""), written);
}

async function expandWord(word: WordNode, around: Surroundings): Promise<ShellWord[]> {
  const one = expandOne(word, around);
  if (!isPattern(word)) return [one];
  if (one.value === null) return [{ ...one, spreads: true, prefix: beforePattern(one.prefix), fromPattern: true }];
  const pieces = withoutTilde(word, around).filter((piece) => piece !== null);
  const paths = await expandPattern(pieces, around.folder?.physical ?? null);
  if (paths === undefined) return [{ ...unknownWord(one.written, beforePattern(one.value)), fromPattern: true }];
  // What a bracket leaves out is not looked at, so the pattern may also stay as it is.
  if (one.value.includes("[") && !paths.includes(one.value)) paths.push(one.value);
  return paths.map((path) => ({ ...fixedWord(path, one.written), fromPattern: true }));
}

/** An opening bracket that is never closed is just a bracket. */
function isPattern({ pieces }: WordNode): boolean {
  const bare = pieces.map((piece) => (piece.kind === "literal" && !piece.quoted ? piece.text : "")).join("");
  const whole = pieces.map((piece) => (piece.kind === "literal" ? piece.text : "")).join("");
  return /[*?]/.test(bare) || (bare.includes("[") && whole.lastIndexOf("]") > whole.indexOf("["));
}

function beforePattern(text: string): string {
  return text.split(/[*?[]/, 1)[0] ?? "";
}

/** Null for each piece that only the shell will know. */
function withoutTilde({ pieces }: WordNode, { home, folder, variables }: Surroundings): (PatternPiece | null)[] {
  return pieces.flatMap((piece, index): (PatternPiece | null)[] => {
    if (piece.kind === "substitution") return [null];
    if (piece.kind === "variable") {
      const known = piece.name === "HOME" ? home : piece.name === "PWD" ? folder?.logical : variables.get(piece.name);
      const value = known ?? null;
      return [value !== null && (piece.quoted || PLAIN_VALUE.test(value)) ? { text: value, quoted: true } : null];
    }
    if (index > 0 || piece.quoted || !piece.text.startsWith("~")) return [piece];
    const rest = piece.text.slice(1);
    if (home === null || (rest === "" ? pieces.length > 1 : !rest.startsWith("/"))) return [null];
    return [
      { text: home, quoted: true },
      { text: rest, quoted: false },
    ];
  });
}

function spreads({ pieces }: WordNode): boolean {
  return pieces.some(
    (piece) => (piece.kind !== "literal" && !piece.quoted) || (piece.kind === "variable" && piece.name === "@"),
  );
}
