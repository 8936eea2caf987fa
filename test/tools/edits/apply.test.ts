import { describe, expect, it } from "vitest";
import { applyEdits, createByEdits, type EditOutcome } from "../../../daemon/tools/edits/apply.ts";

type Row = [name: string, original: string, search: string, replace: string, result: string];

function apply(original: string, ...edits: [search: string, replace: string][]): EditOutcome {
  return applyEdits(
    original,
    edits.map(([search, replace]) => ({ search, replace })),
  );
}

const BLOCK =
  "def total(items):\n    result = 0\n    for item in items:\n        result += item.price\n    return result\n";
const DEEP = BLOCK.replace(/^(?=.)/gm, "    ");
const TABS = "class A {\n\trun() {\n\t\tone();\n\t\ttwo();\n\t}\n}\n";

describe("applies, silently", () => {
  it.each<Row>([
    ["a word", "let a = 1;\n", "1", "2", "let a = 2;\n"],
    ["several lines", "a\nb\nc\n", "a\nb", "x", "x\nc\n"],
    ["to nothing", "a\nb\nc\n", "b\n", "", "a\nc\n"],
    ["the only exact one of several alike", 'say "a"\nsay “a”\n', 'say "a"', "b", "b\nsay “a”\n"],
    ["dollar signs as they are", "price\n", "price", "$& $1 $$ $` $' $<n>", "$& $1 $$ $` $' $<n>\n"],
    ["backslashes as they are", "a\n", "a", "\\n\\1\\\\", "\\n\\1\\\\\n"],
    ["what looks like a pattern", "a.*b(c)[d]\n", ".*b(c)[d]", "+", "a+\n"],
    ["characters beyond the first plane", "x 😀 y 😁\n", "😁", "😂", "x 😀 y 😂\n"],
    ["a lone CR as text", "a\rb\n", "a\rb", "c", "c\n"],
    ["a line separator as text", "a\u2028b\nc\n", "a\u2028b", "d", "d\nc\n"],
    // Line endings.
    ["CRLF, searched with LF", "a\r\nb\r\nc\r\n", "a\nb\n", "x\ny\n", "x\r\ny\r\nc\r\n"],
    ["LF, searched with CRLF", "a\nb\nc\n", "a\r\nb\r\n", "x\r\ny\r\n", "x\ny\nc\n"],
    ["CRLF, one line made several", "a\r\nb\r\n", "a", "x\ny", "x\r\ny\r\nb\r\n"],
    ["CRLF with CRLF", "a\r\nb\r\n", "a\r\nb", "x\r\nb", "x\r\nb\r\n"],
    ["a CRLF away", "a\r\nb\r\n", "a\nb", "ab", "ab\r\n"],
    ["from a line ending on", "a\r\nb\r\n", "\nb", "\nc", "a\r\nc\r\n"],
    ["a line ending away that was searched with LF", "a\r\nb\r\n", "\nb", "b", "ab\r\n"],
    ["mixed endings, with the one above", "a\r\nb\nc\nd\r\n", "c\n", "c\nnew\n", "a\r\nb\nc\nnew\nd\r\n"],
    ["mixed endings, the others kept", "a\r\nb\nc\r\n", "a\nb\nc", "a\nB\nc", "a\r\nB\nc\r\n"],
    ["mixed endings, named as they are", "a\r\nb\nc\r\n", "a\r\nb\n", "x\ny\r\n", "x\ny\r\nc\r\n"],
    ["the first line of a CRLF file", "a\r\nb", "a", "x\ny", "x\r\ny\r\nb"],
    ["one line without any ending", "a", "a", "b\nc", "b\nc"],
    // The final newline and the mark.
    ["without a final line ending", "a\nb", "b", "c\nd", "a\nc\nd"],
    ["the final line ending itself", "a\nb\n", "b\n", "b", "a\nb"],
    ["a last line without ending, searched with one", "a\nb", "b\n", "c\n", "a\nc"],
    ["the same with CRLF", "a\r\nb", "a\nb\n", "a\nc\nd\n", "a\r\nc\r\nd"],
    ["a last line without ending away", "a\nb", "b\n", "", "a"],
    ["after a byte order mark", "\ufeffa\r\nb\r\n", "a\n", "x\n", "\ufeffx\r\nb\r\n"],
    ["before it: the mark stays first", "\ufeffa\n", "a\n", "\ufeffx\na\n", "\ufeffx\na\n"],
    ["a search with a mark that the file lacks", "a\nb\n", "\ufeffa\n", "x\n", "x\nb\n"],
    // Look-alikes.
    ["curly quotes, kept", "say “hi” now\n", 'say "hi" now', 'say "hi" then', "say “hi” then\n"],
    ["straight ones, kept", 'say "hi" now\n', "say “hi” now", "say “hi” then", 'say "hi" then\n'],
    ["an apostrophe", "it’s on\n", "it's on", "it's off", "it’s off\n"],
    ["a dash", "a – b\nx\n", "a - b", "a - c", "a – c\nx\n"],
    ["a no-break space", "a\u00a0b c\n", "a b c", "a b d", "a\u00a0b d\n"],
    ["a no-break space in the search", "a b c\n", "a\u00a0b c", "a\u00a0b d", "a b d\n"],
    ["an invisible character", "ab\u200bc = 1\n", "abc = 1", "abc = 2", "ab\u200bc = 2\n"],
    ["an ellipsis", "wait… now\n", "wait... now", "wait... then", "wait… then\n"],
    ["letters in parts", "cafe\u0301 = 1\n", "caf\u00e9 = 1", "caf\u00e9 = 2", "cafe\u0301 = 2\n"],
    ["letters composed", "caf\u00e9 = 1\n", "cafe\u0301 = 1", "cafe\u0301 = 2", "caf\u00e9 = 2\n"],
    ["look-alikes and CRLF", "“a”\r\n“b”\r\n", '"a"\n"b"\n', '"a"\n"c"\n', "“a”\r\n“c”\r\n"],
    ["new quotes as they are written", "a – b\n", "a - b", 'a - "b"', 'a – "b"\n'],
    // One shift.
    ["a block that stands deeper", DEEP, BLOCK, BLOCK.replace("0", "1"), DEEP.replace("0", "1")],
    ["a block that stands less deep", BLOCK, DEEP, DEEP.replace("0", "1"), BLOCK.replace("0", "1")],
    [
      "with tabs, deeper",
      TABS,
      "run() {\n\tone();\n\ttwo();\n}\n",
      "run() {\n\tone();\n}\n",
      "class A {\n\trun() {\n\t\tone();\n\t}\n}\n",
    ],
    ["with blank lines that are not alike", "  a\n \n  b\nc\n", "a\n\nb\n", "a\n\nB\n", "  a\n \n  B\nc\n"],
    [
      "deeper lines within",
      "  if a:\n    b\n",
      "if a:\n  b\n",
      "if a:\n  while b:\n    c\n",
      "  if a:\n    while b:\n      c\n",
    ],
    ["CRLF too", "  a\r\n  b\r\n", "a\nb\n", "a\nc\nd\n", "  a\r\n  c\r\n  d\r\n"],
  ])("%s", (_name, original, search, replace, result) => {
    expect(apply(original, [search, replace])).toMatchObject({ status: "applied", text: result, notes: [] });
  });

  it("edits in order, each on the result of the one before, and says where", () => {
    const outcome = apply("a\nb\nc\n", ["c", "d"], ["a", "x\ny"], ["d", "e"]);
    expect(outcome).toEqual({ status: "applied", text: "x\ny\nb\ne\n", lines: [3, 1, 4], notes: [] });
  });
});

const LINE = "const answer = computeTheAnswer(question, options);\n";

describe("applies approximately, and says what differed", () => {
  it.each<[...Row, note: string]>([
    [
      "one letter of a long line",
      `x\n${LINE}y\n`,
      LINE.replace("options", "option"),
      "const answer = 42;\n",
      "x\nconst answer = 42;\ny\n",
      'line 2: searched "const answer = computeTheAnswer(question, option);"',
    ],
    [
      "lines around the change stay the file's",
      `${LINE}const b = 1;\n`,
      `${LINE.replace("options", "option")}const b = 1;\n`,
      `${LINE.replace("options", "option")}const b = 2;\n`,
      `${LINE}const b = 2;\n`,
      "likeness 0.98",
    ],
    [
      "blanks at the end of a line",
      "first line  \nsecond\n",
      "first line\nsecond\n",
      "first line\n2nd\n",
      "first line  \n2nd\n",
      'found "first line  "',
    ],
    [
      "deeper by one shift",
      `  ${LINE}  b();\n`,
      `${LINE.replace("options", "option")}b();\n`,
      "c();\n",
      "  c();\n",
      "likeness",
    ],
  ])("%s", (_name, original, search, replace, result, note) => {
    const outcome = apply(original, [search, replace]);
    expect(outcome).toMatchObject({ status: "applied_approx", text: result });
    expect("notes" in outcome && outcome.notes.join()).toContain(note);
  });
});

describe("refuses", () => {
  const REAL = "function add(a, b) {\n  // sum\n  return a + b;\n}\n";
  it.each<[name: string, original: string, search: string, replace: string, status: string, words: string]>([
    ["what is not there", REAL, "function subtract(x, y, z) {", "x", "rejected", "not in the file"],
    [
      "what is not there, with the closest lines",
      REAL,
      "function adding(a, b, c) {",
      "x",
      "rejected",
      "from line 1?\nfunction add(a, b) {",
    ],
    ["what is a little like it", REAL, "return a - b;", "x", "rejected", "Did you mean these lines, from line 3"],
    ["letters of another size", "const Total = 1;\n", "const total = 1;", "x", "rejected", ""],
    ["another number", "timeout = 30\n", "timeout = 60", "timeout = 90", "rejected", ""],
    ["a line too many", "a = 1\nb = 2\n", "a = 1\nx\nb = 2\n", "c", "rejected", ""],
    ["a blank line too many", "alpha = 1\nbeta = 2\n", "alpha = 1\n\nbeta = 2\n", "c", "rejected", ""],
    ["shifts that differ", "    if a:\n        b()\n", "if a:\n  b()\n", "c\n", "rejected", ""],
    ["tabs for spaces", "\tif a:\n\t\tb()\n", "    if a:\n        b()\n", "    c\n", "rejected", ""],
    ["white space within a line", "a  = 1\n", "a = 1", "b", "rejected", ""],
    [
      "a shift that would mix tabs and spaces",
      "\trun();\n\tstop();\n",
      "run();\nstop();\n",
      "run();\n    stop();\n",
      "rejected",
      "another indentation",
    ],
    [
      "a shift that the replacement cannot make",
      "a\nb\n",
      "    a\n    b\n",
      "    a\n  b2\n",
      "rejected",
      "another indentation",
    ],
    ["half a line with another indentation", "  call(one, two)\n", "    call(one,", "x", "rejected", ""],
    ["an empty search", REAL, "", "x", "rejected", "search is empty"],
    ["a search of nothing but look-alikes", "a b\n", "\u200b", "x", "rejected", ""],
    ["what stands there twice", "q\nb\nx\nb\n", "b", "y", "ambiguous", "lines 2, 4"],
    ["what stands there twice, overlapping", "ooo\n", "oo", "x", "ambiguous", "lines 1, 1"],
    ["two that are alike once folded", "“a”\n”a“\n", '"a"', "x", "ambiguous", "lines 1, 2"],
    [
      "two of other indentation",
      "  a()\n  b()\nx\n    a()\n    b()\n",
      "a()\nb()\n",
      "c()\n",
      "ambiguous",
      "lines 1, 4",
    ],
    [
      "two that are almost it",
      `${LINE.replace("answer", "answer1")}${LINE.replace("answer", "answer2")}`,
      LINE,
      "x\n",
      "ambiguous",
      "lines 1, 2",
    ],
    ["the same", "q\n", "q", "q", "noop", "nothing would change"],
    ["the same but for line endings", "q\r\nb", "q\r\nb", "q\nb", "noop", "nothing would change"],
    ["what was done", "const b = 2;\n", "const a = 1;", "const b = 2;", "already_applied", "line 1"],
    ["what was done, a few letters of it", "a\nb\n", "c\n", "b\n", "already_applied", "line 2"],
    [
      "what was done, deeper",
      "  const b = 2;\n  c();\n",
      "const a = 1;\n",
      "const b = 2;\nc();\n",
      "already_applied",
      "line 1",
    ],
    [
      "what was done, in CRLF",
      "const b = 2;\r\nc();\r\n",
      "const a = 1;\n",
      "const b = 2;\nc();\n",
      "already_applied",
      "line 1",
    ],
    [
      "what was added before",
      "import a;\nimport b;\n",
      "import a;\n",
      "import a;\nimport b;\n",
      "already_applied",
      "line 1",
    ],
    [
      "what was added before, above",
      "import a;\nimport b;\n",
      "import b;\n",
      "import a;\nimport b;\n",
      "already_applied",
      "",
    ],
    ["what looks the same already", "a – b\n", "a - b", "a – b", "already_applied", "line 1"],
    ["a NUL in the file", "a\0b\n", "a", "c", "rejected", "NUL"],
    ["a NUL in the replacement", "ab\n", "a", "\0", "rejected", "NUL"],
    ["line numbers copied along", `a\n${LINE}`, `  2\t${LINE}`, `  2\tx\n`, "rejected", "leave the numbers out"],
    [
      "the markers of a conflict",
      "ab\n",
      "ab",
      "<<<<<<< SEARCH\nab\n=======\ncd\n>>>>>>> REPLACE",
      "rejected",
      "conflict",
    ],
  ])("%s", (_name, original, search, replace, status, words) => {
    const outcome = apply(original, [search, replace]);
    expect(outcome).toMatchObject({ status, index: 0 });
    expect("message" in outcome && outcome.message).toContain(words);
    expect(outcome).not.toHaveProperty("text");
  });

  it.each<[name: string, edits: [string, string][], index: number, status: string, words: string]>([
    [
      "all when one does not fit",
      [
        ["a", "x"],
        ["zzz", "y"],
      ],
      1,
      "rejected",
      "not in the file",
    ],
    [
      "what an edit before changed",
      [
        ["alpha = 1", "omega = 7"],
        ["alpha = 1\nb", "y"],
      ],
      1,
      "rejected",
      "An edit before this one changed",
    ],
    [
      "what cancels out",
      [
        ["b", "q"],
        ["q", "b"],
      ],
      0,
      "noop",
      "",
    ],
    [
      "an empty search in the middle",
      [
        ["b", "q"],
        ["", "b"],
      ],
      1,
      "rejected",
      "empty",
    ],
  ])("several edits: %s", (_name, edits, index, status, words) => {
    const outcome = apply(
      "alpha = 1\nb\n",
      ...edits.map(([search, replace]): [string, string] => [search === "a" ? "alpha" : search, replace]),
    );
    expect(outcome).toMatchObject({ status, index });
    expect("message" in outcome && outcome.message).toContain(words);
  });

  it("no edits at all: nothing would change", () => {
    expect(apply("a")).toMatchObject({ status: "noop" });
  });
});

describe("a file that is not there, or empty", () => {
  const create = (...edits: [search: string, replace: string][]) =>
    createByEdits(edits.map(([search, replace]) => ({ search, replace })));

  it("is made by an edit with an empty search", () => {
    expect(create(["", "a\n"])).toMatchObject({ status: "applied", text: "a\n" });
    expect(create(["", ""])).toMatchObject({ status: "applied", text: "" });
    expect(create(["", "a\n"], ["a", "b"])).toMatchObject({ status: "applied", text: "b\n" });
    expect(apply("", ["", "a\n"])).toMatchObject({ status: "applied", text: "a\n" });
  });

  it("is not made by any other", () => {
    expect(create(["a", "b"])).toMatchObject({ status: "rejected" });
    expect(create()).toMatchObject({ status: "rejected" });
    expect(create(["", "// ... rest of the code ...\n"])).toMatchObject({ status: "rejected" });
    expect(create(["", "\0"])).toMatchObject({ status: "rejected" });
    expect(create(["", "a\n"], ["q", "b"])).toMatchObject({ status: "rejected", index: 1 });
    expect(apply("", ["a", "b"])).toMatchObject({ status: "rejected" });
    expect(apply("", ["", ""])).toMatchObject({ status: "noop" });
    expect(apply("", ["", "# ... existing code ..."])).toMatchObject({ status: "rejected" });
  });
});
