/** The hunks of a unified diff of one file, as clients are sent them. */
import type { FileDiff, Hunk } from "../../../protocol/index.ts";

/** Undefined where lines do not say all: a new, deleted, binary or very large file, or a last line without an end. */
export function hunksOf({ status, binary, truncated, patch }: FileDiff): Hunk[] | undefined {
  if (status !== "modified" || binary || truncated) return undefined;
  const hunks: Hunk[] = [];
  for (const raw of patch.split("\n")) {
    const line = raw.replace(/\r$/, "");
    const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@/.exec(line);
    const hunk = hunks.at(-1);
    if (head !== null) hunks.push({ line: firstLine(Number(head[1]), head[2]), before: [], after: [] });
    else if (hunk === undefined) continue;
    else if (line.startsWith("\\")) return undefined;
    else if (line.startsWith(" ")) {
      hunk.before.push(line.slice(1));
      hunk.after.push(line.slice(1));
    } else if (line.startsWith("-")) hunk.before.push(line.slice(1));
    else if (line.startsWith("+")) hunk.after.push(line.slice(1));
  }
  return hunks.length === 0 ? undefined : hunks;
}

/** Of no lines a diff names the line before them. */
function firstLine(line: number, count: string | undefined): number {
  return count === "0" ? line : line - 1;
}

/** What takes the hunks back. */
export function inverted(hunks: readonly Hunk[]): Hunk[] {
  let moved = 0;
  return hunks.map(({ line, before, after }) => {
    const inverse = { line: line + moved, before: after, after: before };
    moved += after.length - before.length;
    return inverse;
  });
}
