import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits } from "../../daemon/tools/edit-text.ts";

const edit = (search: string, replace: string) => ({ search, replace });

describe("applyEdits", () => {
  const cases: [name: string, text: string, search: string, replace: string, result: string][] = [
    ["a word", "let a = 1;\n", "1", "2", "let a = 2;\n"],
    ["several lines", "a\nb\nc\n", "a\nb", "x", "x\nc\n"],
    ["in a file with CRLF, searched with LF", "a\r\nb\r\nc\r\n", "a\nb\n", "x\ny\n", "x\r\ny\r\nc\r\n"],
    ["in a file with LF, searched with CRLF", "a\nb\nc\n", "a\r\nb\r\n", "x\r\ny\r\n", "x\ny\nc\n"],
    ["without a final line ending", "a\nb", "b", "c\nd", "a\nc\nd"],
    ["the final line ending itself", "a\nb\n", "b\n", "b", "a\nb"],
    ["a CRLF away", "a\r\nb\r\n", "a\nb", "ab", "ab\r\n"],
    ["after a byte order mark", "\ufeffa\r\nb\r\n", "a\n", "x\n", "\ufeffx\r\nb\r\n"],
    ["in mixed line endings, with the one above", "a\r\nb\nc\nd\r\n", "c\n", "c\nnew\n", "a\r\nb\nc\nnew\nd\r\n"],
    ["in mixed line endings, the others kept", "a\r\nb\nc\r\n", "a\nb\nc", "a\nB\nc", "a\r\nB\nc\r\n"],
    ["dollar signs as they are", "price\n", "price", "$& $1 $$ $` $'", "$& $1 $$ $` $'\n"],
    ["what looks like a pattern", "a.*b(c)[d]\n", ".*b(c)[d]", "+", "a+\n"],
    ["to nothing", "a\nb\nc\n", "b\n", "", "a\nc\n"],
    ["characters beyond the first plane", "x 😀 y 😁\n", "😁", "😂", "x 😀 y 😂\n"],
    ["a lone CR as text", "a\rb\n", "a\rb", "c", "c\n"],
    ["the first line of a CRLF file", "a\r\nb", "a", "x\ny", "x\r\ny\r\nb"],
    ["one line without any ending", "a", "a", "b\nc", "b\nc"],
  ];
  it.each(cases)("replaces %s", (_name, text, search, replace, result) => {
    expect(applyEdits(text, [edit(search, replace)])).toMatchObject({ status: "applied", text: result });
  });

  it("applies edits in order, each to the result of the one before, and says where", () => {
    const outcome = applyEdits("a\nb\nc\n", [edit("c", "d"), edit("a", "x\ny"), edit("d", "e")]);
    expect(outcome).toEqual({ status: "applied", text: "x\ny\nb\ne\n", lines: [3, 1, 4] });
  });

  it.each([
    ["not there", [edit("q", "x"), edit("zzz", "y")], { status: "not_found", index: 1, alreadyAt: undefined }],
    ["applied before", [edit("old call();", "const answer = 42;")], { status: "not_found", index: 0, alreadyAt: 3 }],
    ["there twice", [edit("b", "x")], { status: "ambiguous", index: 0, lines: [2, 4] }],
    ["there twice, overlapping", [edit("oo", "x")], { status: "ambiguous", index: 0, lines: [5, 5] }],
    ["the same", [edit("q", "q")], { status: "noop", index: 0 }],
    ["the same but for line endings", [edit("q\r\nb", "q\nb")], { status: "noop", index: 0 }],
    [
      "gone after an earlier edit",
      [edit("q", "x"), edit("q\nb", "y")],
      { status: "not_found", index: 1, alreadyAt: undefined },
    ],
  ])("refuses what is %s", (_name, edits, outcome) => {
    expect(applyEdits("q\nb\nconst answer = 42;\nb\nooo\n", edits)).toEqual(outcome);
  });
});

describe("whatever the file and the edit", () => {
  const ending = fc.constantFrom("\n", "\r\n");
  const line = fc.string({ unit: fc.constantFrom("a", "b", " ", "\t", "$", "é", "😀", "\u2028", "\\"), maxLength: 6 });
  const file = fc
    .tuple(fc.constantFrom("", "\ufeff"), fc.array(fc.tuple(line, ending), { maxLength: 8 }), line)
    .map(([mark, lines, last]) => mark + lines.map(([text, end]) => text + end).join("") + last);

  it("everything before and after the match keeps every byte", () => {
    const inputs = fc.tuple(file, fc.nat(), fc.nat({ max: 12 }), file);
    fc.assert(
      fc.property(inputs, ([text, at, length, replace]) => {
        const start = at % (text.length + 1);
        const cut = /\r$/.test(text.slice(0, start)) ? start - 1 : start;
        let end = Math.min(text.length, start + length);
        if (text[end - 1] === "\r" && text[end] === "\n") end += 1;
        const search = text.slice(cut, end);
        if (search === "") return;
        const outcome = applyEdits(text, [{ search, replace }]);
        if (outcome.status !== "applied") {
          expect(["ambiguous", "noop"]).toContain(outcome.status);
          return;
        }
        expect(outcome.text.startsWith(text.slice(0, cut))).toBe(true);
        expect(outcome.text.endsWith(text.slice(end))).toBe(true);
        const middle = outcome.text.slice(cut, outcome.text.length - (text.length - end));
        expect(middle.replaceAll("\r\n", "\n")).toBe(replace.replaceAll("\r\n", "\n"));
      }),
      { numRuns: 3000 },
    );
  });

  it("a file with one kind of line ending keeps to it", () => {
    const lines = fc.array(line, { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(lines, ending, fc.nat(), file, (texts, end, which, replace) => {
        const numbered = texts.map((text, index) => `${index}:${text}`);
        const search = numbered[which % numbered.length] ?? "";
        const outcome = applyEdits(numbered.join(end), [{ search, replace }]);
        if (outcome.status !== "applied") return;
        const endings = outcome.text.match(/\r?\n/g) ?? [];
        expect(endings.every((found) => found === end)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("going there and back restores the file", () => {
    fc.assert(
      fc.property(file, fc.nat(), (text, at) => {
        const lines = text.split("\n");
        const search = lines[at % lines.length]?.replace(/\r$/, "") ?? "";
        if (search === "") return;
        const there = applyEdits(text, [{ search, replace: "UNIQUE MARK" }]);
        if (there.status !== "applied") return;
        expect(applyEdits(there.text, [{ search: "UNIQUE MARK", replace: search }])).toMatchObject({ text });
      }),
      { numRuns: 1000 },
    );
  });
});
