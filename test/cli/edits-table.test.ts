/** What an outsider would expect of `nexus edits --stdin`, one case a row. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerEditLine } from "../../daemon/cli/edits.ts";

type Change = readonly [search: string, replace: string];

function ask(original: string | null, ...edits: Change[]) {
  const list = edits.map(([search, replace]) => ({ search, replace }));
  return answerEditLine(JSON.stringify({ id: "row", original, edits: list }));
}

/** A table of what is made: name, file, search, replacement, result. */
type Made = readonly [name: string, original: string, search: string, replace: string, result: string];
/** A table of what is not: name, file, search, replacement, and words of the message. */
type Refused = readonly [name: string, original: string, search: string, replace: string, words?: string];

function made(status: "applied" | "applied_approx", rows: readonly Made[]) {
  it.each(rows)("%s", (_name, original, search, replace, result) => {
    const answer = ask(original, [search, replace]);
    expect(answer).toMatchObject({ id: "row", status, result });
    expect("message" in answer).toBe(status === "applied_approx");
  });
}

function refused(status: "rejected" | "ambiguous" | "already_applied" | "noop", rows: readonly Refused[]) {
  it.each(rows.map((row) => ({ row })))("$row.0", ({ row: [, original, search, replace, words = ""] }) => {
    const answer = ask(original, [search, replace]);
    expect(answer).toEqual({ id: "row", status, message: expect.stringContaining(words) });
  });
}

const block = (count: number, line = (index: number) => `${index} line of a block, ${index * 7919} long enough`) =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

describe("exact and once: applied", () => {
  made("applied", [
    ["first line", "a\nb\nc\n", "a\n", "x\n", "x\nb\nc\n"],
    ["last line", "a\nb\nc\n", "c\n", "x\n", "a\nb\nx\n"],
    ["within a line", "let a = 1;\n", "= 1", "= 2", "let a = 2;\n"],
    ["across lines, from the middle to the middle", "ab\ncd\n", "b\nc", "X", "aXd\n"],
    ["whole file", "a\nb\n", "a\nb\n", "c\n", "c\n"],
    ["whole file away", "a\nb\n", "a\nb\n", "", ""],
    ["whole file without final newline", "a\nb", "a\nb", "c", "c"],
    ["a line away", "a\nb\nc\n", "b\n", "", "a\nc\n"],
    ["a word away", "a b c\n", " b", "", "a c\n"],
    ["a second line of the same words", "x;\ny;\n", "x;\n", "x;\nx;\n", "x;\nx;\ny;\n"],
    ["a second import of the same", "import a\nz\n", "import a\n", "import a\nimport a\n", "import a\nimport a\nz\n"],
    ["a list entry twice", '["alpha"]\n', '"alpha"', '"alpha", "alpha"', '["alpha", "alpha"]\n'],
    ["wrapped", "return value;\n", "value", "check(value)", "return check(value);\n"],
    ["wrapped again, a few letters", "f(x)\n", "x", "f(x)", "f(f(x))\n"],
    ["a letter twice", "ab\n", "b", "ab", "aab\n"],
    ["what stands elsewhere too", "new();\nold();\n", "old();", "new();", "new();\nnew();\n"],
    ["exact beside a look-alike", '“a”\n"a"\n', '"a"', "x", "“a”\nx\n"],
    ["exact beside a deeper one", "  a()\n  b()\na()\nb()\n", "\na()\nb()\n", "\nc()\n", "  a()\n  b()\nc()\n"],
    ["exact beside other letters of it", "Total\ntotal\n", "total", "sum", "Total\nsum\n"],
    ["only white space", "a b\n", " ", "_", "a_b\n"],
    ["only a line ending", "a\nb", "\n", " ", "a b"],
    ["only tabs", "a\t\tb\n", "\t\t", "\t", "a\tb\n"],
    ["blank lines around", "a\n\nb\n\nc\n", "\nb\n\n", "\nB\n\n", "a\n\nB\n\nc\n"],
    ["one letter", "x", "x", "y", "y"],
    ["$&", "a b\n", "b", "$&", "a $&\n"],
    ["$1 and $$", "a b\n", "b", "$1$$$2", "a $1$$$2\n"],
    ["$` and $'", "a b\n", "b", "$`$'", "a $`$'\n"],
    ["$<name>", "a b\n", "b", "$<b>", "a $<b>\n"],
    ["\\n as two characters", "a b\n", "b", "\\n", "a \\n\n"],
    ["\\1 and \\0", "a b\n", "b", "\\1\\0", "a \\1\\0\n"],
    ["\\u0041 as six characters", "a b\n", "b", "\\u0041", "a \\u0041\n"],
    ["pattern characters", "f(.*)[a-z]+?{2}|^$\n", "(.*)[a-z]+?{2}|^$", "x", "fx\n"],
    ["a backslash", "a\\b\n", "\\", "\\\\", "a\\\\b\n"],
    ["an escape that the file has", 's = "a\\nb"\n', "a\\nb", "c\\nd", 's = "c\\nd"\n'],
    ["an emoji", "a 😀 b\n", "😀", "😁", "a 😁 b\n"],
    ["beside an emoji", "😀a\n", "a", "b", "😀b\n"],
    ["a family of emoji", "x 👨‍👩‍👧 y\n", "👨‍👩‍👧", "👪", "x 👪 y\n"],
    ["a letter with a mark", "e\u0301a\n", "e\u0301", "e", "ea\n"],
    ["right to left", "שלום a\n", "שלום", "עולם", "עולם a\n"],
    ["a direction mark", "a\u200fb\n", "a\u200fb", "c", "c\n"],
    ["Chinese", "你好，世界\n", "世界", "朋友", "你好，朋友\n"],
    ["U+2028 is no line ending", "a\u2028b\n", "a", "x", "x\u2028b\n"],
    ["a form feed", "a\fb\n", "\f", "\n", "a\nb\n"],
    ["a lone CR", "a\rb\n", "\r", " ", "a b\n"],
    ["a CR that is new", "a\nb\n", "b", "b\rc", "a\nb\rc\n"],
    ["a lone half of a character elsewhere", "\ud800 a\n", "a", "b", "\ud800 b\n"],
    [
      "a very long line",
      `${"x".repeat(300_000)}N${"y".repeat(9)}`,
      "N",
      "M",
      `${"x".repeat(300_000)}M${"y".repeat(9)}`,
    ],
    ["a long search", `${block(500)}\nend\n`, block(500), "all", "all\nend\n"],
    ["a replacement that grows", "a\n", "a", block(200), `${block(200)}\n`],
    [
      "conflict markers away",
      "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n",
      "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n",
      "x\n",
      "x\n",
    ],
    ["one end of a conflict", "a\n", "a", "<<<<<<< a", "<<<<<<< a\n"],
    ["a heading underlined", "a\n", "a", "Title\n=======", "Title\n=======\n"],
    ["a diff's lines that the file has", "-a\n+b\n", "-a", "-c", "-c\n+b\n"],
    ["numbers that the file has", "1\ta\n2\tb\n", "1\ta", "1\tc", "1\tc\n2\tb\n"],
    [
      "indentation of the first line left out",
      "    if x:\n        y()\n",
      "if x:\n        y()\n",
      "if z:\n        y()\n",
      "    if z:\n        y()\n",
    ],
    ["blanks at the end of the line", "a  \nb\n", "a  \n", "a\n", "a\nb\n"],
  ]);
});

describe("line endings, the final one and the mark stay: applied", () => {
  const bodies = [
    ["LF", (text: string) => text],
    ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
  ] as const;
  for (const [file, ofFile] of bodies)
    for (const [edit, ofEdit] of bodies)
      for (const mark of ["", "\ufeff"]) {
        const name = `${file}${mark && " with a mark"}, edited in ${edit}`;
        const row = (what: string, original: string, search: string, replace: string, result: string): Made => {
          return [`${name}: ${what}`, mark + ofFile(original), ofEdit(search), ofEdit(replace), mark + ofFile(result)];
        };
        made("applied", [
          row("a line", "a\nb\nc\n", "b\n", "x\n", "a\nx\nc\n"),
          row("more lines", "a\nb\nc\n", "a\nb\n", "x\ny\nz\n", "x\ny\nz\nc\n"),
          row("fewer lines", "a\nb\nc\n", "a\nb\n", "x\n", "x\nc\n"),
          row("without the ending", "a\nb\nc\n", "b", "x\ny", "a\nx\ny\nc\n"),
          row("the first line", "a\nb\n", "a", "x\na2", "x\na2\nb\n"),
          row("no final ending", "a\nb", "b", "x", "a\nx"),
          row("no final ending, searched with one", "a\nb", "b\n", "x\n", "a\nx"),
          row("no final ending, two lines searched with one", "a\nb", "a\nb\n", "x\ny\n", "x\ny"),
          row("a final ending, searched without", "a\nb\n", "a\nb", "x", "x\n"),
          row("the last line away", "a\nb\n", "b\n", "", "a\n"),
          row("a blank line in between", "a\n\nb\n", "a\n\nb", "a\n\nx", "a\n\nx\n"),
        ]);
      }
  made("applied", [
    ["a final ending, taken on purpose", "a\nb\n", "b\n", "b", "a\nb"],
    ["a final ending, given on purpose", "a\nb", "b", "b\n", "a\nb\n"],
    ["mixed: all others stay", "a\r\nb\nc\r\nd\n", "b", "x", "a\r\nx\nc\r\nd\n"],
    ["mixed, searched with LF: each line its own", "a\r\nb\nc\r\n", "a\nb\n", "x\ny\n", "x\r\ny\nc\r\n"],
    ["mixed, as they are", "a\r\nb\nc\r\n", "a\r\nb\n", "x\r\ny\n", "x\r\ny\nc\r\n"],
    ["a file of one line takes the edit's", "a", "a", "b\r\nc", "b\r\nc"],
    ["a mark in the search", "\ufeffa\n", "\ufeffa", "\ufeffb", "\ufeffb\n"],
    ["a mark in the search only", "\ufeffa\n", "\ufeffa", "b", "\ufeffb\n"],
    ["the last line without ending away", "a\nb", "b\n", "", "a"],
  ]);
});

const ALIKE: readonly (readonly [alike: string, plain: string])[] = [
  ..."‘’‚‛′´ʼ＇".split("").map((each) => [each, "'"] as const),
  ..."“”„‟″＂".split("").map((each) => [each, '"'] as const),
  ..."‐‑‒–—―−－".split("").map((each) => [each, "-"] as const),
  ...["\u00a0", "\u2002", "\u2003", "\u2009", "\u202f", "\u3000"].map((each) => [each, " "] as const),
  ...["\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufe0f"].map(
    (each) => [each, ""] as const,
  ),
  ["…", "..."],
  ["é", "e\u0301"],
  ["가", "\u1100\u1161"],
];

describe("look-alikes: applied, and the file's stay", () => {
  const shown = (text: string) => [...text].map((each) => `U+${each.codePointAt(0)?.toString(16)}`).join(" ");
  made(
    "applied",
    ALIKE.flatMap(([alike, plain]): Made[] => {
      const file = (inner: string, end: string) => `first\nsay a${inner}b and ${end}\nlast\n`;
      const text = (inner: string, end: string) => `say a${inner}b and ${end}`;
      return [
        [`${shown(alike)} in the file`, file(alike, "one"), text(plain, "one"), text(plain, "two"), file(alike, "two")],
        [
          `${shown(alike)} in the search`,
          file(plain, "one"),
          text(alike, "one"),
          text(alike, "two"),
          file(plain, "two"),
        ],
      ];
    }),
  );
  made("applied", [
    ["quotes and CRLF", "“a”\r\n“b”\r\n", '"a"\n"b"\n', '"a"\n"c"\n', "“a”\r\n“c”\r\n"],
    ["quotes and one shift", "  say(“a”)\n  x()\n", 'say("a")\nx()\n', 'say("a")\ny()\n', "  say(“a”)\n  y()\n"],
    ["new ones as they are written", "a – b\n", "a - b", 'a - "b"', 'a – "b"\n'],
  ]);
});

describe("one shift of whole lines: applied", () => {
  const lines = "if x:\n    y()\n\n    z()\n";
  const changed = "if x:\n    while y():\n        w()\n\n    z()\n";
  const deeper = (text: string, by: string) => text.replace(/^(?=.)/gm, by);
  made(
    "applied",
    ["  ", "    ", "\t", "\t\t", " "].flatMap((by): Made[] => {
      // Tabs before the spaces of the lines would mix the two.
      const [one, two] = by.includes("\t")
        ? [lines, changed].map((text) => text.replaceAll("    ", "\t"))
        : [lines, changed];
      const [plain = "", edited = ""] = [one, two];
      return [
        [`the file is deeper by ${JSON.stringify(by)}`, deeper(plain, by), plain, edited, deeper(edited, by)],
        [`the search is deeper by ${JSON.stringify(by)}`, plain, deeper(plain, by), deeper(edited, by), edited],
        [
          `without the last ending, ${JSON.stringify(by)}`,
          deeper(plain, by),
          plain.trimEnd(),
          edited.trimEnd(),
          deeper(edited, by),
        ],
        [
          `in CRLF, ${JSON.stringify(by)}`,
          deeper(plain, by).replaceAll("\n", "\r\n"),
          plain,
          edited,
          deeper(edited, by).replaceAll("\n", "\r\n"),
        ],
      ];
    }),
  );
  made("applied", [
    ["lines fewer", "  a()\n  b()\n  c()\n", "a()\nb()\n", "x()\n", "  x()\n  c()\n"],
    ["lines away", "  a()\n  b()\n  c()\n", "a()\nb()\n", "", "  c()\n"],
    [
      "a blank line of the file with blanks",
      "  a()\n  \n  b()\n",
      "a()\n\nb()\n",
      "a()\n\nc()\n",
      "  a()\n  \n  c()\n",
    ],
    ["no final ending", "{\n  a()\n  b()", "a()\nb()\n", "a()\nc()\n", "{\n  a()\n  c()"],
  ]);
});

const LONG = "const answer = computeTheAnswer(question, options);";

describe("almost, whole lines, once: applied_approx", () => {
  made("applied_approx", [
    ["a letter too few", `x\n${LONG}\n`, LONG.replace("options", "option"), "y", "x\ny\n"],
    ["a letter too many", `x\n${LONG}\n`, LONG.replace("options", "optionss"), "y", "x\ny\n"],
    ["another letter", `x\n${LONG}\n`, LONG.replace("Answer", "answer"), "y", "x\ny\n"],
    [
      "two letters of fifty-one",
      `x\n${LONG}\n`,
      LONG.replace("compute", "computed").replace("ns)", "n)"),
      "y",
      "x\ny\n",
    ],
    ["twenty lines", `${block(20)}\n`, block(20).replace("3 line", "3 lin"), "y", "y\n"],
    [
      "twenty lines and the ending",
      `${block(20)}\nend\n`,
      `${block(20).replace("3 line", "3 lin")}\n`,
      "y\n",
      "y\nend\n",
    ],
    [
      "the unchanged lines stay the file's",
      `${LONG}\nb = 1\n`,
      `${LONG.replace("options", "option")}\nb = 1`,
      `${LONG.replace("options", "option")}\nb = 2`,
      `${LONG}\nb = 2\n`,
    ],
    ["blanks at the end", "a long line\t \nb\n", "a long line\nb\n", "c\n", "c\n"],
    ["blanks at the end of the search", "a long line\nb\n", "a long line  \nb", "c", "c\n"],
    ["CRLF", `x\r\n${LONG}\r\n`, `${LONG.replace("options", "option")}\n`, "y\nz\n", "x\r\ny\r\nz\r\n"],
    [
      "deeper",
      `{\n  ${LONG}\n  b();\n}\n`,
      `${LONG.replace("options", "option")}\nb();`,
      "y();\nz();",
      "{\n  y();\n  z();\n}\n",
    ],
    [
      "cut down, and not done because of that",
      `${LONG}\nf();\ng();\n`,
      `${LONG.replace("options", "option")}\nf();\ng();`,
      "f();\ng();",
      "f();\ng();\n",
    ],
    ["exactly 0.95", "abcdefghijklmnopqrst\n", "abcdefghijklmnopqrsX", "y", "y\n"],
  ]);
});

describe("not there, or not surely: rejected", () => {
  refused("rejected", [
    ["nowhere", "a\nb\n", "nothing of the kind", "x", "not in the file"],
    ["with the closest lines", `x\n${LONG}\ny\n`, "const answer = computeTheAnswer(other, thing, more);", "x", LONG],
    ["another number in a short line", "return 1\n", "return 2", "return 3", "Did you mean"],
    ["another name in a short line", "let total = 1\n", "let totals = 1", "x"],
    ["another sign", "if (a < b)\n", "if (a > b)", "x"],
    ["0.947", "abcdefghijklmnopqrs\n", "abcdefghijklmnopqrX", "y"],
    ["0.92", "abcdefghijklmnopqrstuvwxy\n", "abcdefghijklmnopqrstuvwXY", "y"],
    ["0.90", "abcdefghijklmnopqrst\n", "abcdefghijklmnopqrXY", "y"],
    ["twenty-one lines", `${block(21)}\n`, block(21).replace("3 line", "3 lin"), "y"],
    ["a line too few in the middle", `${block(5)}\n`, block(5).split("\n").toSpliced(2, 1).join("\n"), "y"],
    ["a line too many", `${block(5)}\n`, block(5).split("\n").toSpliced(2, 0, "another").join("\n"), "y"],
    ["lines in another order", `${LONG}\nreturn other(things);\nc();\n`, `return other(things);\n${LONG}\nc();`, "y"],
    ["another size of letters", "const Total = 1;\n", "const total = 1;", "x"],
    ["two spaces for one", "a  = 1\n", "a = 1", "x"],
    ["tabs for spaces", "\ta()\n\tb()\n", "    a()\n    b()\n", "c"],
    ["shifts that differ", "  a()\n    b()\n", "a()\nb()\n", "c"],
    ["a blank line too many", "a()\nb()\n", "a()\n\nb()", "c"],
    ["a blank line too few", "a()\n\nb()\n", "a()\nb()", "c"],
    ["blank lines around", "a();\nb();\n", "\na();\nb();", "c"],
    ["a part of a line, almost", `x ${LONG} y\n`, LONG.replace("options", "option"), "c"],
    ["longer than the file", "a\n", "a\nb\nc\n", "x"],
    ["the high half of an emoji", "x 😀 y\n", "\ud83d", "a"],
    ["the low half of an emoji", "x 😀 y\n", "\ude00 y", "a"],
    ["half of a line ending", "a\r\nb\r\nc", "a\r", "x"],
    ["a letter without its mark, alike", "caf\u00e9\n", "cafe\u0308", "x"],
    ["empty", "a\n", "", "x", "empty"],
    ["invisible", "ab\n", "\u200b", "x"],
    ["a file with NUL", "a\0b\n", "a", "x", "NUL"],
    ["a replacement with NUL", "ab\n", "a", "\0", "NUL"],
    ["a conflict", "ab\n", "ab", "<<<<<<< a\nab\n=======\ncd\n>>>>>>> b", "conflict"],
    ["a shift that would mix tabs and spaces", "\ta();\n\tb();\n", "a();\nb();\n", "a();\n    b();\n", "indentation"],
    ["a replacement less deep than the shift", "a\nb\n", "    a\n    b\n", "    a\n  b\n", "indentation"],
    ["line numbers and tabs", "a\nfoo();\nb\n", "2\tfoo();\n3\tb", "2\tx();", "leave the numbers out"],
    ["line numbers and a colon", "a\nfoo();\nb\n", "2: foo();\n3: b", "x();", "leave the numbers out"],
    ["line numbers and a bar", "a\nfoo();\nb\n", "  2 | foo();\n  3 | b", "x();", "leave the numbers out"],
    ["a line number in a long line", `a\n${LONG}\n`, `2\t${LONG}`, "2\tx", "leave the numbers out"],
    ["a diff's minus", "a\nfoo();\nb\n", "-foo();\n-b", "x();", "diff"],
    ["a diff's plus and context", "a\nfoo();\nb\n", " a\n+foo();\n b", "x();", "diff"],
    ["escaped line endings", "a\nfoo();\nb\n", "a\\nfoo();\\nb", "x", "escaped"],
    ["escaped quotes", 'say("x");\n', 'say(\\"x\\");', "x", "escaped"],
    ["escaped tabs", "a\n\tb\n", "a\\n\\tb", "x", "escaped"],
    ["escaped quotes in a long line", `a("x"); ${LONG}\n`, `a(\\"x\\"); ${LONG}`, "x", "escaped"],
    ["between fences", "a\nfoo();\nb\n", "```js\nfoo();\nb\n```", "x", "Markdown"],
    ["nowhere, and its replacement a brace", "f() {\n}\n", "nothing of the kind", "}"],
    ["nowhere, and its replacement a part of a word", "renewed\n", "other", "new"],
    ["nowhere, and its replacement a common word", "x = new Map()\n", "nothing of the kind", "new"],
    ["nowhere, and its replacement nothing", "a\n", "other", ""],
  ]);
});

describe("several places: ambiguous, never the first", () => {
  refused("ambiguous", [
    ["two lines", "q\nb\nx\nb\n", "b\n", "y\n", "lines 2, 4"],
    ["twice in a line", "a a\n", "a", "b", "lines 1, 1"],
    ["overlapping", "aaa\n", "aa", "b", "lines 1, 1"],
    ["within words", "cat concat\n", "cat", "dog"],
    ["blanks", "a b c\n", " ", "_"],
    ["in CRLF, with LF", "a\r\nb\r\na\r\nb\r\n", "a\nb\n", "x\n", "lines 1, 3"],
    ["look-alikes", "“a”\n„a”\n", '"a"', "x", "lines 1, 2"],
    ["two depths", "  a()\n  b()\nx\n    a()\n    b()\n", "a()\nb()\n", "c()\n", "lines 1, 4"],
    ["two that are almost it", `${LONG}1\n${LONG}2\n`, `${LONG}3`, "x", "lines 1, 2"],
    ["forty", "ab\n".repeat(40), "ab", "x", "…"],
    ["although the replacement stands there", "b\na\na\n", "a", "b"],
    ["although one adds what stands there", "a\nb\na\n", "a\n", "a\nb\n"],
  ]);
});

describe("made before: already_applied", () => {
  refused("already_applied", [
    ["one line", "const b = 2;\n", "const a = 1;", "const b = 2;", "line 1"],
    ["a short line", "x = 2\n", "x = 1", "x = 2", "line 1"],
    ["a word", "bar baz\n", "foo", "bar", "line 1"],
    ["a part of a line", "let x = 2; // y\n", "x = 1;", "x = 2;"],
    ["several lines", "a\nnew one\nnew two\nb\n", "old one\nold two\n", "new one\nnew two\n", "line 2"],
    ["in CRLF", "a\r\nnew one\r\nnew two\r\n", "old one\nold two\n", "new one\nnew two\n", "line 2"],
    ["deeper", "  new one\n  new two\n", "old one\nold two\n", "new one\nnew two\n", "line 1"],
    ["with curly quotes", "say “this” now\n", 'say "that" now', 'say "this" now'],
    ["at an unended end", "a\nnew line", "old line\n", "new line\n"],
    [
      "a line almost the one before",
      "const waitingTimeInSeconds = 31;\n",
      "const waitingTimeInSeconds = 30;",
      "const waitingTimeInSeconds = 31;",
    ],
    ["cut down, beside another like it", `short();\n${LONG}1\n`, `short();${LONG}2`, "short();", "line 1"],
    [
      "cut down, beside one that is almost it",
      "let aaaaaaaaaaaaaaaaaaaaaaaa\nlet aaaaaaaaaaaaaaaaaaaaaaaa = 2\n",
      "let aaaaaaaaaaaaaaaaaaaaaaaa = 1",
      "let aaaaaaaaaaaaaaaaaaaaaaaa",
      "line 1",
    ],
    ["cut down", "return compute(a);\n", "return compute(a); // to do", "return compute(a);"],
    ["a line added below", "import a;\nimport b;\n", "import a;\n", "import a;\nimport b;\n"],
    ["a line added above", "import a;\nimport b;\n", "import b;\n", "import a;\nimport b;\n"],
    ["lines added around", "try {\n  run();\n}\n", "  run();\n", "try {\n  run();\n}\n"],
    ["words added after", "f(a, options = defaults)\n", "f(a", "f(a, options = defaults"],
    ["look-alikes only", "a – b\n", "a - b", "a – b"],
  ]);
});

describe("nothing to do: noop", () => {
  refused("noop", [
    ["the same", "a\n", "a", "a"],
    ["the same but for line endings", "a\r\nb\r\n", "a\r\nb", "a\nb"],
    ["the same several lines", "a\nb\n", "a\nb\n", "a\nb\n"],
    ["the same dollar", "$&\n", "$&", "$&"],
  ]);
});

describe("code left out: rejected, unless the file has that line", () => {
  const signs: readonly (readonly [open: string, close: string])[] = [
    ["// ", ""],
    ["# ", ""],
    ["-- ", ""],
    ["/* ", " */"],
    ["<!-- ", " -->"],
    ["{/* ", " */}"],
    ["; ", ""],
    ["% ", ""],
  ];
  const words = [
    "...",
    "…",
    "... existing code ...",
    "… rest …",
    "unchanged",
    "rest of the file",
    "(rest of the function)",
    "remaining code",
  ];
  const comments = signs.flatMap(([open, close]) => words.map((each) => `${open}${each}${close}`));
  it.each([...comments, "...", "…", "[...]", "... existing code ...", "[rest of the code]"])("%s", (line) => {
    const replace = `begin();\n  ${line}\nend();\n`;
    expect(ask("run();\n", ["run();\n", replace])).toMatchObject({
      status: "rejected",
      message: expect.stringContaining(line),
    });
    expect(ask(`run();\n${line}\n`, ["run();\n", replace])).toMatchObject({ status: "applied" });
    expect(ask(null, ["", replace])).toMatchObject({ status: "rejected" });
  });

  const legitimate = [
    "const all = [...first, ...rest];",
    "call(...args);",
    "  ...props,",
    "function sum(...numbers) {}",
    "def stub(self): ...",
    "pair: tuple[int, ...] = ()",
    "for n in 1...5 {}",
    "args...",
    "func join(parts ...string) {}",
    "match x { 0..=9 => {} }",
    'print("Loading...")',
    "// Loading...",
    "# Wait for the rest of the answer, then go on.",
    "// existing users keep their settings",
    "// same as parse(), but faster",
    "let rest = list.slice(1);",
    "// the remaining time, in seconds",
    "And so it went on...",
    "… and so it went on.",
    "/* keep in step with the schema */",
    "# unchanged since 1.2",
    "#include <rest.h>",
  ];
  it.each(legitimate)("takes %s", (line) => {
    expect(ask("run();\n", ["run();", `begin();\n${line}\nend();`])).toMatchObject({
      status: "applied",
      result: `begin();\n${line}\nend();\n`,
    });
  });
});

describe("several edits, all or none", () => {
  type Rows = readonly (readonly [name: string, original: string, edits: Change[], status: string, more: string])[];
  it.each<Rows[number]>([
    [
      "in order",
      "a b",
      [
        ["a", "c"],
        ["b", "d"],
      ],
      "applied",
      "c d",
    ],
    [
      "backwards",
      "a b",
      [
        ["b", "d"],
        ["a", "c"],
      ],
      "applied",
      "c d",
    ],
    [
      "one on the other",
      "a\n",
      [
        ["a", "b\nc"],
        ["c", "d"],
      ],
      "applied",
      "b\nd\n",
    ],
    [
      "side by side",
      "ab",
      [
        ["a", "x"],
        ["b", "y"],
      ],
      "applied",
      "xy",
    ],
    [
      "what was twice is once by then",
      "a a",
      [
        ["a a", "a"],
        ["a", "b"],
      ],
      "applied",
      "b",
    ],
    [
      "one that changes nothing among others",
      "a\nb\n",
      [
        ["a", "a"],
        ["b", "c"],
      ],
      "applied",
      "a\nc\n",
    ],
    [
      "one approximate among exact ones",
      `q\n${LONG.replaceAll("q", "Q")}\n`,
      [
        ["q", "b"],
        [`${LONG.replaceAll("q", "Q")}x`, "c"],
      ],
      "applied_approx",
      "b\nc\n",
    ],
    [
      "the second nowhere",
      "a\nb\n",
      [
        ["a", "x"],
        ["other things", "y"],
      ],
      "rejected",
      "Edit 2 of 2; none was applied",
    ],
    [
      "the first nowhere",
      "a\nb\n",
      [
        ["other things", "y"],
        ["a", "x"],
      ],
      "rejected",
      "Edit 1 of 2; none was applied",
    ],
    [
      "the second ambiguous",
      "a\nb\nb\n",
      [
        ["a", "x"],
        ["b", "y"],
      ],
      "ambiguous",
      "Edit 2 of 2",
    ],
    [
      "the second ambiguous by the first",
      "a\nb\n",
      [
        ["a", "b"],
        ["b", "y"],
      ],
      "ambiguous",
      "Edit 2 of 2",
    ],
    [
      "the second made before",
      "a\nnew words\n",
      [
        ["a", "x"],
        ["old words", "new words"],
      ],
      "already_applied",
      "Edit 2 of 2",
    ],
    [
      "overlapping",
      "abc def ghi\n",
      [
        ["abc def", "x"],
        ["def ghi", "y"],
      ],
      "rejected",
      "An edit before this one",
    ],
    [
      "the second leaves code out",
      "a\nb\n",
      [
        ["a", "x"],
        ["b", "y();\n// ..."],
      ],
      "rejected",
      "Edit 2 of 2",
    ],
    [
      "back to what it was",
      "a\n",
      [
        ["a", "b"],
        ["b", "a"],
      ],
      "noop",
      "",
    ],
    ["none", "a\n", [], "noop", ""],
  ])("%s", (_name, original, edits, status, more) => {
    const answer = ask(original, ...edits);
    if (status.startsWith("applied")) expect(answer).toMatchObject({ status, result: more });
    else expect(answer).toEqual({ id: "row", status, message: expect.stringContaining(more) });
  });

  it("a thousand", () => {
    const edits = Array.from({ length: 1000 }, (_, index): Change => [`\n${index} line`, `\n${index} LINE`]);
    const answer = ask(`\n${block(1000)}`, ...edits);
    expect(answer.result).toBe(`\n${block(1000).replaceAll(" line", " LINE")}`);
  });
});

describe("a file that is not there, or empty", () => {
  it.each<[name: string, original: string | null, edits: Change[], status: string, result?: string]>([
    ["made", null, [["", "a\n"]], "applied", "a\n"],
    ["made empty", null, [["", ""]], "applied", ""],
    ["made in CRLF, with a mark", null, [["", "\ufeffa\r\n"]], "applied", "\ufeffa\r\n"],
    [
      "made and edited",
      null,
      [
        ["", "a\n"],
        ["a", "b"],
      ],
      "applied",
      "b\n",
    ],
    [
      "made twice",
      null,
      [
        ["", "a"],
        ["", "b"],
      ],
      "rejected",
    ],
    ["edited", null, [["a", "b"]], "rejected"],
    ["not edited at all", null, [], "rejected"],
    ["an empty one written", "", [["", "a\n"]], "applied", "a\n"],
    ["an empty one edited", "", [["a", "b"]], "rejected"],
    ["an empty one left empty", "", [["", ""]], "noop"],
    ["one that is not empty, made", "a\n", [["", "b"]], "rejected"],
  ])("%s", (_name, original, edits, status, result) => {
    const answer = ask(original, ...edits);
    expect(answer.status).toBe(status);
    expect(answer.result).toBe(result);
  });
});

describe("for any file and any edit", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "é",
    "e\u0301",
    "😀",
    "“",
    '"',
    "–",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "$&",
    "\\n",
    "x1",
    "foo(",
    ");",
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 40 }).map((pieces) => pieces.join(""));
  const occurrencesOf = (original: string, search: string) => {
    let count = 0;
    for (let at = original.indexOf(search); at >= 0; at = original.indexOf(search, at + 1)) count += 1;
    return count;
  };

  it("a search that stands there once is replaced as it is; one that stands there twice is not", () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat({ max: 12 }), text, (original, at, length, replace) => {
        const points = [...original];
        const from = at % points.length;
        const search = points.slice(from, from + length + 1).join("");
        if (search === replace) return;
        const { status, result } = ask(original, [search, replace]);
        if (occurrencesOf(original, search) > 1) expect({ status, result }).toEqual({ status: "ambiguous" });
        else if (status !== "already_applied")
          expect({ status, result }).toEqual({ status: "applied", result: original.split(search).join(replace) });
        else expect(replace.includes(search) && original.includes(replace) && result === undefined).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it("what is not made has a message and no result", () => {
    fc.assert(
      fc.property(text, text, text, (original, search, replace) => {
        const answer = ask(original, [search, replace]);
        const isMade = answer.status.startsWith("applied");
        expect("result" in answer).toBe(isMade);
        if (!isMade) expect(answer.message).toMatch(/./);
        else expect(answer.result).not.toBe(original);
      }),
      { numRuns: 1500 },
    );
  });
});
