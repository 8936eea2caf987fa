/** Whole lines that stand in the file deeper or less deep, all by the same indentation. */
import type { Document } from "./document.ts";
import { fold } from "./fold.ts";
import { bodyOf, isBlank } from "./lines.ts";
import { type Located, MAX_LISTED, NONE } from "./match.ts";
import { shiftBetween, spanOfLines, type WantedLines, wantedLines } from "./window.ts";

export function locateShifted(document: Document, search: string): Located {
  const wanted = wantedLines(fold(search));
  const bodies = wanted.lines.map(bodyOf);
  const anchor = bodies.reduce((best, body, index) => (body.length > (bodies[best] ?? "").length ? index : best), 0);
  if (isBlank(bodies[anchor] ?? "")) return NONE;
  if (!bodies.every((body) => document.folded().includes(body))) return NONE;
  const found: number[] = [];
  for (const line of linesThatAre(document, bodies[anchor] ?? "")) {
    const first = line - anchor;
    if (first >= 1 && isShifted(document, first, wanted, bodies)) found.push(first);
    if (found.length === MAX_LISTED) break;
  }
  const [first] = found;
  if (first === undefined) return NONE;
  if (found.length > 1) return { kind: "many", lines: found };
  const file = document.linesFrom(first, wanted.lines.length);
  const shift = shiftBetween(wanted.lines, file);
  if (shift === undefined) return NONE;
  const span = spanOfLines(document.text, first, wanted);
  return { kind: "one", match: { level: "shifted", ...span, foldText: fold, shift } };
}

/** Numbers of the lines that are this text but for their indentation. */
function linesThatAre(document: Document, body: string): number[] {
  const text = document.folded();
  const places: number[] = [];
  for (let at = text.indexOf(body); at >= 0; at = text.indexOf(body, at + 1)) {
    const end = at + body.length;
    const start = text.lastIndexOf("\n", at - 1) + 1;
    const isLine = (end === text.length || text[end] === "\n") && /^[ \t]*$/.test(text.slice(at === 0 ? 0 : start, at));
    if (isLine) places.push(at);
  }
  return document.linesOf(places);
}

function isShifted(document: Document, first: number, wanted: WantedLines, bodies: readonly string[]): boolean {
  const file = document.linesFrom(first, bodies.length);
  if (file.length < bodies.length) return false;
  const isSame = bodies.every((body, index) => {
    const line = file[index] ?? "";
    return isBlank(body) ? isBlank(line) : bodyOf(line) === body;
  });
  return isSame && shiftBetween(wanted.lines, file) !== undefined;
}
