/** Hunks of a change in a text that somebody has changed since. */
import { describe, expect, it } from "vitest";
import { hunksOf, inverted } from "../../daemon/orchestration/changes/hunks.ts";
import { placeHunks } from "../../protocol/hunks.ts";
import type { FileDiff } from "../../protocol/index.ts";

const BASE = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const PATCH = `diff --git a/x b/x
--- a/x
+++ b/x
@@ -1,3 +1,4 @@
 one
-two
+TWO
+and a half
 three
@@ -8,3 +9,2 @@ seven
 eight
-nine
 ten
`;
const diff = (patch: string, more: Partial<FileDiff> = {}): FileDiff => ({
  ...{ path: "x", status: "modified", binary: false, truncated: false, patch, ...more },
});
const hunks = hunksOf(diff(PATCH)) ?? [];

function apply(text: readonly string[], wanted = hunks): string[] | string {
  const placed = placeHunks(text, wanted);
  if (!placed.ok) return `${placed.problem} at ${placed.line}`;
  const lines = [...text];
  for (const { start, end, lines: added } of placed.edits.toReversed()) lines.splice(start, end - start, ...added);
  return lines;
}

const RESULT = ["one", "TWO", "and a half", "three", "four", "five", "six", "seven", "eight", "ten"];

describe("a change", () => {
  it("goes into the text that it was made of, touching only lines that differ", () => {
    expect(apply(BASE)).toEqual(RESULT);
    expect(placeHunks(BASE, hunks)).toEqual({
      ok: true,
      edits: [
        { start: 1, end: 2, lines: ["TWO", "and a half"] },
        { start: 8, end: 9, lines: [] },
      ],
    });
  });

  it("keeps what was typed elsewhere, above, between and below", () => {
    const typed = ["zero", ...BASE.slice(0, 4), "FIVE", "five b", ...BASE.slice(5), "eleven"];
    const expected = ["zero", ...RESULT.slice(0, 5), "FIVE", "five b", ...RESULT.slice(6), "eleven"];
    expect(apply(typed)).toEqual(expected);
  });

  it("is refused where its lines were changed, or stand in more than one place", () => {
    expect(apply(BASE.with(1, "2"))).toBe("changed at 0");
    expect(apply(BASE.toSpliced(8, 1))).toEqual(RESULT);
    expect(apply(["x", ...BASE, ...BASE])).toBe("ambiguous at 0");
  });

  it("changes nothing where it was applied already", () => {
    expect(apply(RESULT)).toEqual(RESULT);
    expect(placeHunks(RESULT, hunks)).toEqual({ ok: true, edits: [] });
  });

  it("is taken back by its inverse, what was typed stays", () => {
    expect(apply(RESULT, inverted(hunks))).toEqual(BASE);
    expect(apply([...RESULT.slice(0, 5), "typed", ...RESULT.slice(5)], inverted(hunks))).toEqual([
      ...[...BASE.slice(0, 4), "typed", ...BASE.slice(4)],
    ]);
  });

  it("adds lines to an empty text and takes all of them away", () => {
    const added = hunksOf(diff("@@ -0,0 +1,2 @@\n+a\n+b\n")) ?? [];
    expect(apply([""], added)).toEqual(["a", "b", ""]);
    expect(apply(["a", "b", ""], inverted(added))).toEqual([""]);
  });
});

it.each([
  ["a new file", { status: "added" as const }],
  ["a deleted file", { status: "deleted" as const }],
  ["a binary file", { binary: true }],
  ["a diff that is cut", { truncated: true }],
  ["a last line that gets an end", { patch: "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n" }],
  ["a last line that loses its end", { patch: "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n" }],
  ["a byte order mark that goes", { patch: "@@ -1 +1 @@\n-\ufeffa\n+a\n" }],
  ["no diff at all", { patch: "" }],
])("makes no hunks of %s", (_, more) => expect(hunksOf(diff(PATCH, more))).toBeUndefined());

it.each([
  ["a last line without an end", "@@ -1,2 +1,2 @@\n-a\n+b\n c\n\\ No newline at end of file\n", ["a", "c"], ["b", "c"]],
  [
    "a last line without an end that changes",
    "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n",
    ["a"],
    ["b"],
  ],
  ["a byte order mark", "@@ -1,2 +1,2 @@\n \ufeffa\n-b\n+c\n", ["a", "b"], ["a", "c"]],
])("makes hunks of lines where %s stays", (_, patch, before, after) => {
  expect(hunksOf(diff(patch))).toEqual([{ line: 0, before, after }]);
});

it("takes line ends of the other system for line ends", () => {
  expect(hunksOf(diff("@@ -1 +1 @@\r\n-a\r\n+b\r\n"))).toEqual([{ line: 0, before: ["a"], after: ["b"] }]);
});
