import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createSyntaxChecker } from "../../../daemon/memory/code/syntax.ts";
import { newProblems, type Problem } from "../../../daemon/tools/checks/problem.ts";
import type { CodeLookup } from "../../../daemon/tools/code-lookup.ts";
import { call, contextOf, get, makeFolder } from "../workspace.ts";

const at = (line: number, text: string, message = "syntax error"): Problem => ({ line, text, message });

it("knows a problem again when its line has moved", () => {
  expect(newProblems([at(3, "foo(")], [at(30, "  foo(  ")])).toEqual([]);
  expect(newProblems([at(3, "foo(")], [at(3, "foo("), at(9, "bar(")])).toEqual([at(9, "bar(")]);
  expect(newProblems([at(3, "foo(")], [at(3, "foo("), at(9, "foo(")])).toEqual([at(9, "foo(")]);
});

it("blames nobody for a broken file whose errors only look different", () => {
  expect(newProblems([at(1, "a("), at(2, "b(")], [at(1, "c(")])).toEqual([]);
});

it("tells no more than there are more of, and all of a file that was whole", () => {
  const problem = fc.record({
    line: fc.nat(),
    text: fc.constantFrom("a", "b", "c"),
    message: fc.constantFrom("x", "y"),
  });
  const some = fc.array(problem, { maxLength: 8 });
  fc.assert(
    fc.property(some, some, (before, after) => {
      const found = newProblems(before, after);
      expect(newProblems([], after)).toEqual(after);
      expect(newProblems(after, after)).toEqual([]);
      if (before.length > 0) expect(found.length).toBeLessThanOrEqual(Math.max(0, after.length - before.length));
      for (const one of found) expect(after).toContain(one);
    }),
  );
});

const checker = createSyntaxChecker({ folder: join(import.meta.dirname, "../../../grammars") });
const lookup: CodeLookup = {
  search: async () => [],
  symbols: async () => [],
  uses: async () => undefined,
  syntax: (path, text) => checker.check(path, text),
};

it("is told with the edit that broke a file, and with no other", async () => {
  const root = makeFolder({
    "a.ts": "export const a = 1;\nexport const b = 2;\n",
    "old.ts": "const broken = (;\nconst c = 3;\n",
  });
  const options = { context: contextOf(root, { code: lookup }) };
  const edit = (path: string, search: string, replace: string) =>
    call(root, "edit_file", { path, edits: [{ search, replace }] }, options);
  expect((await edit("a.ts", "= 2", "= 3")).output).not.toContain("brought in");
  expect((await edit("old.ts", "c = 3", "c = 4")).output).not.toContain("brought in");
  const broken = await edit("a.ts", "= 1;", "= (1;");
  expect(broken.status).toBe("done");
  expect(broken.output).toMatch(/This change brought in:\nline 1: .*: export const a = \(1;/);
  const written = await call(root, "write_file", { path: "new.py", content: "def f(:\n    pass\n" }, options);
  expect(written.output).toMatch(/brought in:\nline 1: .*: def f\(:/);
  expect(get(root, "new.py")).toContain("def f(:");
});

it("never makes a write fail", async () => {
  const root = makeFolder({ "a.ts": "1\n" });
  const syntax = () => Promise.reject(new Error("no"));
  const context = contextOf(root, { code: { ...lookup, syntax } });
  const result = await call(root, "edit_file", { path: "a.ts", edits: [{ search: "1", replace: "2" }] }, { context });
  expect(result).toMatchObject({ status: "done", output: expect.not.stringContaining("brought in") });
});
