/** Splits a unified diff into lines with their numbers on both sides. */

export interface DiffLine {
  /** Position in the diff, from 0. */
  readonly index: number;
  readonly kind: "hunk" | "added" | "removed" | "same" | "note";
  readonly text: string;
  readonly before: number | null;
  readonly after: number | null;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** File headers (before the first hunk) are left out. */
export function diffLines(patch: string): DiffLine[] {
  const lines: DiffLine[] = [];
  const add = (line: Omit<DiffLine, "index">) => lines.push({ index: lines.length, ...line });
  let [before, after] = [0, 0];
  let inHunk = false;
  for (const line of patch.replace(/\n$/, "").split("\n")) {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      [before, after] = [Number(hunk[1]), Number(hunk[2])];
      inHunk = true;
      add({ kind: "hunk", text: hunk[3] ?? "", before, after });
    } else if (inHunk) {
      const text = line.slice(1);
      if (line.startsWith("+")) add({ kind: "added", text, before: null, after: after++ });
      else if (line.startsWith("-")) add({ kind: "removed", text, before: before++, after: null });
      else if (line.startsWith("\\")) add({ kind: "note", text: text.trim(), before: null, after: null });
      else add({ kind: "same", text, before: before++, after: after++ });
    }
  }
  return lines;
}
