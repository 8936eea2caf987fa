/** A run's change as edits of a text that may have been typed in meanwhile. */
import { describe, expect, it } from "vitest";
import { applyEdits, isSameText, movedLine, textEdits } from "../../../../daemon/server/lsp/actions/text-edits.ts";

const merged = (before: string, after: string, now = before) => {
  const edits = textEdits({ before, after, now });
  return edits === undefined ? "conflict" : applyEdits(now, edits);
};

it.each([
  ["nothing", "a\nb\n", "a\nb\n"],
  ["a line", "a\nb\nc\n", "a\nB\nc\n"],
  ["all of it", "a\nb", "x\ny\nz\n"],
  ["the last line end", "a\nb", "a\nb\n"],
  ["no last line end", "a\nb\n", "a\nb"],
  ["everything gone", "a\nb\n", ""],
  ["from nothing", "", "a\nb\n"],
  ["a line at the end", "a", "a\nb"],
  ["an empty line at the end", "a\n", "a\n\n"],
  ["the first line", "a\nb\n", "b\n"],
])("makes %s", (_name, before, after) => {
  expect(merged(before, after)).toBe(after);
});

it("is as small as can be, and never inside of a character", () => {
  expect(textEdits({ before: "let a = 1;\n", after: "let b = 1;\n", now: "let a = 1;\n" })).toEqual([
    { start: 4, end: 5, text: "b" },
  ]);
  // Both have the same first half.
  expect(textEdits({ before: "😀\n", after: "😁\n", now: "😀\n" })).toEqual([{ start: 0, end: 2, text: "😁" }]);
  expect(textEdits({ before: "a\nb\nc\n", after: "a\nx\nb\nc\n", now: "a\nb\nc\n" })).toEqual([
    { start: 2, end: 2, text: "x\n" },
  ]);
});

it("keeps the editor's line endings and its byte order mark", () => {
  expect(merged("a\nb\nc\n", "a\nB\nc\nd\n", "a\r\nb\r\nc\r\n")).toBe("a\r\nB\r\nc\r\nd\r\n");
  expect(merged("\ufeffa\nb\n", "a\nB\n", "\ufeffa\nb\n")).toBe("\ufeffa\nB\n");
  expect(merged("a\r\nb\r\n", "a\nB\n", "a\nb\n")).toBe("a\nB\n");
  expect(isSameText("\ufeffa\r\nb", "a\nb")).toBe(true);
});

describe("with what was typed meanwhile", () => {
  it.each([
    ["above", "x\na\nb\nc\n", "x\na\nB\nc\n"],
    ["below", "a\nb\nc\nx\n", "a\nB\nc\nx\n"],
    ["beside", "A\nb\nC\n", "A\nB\nC\n"],
    ["the same", "a\nB\nc\n", "a\nB\nc\n"],
    ["in the line", "a\nb2\nc\n", "conflict"],
    ["the line gone", "a\nc\n", "conflict"],
  ])("%s", (_name, now, expected) => {
    expect(merged("a\nb\nc\n", "a\nB\nc\n", now)).toBe(expected);
  });

  it("takes two insertions at one place for a conflict", () => {
    expect(merged("a\nb\n", "a\nx\nb\n", "a\ny\nb\n")).toBe("conflict");
    expect(merged("a\nb\n", "a\nx\nb\n", "a\nx\nb\n")).toBe("a\nx\nb\n");
  });
});

it("tells where lines are by now", () => {
  expect([0, 1, 2].map((line) => movedLine(line, "a\nb\nc\n", "x\na\nB\nc\n"))).toEqual([1, undefined, 3]);
});

it("makes the very text of any change, and of changes far from each other both", () => {
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const mutate = (lines: readonly string[], from: number, to: number) => {
    const copy = [...lines];
    for (let count = random(4); count >= 0; count--) {
      const at = from + random(Math.max(1, Math.min(to, copy.length) - from));
      const what = random(3);
      if (what === 0) copy.splice(at, 1);
      else if (what === 1) copy.splice(at, 0, `new ${random(5)}`);
      else copy[at] = `${copy[at] ?? ""}!`;
    }
    return copy;
  };
  const ends = ["\n", "\r\n"];
  for (let trial = 0; trial < 2000; trial++) {
    const end = ends[random(2)] ?? "\n";
    const base = Array.from({ length: random(12) }, () => `line ${random(4)}`);
    const after = mutate(base, 0, base.length);
    expect(merged(base.join(end), after.join("\n"))).toBe(after.join(base.length > 1 ? end : "\n"));
    const top = Array.from({ length: 6 }, () => `t${random(3)}`);
    const bottom = Array.from({ length: 6 }, () => `b${random(3)}`);
    const between = ["---", "===", "+++"];
    const [made, typed] = [mutate(top, 0, 6), mutate(bottom, 1, 6)];
    const join = (...parts: (readonly string[])[]) => parts.flat().join("\n");
    expect(merged(join(top, between, bottom), join(made, between, bottom), join(top, between, typed))).toBe(
      join(made, between, typed),
    );
  }
});
