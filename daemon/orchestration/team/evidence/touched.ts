/** The lines that a task wrote, and which of them tests reached. Pure. */
import type { Proof } from "../../../../protocol/index.ts";
import { type LineCoverage, rangesOf } from "../../../tools/tests/line-coverage/lines.ts";

const MOST_FILES = 20;

/** Added lines by path, from a unified diff without renames. `isWanted` chooses among the paths. */
export function touchedLines(patch: string, isWanted: (path: string) => boolean): Map<string, number[]> {
  const touched = new Map<string, number[]>();
  let lines: number[] = [];
  let at = 0;
  let left = 0;
  for (const text of patch.split("\n")) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (hunk !== null) {
      at = Number(hunk[1]);
      left = Number(hunk[2] ?? "1");
    } else if (left > 0 && (text.startsWith("+") || text.startsWith(" "))) {
      if (text.startsWith("+")) lines.push(at);
      at += 1;
      left -= 1;
    } else if (left === 0 && text.startsWith("+++ ")) {
      lines = [];
      const path = pathIn(text);
      if (path !== undefined && isWanted(path)) touched.set(path, lines);
    }
  }
  return new Map([...touched].filter(([, own]) => own.length > 0));
}

/** `+++ b/path`, in quotes where git had to; undefined for a deleted file. */
function pathIn(header: string): string | undefined {
  const name = header.slice(4).replace(/\t$/, "");
  if (name === "/dev/null") return undefined;
  const quoted = /^"b\/(.*)"$/s.exec(name)?.[1];
  return quoted === undefined ? name.replace(/^b\//, "") : unquoted(quoted);
}

/** Git writes bytes that are not ASCII as three octal digits. */
function unquoted(text: string): string {
  const bytes: number[] = [];
  for (const [whole, octal, plain] of text.matchAll(/\\([0-7]{3})|\\(.)|[\s\S]/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...Buffer.from(plain === undefined ? whole : (ESCAPES.get(plain) ?? plain)));
  }
  return Buffer.from(bytes).toString();
}

const ESCAPES = new Map([
  ["n", "\n"],
  ["t", "\t"],
]);

/** Null when none of the lines is one that tests can reach, as far as the tool knows. */
export function coverageOf(touched: ReadonlyMap<string, readonly number[]>, coverage: LineCoverage): Proof["coverage"] {
  let lines = 0;
  let covered = 0;
  const uncovered: { file: string; lines: string }[] = [];
  for (const [file, own] of touched) {
    const known = coverage[file];
    if (known === undefined) continue;
    const reachable = own.filter((line) => known[line] !== undefined);
    const missed = reachable.filter((line) => known[line] === false);
    lines += reachable.length;
    covered += reachable.length - missed.length;
    if (missed.length > 0 && uncovered.length < MOST_FILES)
      uncovered.push({ file, lines: rangesOf(missed).slice(0, 500) });
  }
  return lines === 0 ? null : { lines, covered, uncovered };
}
