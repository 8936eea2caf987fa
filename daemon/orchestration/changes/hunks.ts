/** The hunks of a unified diff of one file, as clients are sent them. */
import type { FileDiff, Hunk } from "../../../protocol/index.ts";

/**
 * Lines without their ends, and the first without a byte order mark. Undefined where lines do not say all: a new, deleted, binary
 * or very large file, or where the mark or the end of the last line comes or goes.
 */
export function hunksOf({ status, binary, truncated, patch }: FileDiff): Hunk[] | undefined {
  if (status !== "modified" || binary || truncated) return undefined;
  const hunks: Hunk[] = [];
  /** Sides whose last line has no end. */
  const endless = new Set<string>();
  let sign = "";
  for (const raw of patch.split("\n")) {
    const line = raw.replace(/\r$/, "");
    const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@/.exec(line);
    const hunk = hunks.at(-1);
    if (head !== null) hunks.push({ line: firstLine(Number(head[1]), head[2]), before: [], after: [] });
    else if (hunk === undefined) continue;
    else if (line.startsWith("\\")) for (const side of sidesOf(sign)) endless.add(side);
    else {
      sign = line.slice(0, 1);
      for (const side of sidesOf(sign)) hunk[side].push(line.slice(1));
    }
  }
  return hunks.length === 0 || endless.size === 1 ? undefined : withoutMark(hunks);
}

function sidesOf(sign: string): readonly ("before" | "after")[] {
  if (sign === " ") return ["before", "after"];
  return sign === "-" ? ["before"] : sign === "+" ? ["after"] : [];
}

function withoutMark(hunks: readonly Hunk[]): Hunk[] | undefined {
  const [first, ...rest] = hunks;
  if (first?.line !== 0) return [...hunks];
  const hasMark = ({ [0]: line = "" }: readonly string[]) => line.startsWith("\ufeff");
  if (hasMark(first.before) !== hasMark(first.after)) return undefined;
  const bare = (lines: readonly string[]) =>
    lines.map((line, index) => (index === 0 ? line.replace("\ufeff", "") : line));
  return [{ line: 0, before: bare(first.before), after: bare(first.after) }, ...rest];
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
