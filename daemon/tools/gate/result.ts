/** What of a tool's output goes on: no secrets, no control characters, a bounded length. */

const MAX_SUMMARY = 200;
/** Of what is kept for paging; a tool that answers with more has it cut in the middle. */
const MAX_WHOLE = 4_000_000;

export interface Shown {
  /** For the model. */
  readonly text: string;
  /** All of it, when the model is shown less. */
  readonly whole?: string;
}

/** As much as the model is to see; where that is not all, it is told under which handle the rest can be read. */
export function show(text: string, limit: number, handle: string): Shown {
  if (text.length <= limit) return { text };
  const whole = bound(text, MAX_WHOLE);
  const { head, tail } = ends(whole, limit);
  const from = lineCount(head);
  const to = lineCount(whole) - lineCount(tail) + 1;
  const left = whole.length - head.length - tail.length;
  const note = `${left} characters left out (lines ${from}–${to}); read_result with handle "${handle}" shows them`;
  return { text: `${head}\n… ${note} …\n${tail}`, whole };
}

/** Cut in the middle, with a note of how much is left out. Characters, not bytes. */
function bound(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const { head, tail } = ends(text, limit);
  return `${head}\n… ${text.length - head.length - tail.length} characters left out …\n${tail}`;
}

function ends(text: string, limit: number): { head: string; tail: string } {
  const half = Math.floor(limit / 2);
  const head = text.slice(0, half).replace(/[\ud800-\udbff]$/, "");
  const tail = text.slice(-half).replace(/^[\udc00-\udfff]/, "");
  return { head, tail };
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/**
 * Control characters could move a terminal's cursor, write its clipboard or hide text: they become visible signs.
 * Tabs and line feeds stay.
 */
export function printable(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

const UNSEEN = /\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb\u2028\u2029\u2800]|\p{Surrogate}|(?! )\p{Zs}/gu;

/**
 * For what a person answers for: as `printable`, and no character is unseen or looks like a space that is none. Such a
 * one stands there by its number.
 */
export function revealed(text: string): string {
  return printable(text.replace(UNSEEN, numberOf));
}

/** Unseen, but honest texts hold it: what shapes emoji, what joins letters of scripts that need it, spaces. */
const HONEST = [
  /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)(?:\u200d|\ufe0e|\ufe0f)|(?<=[\d#*])\ufe0f/u,
  /(?<=[\p{L}\p{M}])(?<![\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}])[\u200c\u200d]/u,
  /\p{Zs}/u,
].map(({ source }) => source);
const UNSEEN_AND_STRANGE = new RegExp(`(?!${HONEST.join("|")})(?:${UNSEEN.source})`, "gu");

/**
 * For what people read and answer nothing for: no control character, and none that is unseen or turns the order of others
 * round, but those that emoji and scripts need. Such a one stands there by its number.
 */
export function readable(text: string): string {
  return printable(text.replace(UNSEEN_AND_STRANGE, numberOf));
}

function numberOf(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

export function oneLine(text: string): string {
  const line = printable(text.split("\n", 1).join(""));
  return line.length <= MAX_SUMMARY ? line : `${line.slice(0, MAX_SUMMARY - 1)}…`;
}
