import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createSyntaxChecker } from "../../../daemon/memory/code/syntax.ts";

const checker = createSyntaxChecker({ folder: join(import.meta.dirname, "../../../grammars") });

it.each([
  ["a.ts", "const a = 1;\nfunction f( {\n  return a;\n}\n", 2],
  ["a.tsx", "const a = <p>hi</p>;\nconst b = <p>hi;\n", 2],
  ["a.py", "def f():\n    return 1\n\ndef g(:\n    return 2\n", 4],
  ["a.go", "package a\n\nfunc f() int {\n\treturn 1 +\n}\n", 4],
  ["a.rs", "fn f() -> i32 { 1 }\nfn g( -> i32 { 2 }\n", 2],
  ["a.json", '{"a": 1,\n"b" 2}\n', 2],
])("finds where %s is broken", async (path, text, line) => {
  const problems = await checker.check(path, text);
  expect(problems?.length).toBeGreaterThan(0);
  expect(Math.abs((problems?.[0]?.line ?? 0) - line)).toBeLessThanOrEqual(1);
});

it.each([
  ["a.ts", "export const a: number = 1;\n"],
  ["a.py", "def f():\n    return 1"],
  ["a.go", "package a\n"],
])("finds nothing in %s that is whole", async (path, text) => {
  expect(await checker.check(path, text)).toEqual([]);
});

it("says what is missing", async () => {
  expect(await checker.check("a.ts", "function f() {\n  return 1;\n")).toEqual([
    { line: expect.any(Number), text: expect.any(String), message: "“}” is missing" },
  ]);
});

it("cannot tell for what has no grammar or is long", async () => {
  expect(await checker.check("a.unknown", "(((")).toBeUndefined();
  expect(await checker.check("a.ts", "x;\n".repeat(200_000))).toBeUndefined();
});

it("answers for any text", async () => {
  const text = fc.string({ unit: fc.constantFrom(..."(){}[]<>\"'`;=: \nabc01#/*@é\u0000".split("")), maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("a.ts", "a.py", "a.go", "a.json"), text, async (path, given) => {
      for (const problem of (await checker.check(path, given)) ?? []) expect(problem.line).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});
