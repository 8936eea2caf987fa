/** Which lines of which file tests reached, in one shape for every tool. */

export interface FileLines {
  /** Lines that can be reached, from 1, and whether a test did. */
  readonly [line: number]: boolean;
}

/** By path, as the tool wrote it. */
export type LineCoverage = Readonly<Record<string, FileLines>>;

/** A line is reached when any part of what begins on it is. */
export function addLine(lines: Record<number, boolean>, line: number, isReached: boolean): void {
  if (Number.isInteger(line) && line > 0) lines[line] = lines[line] === true || isReached;
}

/** "3-7, 9" */
export function rangesOf(lines: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const line of [...lines].sort((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last !== undefined && line <= last[1] + 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}
