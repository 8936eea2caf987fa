/** Positions as the client counts them, and offsets of JavaScript strings; nobody else of the face counts code units. */
import type { Position, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Positions } from "./feature.ts";

/** UTF-8 where the client offers it: it needs no counting on the side of most clients that do; else UTF-16, which all have. */
export function negotiateEncoding(offered: unknown): Positions["encoding"] {
  return Array.isArray(offered) && offered.includes("utf-8") ? "utf-8" : "utf-16";
}

export function createPositions(encoding: Positions["encoding"]): Positions {
  const unitsTo = encoding === "utf-8" ? utf8Units : (text: string) => text.length;
  const indexOf = encoding === "utf-8" ? utf8Index : utf16Index;

  function offsetAt(document: TextDocument, { line, character }: Position): number {
    if (line >= document.lineCount) return document.getText().length;
    return startOf(document, line) + indexOf(lineText(document, line), character);
  }

  function positionAt(document: TextDocument, offset: number): Position {
    const { line } = document.positionAt(offset);
    const text = lineText(document, line);
    const index = Math.min(Math.max(0, offset - startOf(document, line)), text.length);
    return { line, character: unitsTo(text.slice(0, index)) };
  }

  return {
    encoding,
    offsetAt,
    positionAt,
    textIn(document, { start, end }) {
      const [from, to] = [offsetAt(document, start), offsetAt(document, end)];
      return document.getText().slice(Math.min(from, to), Math.max(from, to));
    },
    rangeOf: (document, start, end): Range => ({
      start: positionAt(document, start),
      end: positionAt(document, end),
    }),
  };
}

function startOf(document: TextDocument, line: number): number {
  return document.offsetAt({ line, character: 0 });
}

/** Without its end. */
function lineText(document: TextDocument, line: number): string {
  const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  return document.getText(range).replace(/\r\n?$|\n$/, "");
}

function utf16Index(text: string, character: number): number {
  const index = Math.min(character, text.length);
  const splitsPair = index > 0 && index < text.length && isLow(text, index) && !isLow(text, index - 1);
  return splitsPair && isHigh(text, index - 1) ? index - 1 : index;
}

function isLow(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xdc00;
}

function isHigh(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800;
}

function utf8Units(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

function utf8Index(text: string, character: number): number {
  let bytes = 0;
  let index = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > character) break;
    index += char.length;
  }
  return index;
}
