/** Splits a unified diff into lines with their numbers on both sides. */

export interface DiffLine {
  /** Position in the diff, from 0. */
  readonly index: number;
  /** file: where the diff of another file begins, when there are several. */
  readonly kind: "file" | "hunk" | "added" | "removed" | "same" | "note";
  readonly text: string;
  readonly before: number | null;
  readonly after: number | null;
}

type Line = Omit<DiffLine, "index">;

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;
/** What git and others write about a file before its first hunk. */
const HEADER = /^(diff |index |Index: |={5,}|(new|old|deleted) (file )?mode |similarity |rename |copy )/;

/** Headers are left out; anything else that is no part of a hunk is a note, so that nothing is hidden. */
export function diffLines(patch: string): DiffLine[] {
  const lines: Line[] = [];
  let [before, after, beforeLeft, afterLeft] = [0, 0, 0, 0];
  let from = "";
  for (const line of patch.replace(/\n$/, "").split("\n")) {
    const hunk = HUNK.exec(line);
    const text = line.slice(1);
    const isCode = line === "" || /^[ +-]/.test(line);
    if (line.startsWith("\\")) lines.push(note(text.trim()));
    else if (isCode && (beforeLeft > 0 || afterLeft > 0)) {
      const isAdded = line.startsWith("+");
      const isRemoved = line.startsWith("-");
      if (!isAdded) beforeLeft--;
      if (!isRemoved) afterLeft--;
      const kind = isAdded ? "added" : isRemoved ? "removed" : "same";
      lines.push({ kind, text, before: isAdded ? null : before++, after: isRemoved ? null : after++ });
    } else if (hunk !== null) {
      [before, after] = [Number(hunk[1]), Number(hunk[3])];
      [beforeLeft, afterLeft] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
      lines.push({ kind: "hunk", text: hunk[5] ?? "", before, after });
    } else if (line.startsWith("--- ")) from = pathOf(line);
    else if (line.startsWith("+++ ")) lines.push({ ...note(fileName(from, pathOf(line))), kind: "file" });
    else if (line !== "" && !HEADER.test(line)) lines.push(note(line));
  }
  const files = lines.filter(({ kind }) => kind === "file").length;
  return lines.filter(({ kind }) => kind !== "file" || files > 1).map((line, index) => ({ index, ...line }));
}

function note(text: string): Line {
  return { kind: "note", text, before: null, after: null };
}

function pathOf(line: string): string {
  const path = line.slice(4).replace(/\t.*$/, "");
  return path === "/dev/null" ? "" : path.replace(/^[ab]\//, "");
}

function fileName(from: string, to: string): string {
  if (from === "") return `${to} (new)`;
  return to === "" ? `${from} (deleted)` : to;
}
