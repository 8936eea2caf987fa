import fc from "fast-check";
import { expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { createPositions, negotiateEncoding } from "../../../daemon/server/lsp/positions.ts";

const utf8 = createPositions("utf-8");
const utf16 = createPositions("utf-16");
const documentOf = (text: string) => TextDocument.create("file:///a", "x", 1, text);
const at = (line: number, character: number) => ({ line, character });

it.each([
  [undefined, "utf-16"],
  ["utf-8", "utf-16"],
  [[], "utf-16"],
  [["utf-32", "utf-16"], "utf-16"],
  [["utf-16", "utf-8"], "utf-8"],
])("%j is answered with %s", (offered, encoding) => {
  expect(negotiateEncoding(offered)).toBe(encoding);
});

it("counts units of each encoding", () => {
  const document = documentOf("aé€🛒z\r\n🛒\n");
  expect([0, 1, 2, 3, 5, 6].map((offset) => utf8.positionAt(document, offset).character)).toEqual([0, 1, 3, 6, 10, 11]);
  expect([0, 1, 3, 6, 10, 11].map((unit) => utf8.offsetAt(document, at(0, unit)))).toEqual([0, 1, 2, 3, 5, 6]);
  expect([0, 1, 2, 3, 5, 6].map((unit) => utf16.offsetAt(document, at(0, unit)))).toEqual([0, 1, 2, 3, 5, 6]);
});

it("takes what is inside of a character for its beginning, and what is behind an end for that end", () => {
  const document = documentOf("🛒b\r\nc");
  for (const unit of [1, 2, 3]) expect(utf8.offsetAt(document, at(0, unit))).toBe(0);
  expect(utf16.offsetAt(document, at(0, 1))).toBe(0);
  for (const positions of [utf8, utf16]) {
    expect(positions.offsetAt(document, at(0, 999))).toBe(3);
    expect(positions.offsetAt(document, at(1, 999))).toBe(6);
    expect(positions.offsetAt(document, at(999, 0))).toBe(6);
    expect(positions.textIn(document, { start: at(1, 1), end: at(0, 4) })).toMatch(/^b?\r\nc$/);
  }
});

const text = fc.string({ unit: fc.constantFrom("a", "é", "€", "🛒", "\n", "\r\n", "\t", "\ud800"), maxLength: 40 });

it("goes to a position and back for any text", () => {
  const property = fc.property(text, fc.nat(), (content, seed) => {
    const document = documentOf(content);
    const offset = seed % (content.length + 1);
    for (const positions of [utf8, utf16]) {
      const back = positions.offsetAt(document, positions.positionAt(document, offset));
      // Within a character or a line's end it goes to the beginning.
      expect(back).toBeLessThanOrEqual(offset);
      expect(offset - back).toBeLessThanOrEqual(1);
    }
    expect(utf16.positionAt(document, offset).line).toBe(document.positionAt(offset).line);
  });
  fc.assert(property, { numRuns: 1000 });
});
