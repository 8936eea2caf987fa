/** Text in drawings: made harmless, measured by estimate, wrapped. The same text gives the same lines on every machine. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** What XML does not allow, and what turns the direction of the text around it. */
const UNWANTED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** For the text and the attributes of XML and HTML. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(UNWANTED, "")
    .replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;
const NARROW = /[ijlItf.,:;'|!()[\]{}]/;

/** Pixels, by estimate: no font is at hand, and a drawing must not depend on those of a machine. */
export function widthOf(text: string, size: number): number {
  let parts = 0;
  for (const sign of text) parts += partOf(sign);
  return parts * size;
}

function partOf(sign: string): number {
  return /\p{M}/u.test(sign) ? 0 : WIDE.test(sign) ? 1 : NARROW.test(sign) ? 0.32 : 0.56;
}

/** At most `lines` lines, the last with … where the text goes on. */
export function wrapped(text: string, size: number, width: number, lines: number): string[] {
  const words = text
    .toWellFormed()
    .replace(UNWANTED, "")
    .slice(0, 4000)
    .split(/\s+/)
    .filter((word) => word !== "");
  const all: string[] = [];
  let line = "";
  for (const word of words.flatMap((word) => broken(word, size, width))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer, size) > width) {
      all.push(line);
      line = word;
    } else line = longer;
    if (all.length > lines) break;
  }
  if (line !== "") all.push(line);
  if (all.length <= lines) return all;
  return [...all.slice(0, lines - 1), cut(`${all[lines - 1] ?? ""} …`, size, width)];
}

/** A word that is wider than a line, in pieces that are not. */
function broken(word: string, size: number, width: number): string[] {
  if (widthOf(word, size) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const sign of word) {
    if (piece !== "" && widthOf(piece + sign, size) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += sign;
  }
  return [...pieces, piece];
}

/** One line, with … where it would be wider. */
export function cut(text: string, size: number, width: number): string {
  if (widthOf(text, size) <= width) return text;
  let kept = "";
  let parts = 0;
  for (const sign of text.replace(/\s*…$/, "")) {
    parts += partOf(sign);
    if ((parts + partOf("…")) * size > width) break;
    kept += sign;
  }
  return `${kept.trimEnd()}…`;
}
