/** Blocks of ours in files of Lua and Emacs Lisp. */
import { describe, expect, it } from "vitest";
import { blockText, putBlock } from "../../../daemon/cli/setup/block.ts";
import { lispProblem } from "../../../daemon/cli/setup/lisp.ts";

const BLOCK = { comment: ";;", lines: ["(one)", "(two)"], problem: lispProblem };
const own = blockText(BLOCK);

describe("a block", () => {
  const cases: [name: string, before: string | undefined, after: string][] = [
    ["is a file of its own", undefined, `${own}\n`],
    ["goes to the end", "(mine)\n", `(mine)\n\n${own}\n`],
    ["goes to the end of a file without a last line end", "(mine)", `(mine)\n\n${own}\n`],
    ["replaces what stands between the marks", `(a)\n${own.replace("(two)", "(old)")}\n(b)\n`, `(a)\n${own}\n(b)\n`],
    ["has the file's line ends", "(mine)\r\n", `(mine)\r\n\r\n${own.replaceAll("\n", "\r\n")}\r\n`],
  ];
  it.each(cases)("%s", (_name, before, after) => {
    expect(putBlock(before, BLOCK)).toMatchObject({ text: after });
    expect(putBlock(after, BLOCK)).toEqual({ state: "set" });
  });

  it.each([own.split("\n").slice(0, -1).join("\n"), `${own}\n${own}\n`, own.split("\n").reverse().join("\n")])(
    "is not put where its marks are broken: %j",
    (text) => {
      expect(putBlock(text, BLOCK)).toMatchObject({ state: "unreadable", why: expect.stringContaining("mark") });
    },
  );

  it("is not put into Lisp that is not whole", () => {
    expect(putBlock('(setq a "x)\n', BLOCK)).toEqual({
      state: "unreadable",
      why: "The string that begins in line 1 does not end.",
    });
  });
});

describe("Emacs Lisp", () => {
  const cases: [text: string, problem: string | undefined][] = [
    ["(a [b (c)]) ; ) unbalanced comment", undefined],
    [`(list ?\\( ?) ?\\" ?\\\\ ?a foo? "str;ing )" 'x)`, undefined],
    ["(global-set-key [?\\C-x] 'a)", undefined],
    ["(a\\)b)", undefined],
    ["(a\n(b)", "The “(” in line 1 is not closed."],
    ["(a)\n)", "The “)” in line 2 closes nothing."],
    ["(a [b)]", "The “)” in line 1 closes nothing."],
    ['"a \\" b', "The string that begins in line 1 does not end."],
  ];
  it.each(cases)("%j", (text, problem) => {
    expect(lispProblem(text)).toBe(problem);
  });
});
