import { createTwoFilesPatch } from "diff";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { hunksOf } from "../../../daemon/orchestration/changes/hunks.ts";
import { hunkEdits } from "../../../daemon/server/lsp/hunk-edits.ts";

/** The text with the change from `before` to `after` put into it; undefined where that cannot be. */
function patched(text: string, before: string, after: string): string | undefined {
  const document = TextDocument.create("file:///a", "x", 1, text);
  const patch = createTwoFilesPatch("a", "a", before, after);
  const hunks = hunksOf({ path: "a", status: "modified", binary: false, truncated: false, patch });
  const made = hunks === undefined ? undefined : hunkEdits(text, hunks);
  if (made?.ok !== true) return undefined;
  const own = made.edits.map(({ start, end, text: newText }) => ({
    ...{ range: { start: document.positionAt(start), end: document.positionAt(end) }, newText },
  }));
  return TextDocument.applyEdits(document, own);
}

const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join("");
const BEFORE = lines("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");

describe("a change beside unsaved text", () => {
  it.each([
    ["above it", `new\n${BEFORE}`, BEFORE.replace("e", "E"), `new\n${BEFORE.replace("e", "E")}`],
    ["below it", `${BEFORE}new`, BEFORE.replace("b\n", ""), `${BEFORE.replace("b\n", "")}new`],
    [
      "with other line ends",
      BEFORE.replaceAll("\n", "\r\n"),
      BEFORE.replace("e", "E\nF"),
      BEFORE.replace("e", "E\nF").replaceAll("\n", "\r\n"),
    ],
    ["at the end", BEFORE, `${BEFORE}k\n`, `${BEFORE}k\n`],
    ["at the beginning", BEFORE, `z\n${BEFORE}`, `z\n${BEFORE}`],
    [
      "twice",
      `0\n${BEFORE}`,
      BEFORE.replace("a", "A").replace("j", "J"),
      `0\n${BEFORE.replace("a", "A").replace("j", "J")}`,
    ],
  ])("%s finds its place", (_, text, after, expected) => {
    expect(patched(text, BEFORE, after)).toBe(expected);
  });

  it("takes a carriage return alone for a part of its line, as the diff does", () => {
    const before = `x\r${BEFORE}`;
    const after = before.replace("e", "E");
    expect(patched(`${before}new`, before, after)).toBe(`${after}new`);
  });

  it.each(["", "\ufeff"])("fits whether or not the editor keeps a byte order mark (%j)", (mark) => {
    const [before, after] = [`\ufeff${BEFORE}`, `\ufeff${BEFORE.replace("b", "B")}`];
    expect(patched(`${mark}${BEFORE}new`, before, after)).toBe(`${mark}${BEFORE.replace("b", "B")}new`);
  });

  it("that meets it is not made", () => {
    expect(patched(BEFORE.replace("e", "mine"), BEFORE, BEFORE.replace("e", "E"))).toBeUndefined();
    expect(patched("", BEFORE, BEFORE.replace("e", "E"))).toBeUndefined();
    expect(patched(BEFORE, BEFORE, BEFORE)).toBeUndefined();
  });

  it("whose lines stand twice is made where they stood, or not at all", () => {
    const block = lines("p", "p", "p", "x", "y", "z");
    const [before, after] = [`p\n${block}`, `p\n${block.replace("y", "Y")}`];
    expect(patched(`0\n${block}m\n${block}`, before, after)).toBe(`0\n${block.replace("y", "Y")}m\n${block}`);
    expect(patched(`0\n0\n${block}m\n${block}`, before, after)).toBeUndefined();
    expect(patched(`${"0\n".repeat(3000)}${before}`, before, after)).toBe(`${"0\n".repeat(3000)}${after}`);
  });

  it("gives the change itself where nothing else was changed", () => {
    const line = fc.constantFrom("", "a", "b", "c", "  d");
    const lineEnd = fc.constantFrom("", "\n");
    const file = fc.tuple(fc.array(line, { maxLength: 30 }), lineEnd).map(([all, end]) => all.join("\n") + end);
    const property = fc.property(file, file, (before, after) => {
      fc.pre(before !== after && before !== "" && after.endsWith("\n") === before.endsWith("\n") && after !== "");
      expect(patched(before, before, after)).toBe(after);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
