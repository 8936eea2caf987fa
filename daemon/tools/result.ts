/** What of a tool's output goes on: no secrets, no control characters, a bounded length. */

const MAX_SUMMARY = 200;

/** Cut in the middle, with a note of how much is left out. Characters, not bytes. */
export function bound(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const head = text.slice(0, half).replace(/[\ud800-\udbff]$/, "");
  const tail = text.slice(-half).replace(/^[\udc00-\udfff]/, "");
  return `${head}\n… ${text.length - head.length - tail.length} characters left out …\n${tail}`;
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

export function oneLine(text: string): string {
  const line = printable(text.split("\n", 1).join(""));
  return line.length <= MAX_SUMMARY ? line : `${line.slice(0, MAX_SUMMARY - 1)}…`;
}
