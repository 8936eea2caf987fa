/** Places in a text, counted in lines. */

/** Number of the line of a place, from 1. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < position; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** Where a line begins; the end of the text for one that is not there. */
export function startOfLine(text: string, line: number): number {
  let start = 0;
  for (let number = 1; number < line; number++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return start;
}

/** Where a line ends, its line ending left out. */
export function endOfLine(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  if (end < 0) return text.length;
  return end > start && text[end - 1] === "\r" ? end - 1 : end;
}

/** The line ending in use around a place: the one before it, else the first one of the file. */
export function endingAt(text: string, position: number): "\n" | "\r\n" {
  const before = position > 0 ? text.lastIndexOf("\n", position - 1) : -1;
  const at = before >= 0 ? before : text.indexOf("\n");
  return at > 0 && text[at - 1] === "\r" ? "\r\n" : "\n";
}

export function hasMixedEndings(text: string): boolean {
  return text.includes("\r\n") && /(?<!\r)\n/.test(text);
}

export function isBlank(line: string): boolean {
  return line.trim() === "";
}

export function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/** Numbers of the lines of several places in rising order, in one go through the text. */
export function lineNumbers(text: string, positions: readonly number[]): number[] {
  let line = 1;
  let end = text.indexOf("\n");
  return positions.map((position) => {
    while (end >= 0 && end < position) {
      line += 1;
      end = text.indexOf("\n", end + 1);
    }
    return line;
  });
}

export function bodyOf(line: string): string {
  return line.slice(indentOf(line).length);
}
