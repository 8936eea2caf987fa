/** Texts made to fit: cut to a number of tokens, and set apart as data. */
import type { Count } from "./tokens.ts";

export interface CutText {
  readonly text: string;
  readonly truncated: boolean;
}

/** No ordinary text has more characters a token: what is longer is cut without being counted first. */
const MOST_CHARACTERS_A_TOKEN = 24;
const FIRST_GUESS = 5;
const ROUNDS = 40;
const LINE_SHARE = 0.2;

/**
 * As much of a text as `tokens` hold, with a note of how much is left out. `tailShare` of what is kept comes from its end,
 * 0 to 1. The same input always gives the same text; "" when not even the note fits.
 */
export function cutText(text: string, tokens: number, count: Count, tailShare = 0): CutText {
  if (text === "" || tokens <= 0) return { text: "", truncated: text !== "" };
  if (text.length <= tokens * MOST_CHARACTERS_A_TOKEN && count(text) <= tokens) return { text, truncated: false };
  let characters = Math.min(text.length - 1, tokens * FIRST_GUESS);
  for (let round = 0; round < ROUNDS && characters > 0; round++) {
    const piece = leaveOut(text, characters, tailShare);
    const used = count(piece);
    if (used <= tokens) return { text: piece, truncated: true };
    characters = Math.floor(characters * Math.min(0.95, tokens / used));
  }
  return { text: "", truncated: true };
}

function leaveOut(text: string, characters: number, tailShare: number): string {
  const tailLength = Math.floor(characters * tailShare);
  const head = atLineEnd(text.slice(0, characters - tailLength)).replace(/[\ud800-\udbff]$/, "");
  const tail = tailLength === 0 ? "" : atLineStart(text.slice(-tailLength)).replace(/^[\udc00-\udfff]/, "");
  const note = `… ${text.length - head.length - tail.length} characters left out …`;
  return [head, note, tail].filter((part) => part !== "").join("\n");
}

/** Whole lines where that costs little: half a line of code or of a table misleads. */
function atLineEnd(text: string): string {
  const end = text.lastIndexOf("\n");
  return end >= text.length * (1 - LINE_SHARE) ? text.slice(0, end) : text;
}

function atLineStart(text: string): string {
  const start = text.indexOf("\n") + 1;
  return start <= text.length * LINE_SHARE ? text.slice(start) : text;
}

/**
 * A text that others wrote, between marks that it cannot hold itself: a text with the mark inside gets another one, so
 * that nothing in it can end the block. The text stays as it is.
 */
export function asData(name: string, text: string): string {
  let mark = name;
  for (let number = 2; new RegExp(`<\\s*/?\\s*${mark}\\b`, "i").test(text); number++) mark = `${name}-${number}`;
  return `<${mark}>\n${text}\n</${mark}>`;
}
