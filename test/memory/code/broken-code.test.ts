/** Whatever is in a file, reading it gives facts that hold together, and never throws. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExtractor } from "../../../daemon/memory/code/extract.ts";
import type { FileFacts } from "../../../daemon/memory/code/facts.ts";
import { fixtures, grammars } from "./fixtures.ts";

const extractor = await createExtractor({ folder: grammars });
for (const { path, text } of fixtures) await extractor.prepare(path, text);

describe("code that is not whole", () => {
  for (const { path, text } of fixtures)
    it(`is read wherever ${path} is cut off`, () => {
      for (let end = 0; end < text.length; end += 17) holdsTogether(extractor.extract(path, text.slice(0, end)), text);
    });

  it("still gives what stands before and after an error", () => {
    const text = "export function first() {}\nfunction broken( {{{ ]]\n\nexport function last() { return first(); }\n";
    const { symbols, broken } = extractor.extract("a.ts", text);
    expect(broken).toBe(true);
    expect(symbols.map(({ name }) => name)).toEqual(expect.arrayContaining(["first"]));
  });

  it("may be any mixture of its own pieces", () => {
    const sample = fc.constantFrom(...fixtures);
    const pieces = fc.array(fc.tuple(fc.nat(), fc.nat(60)), { maxLength: 12 });
    fc.assert(
      fc.property(sample, pieces, ({ path, text }, cuts) => {
        const mixed = cuts.map(([at, length]) => text.slice(at % text.length, (at % text.length) + length)).join("");
        holdsTogether(extractor.extract(path, mixed), mixed);
      }),
      { numRuns: 300 },
    );
  });

  it("may be any text at all", () => {
    const endings = fixtures.map(({ path }) => path);
    fc.assert(
      fc.property(fc.constantFrom(...endings), fc.string({ unit: "binary", maxLength: 300 }), (path, text) => {
        holdsTogether(extractor.extract(path, text), text);
      }),
      { numRuns: 300 },
    );
  });
});

describe("text that is hard on parsers", () => {
  const cases: [name: string, path: string, text: string][] = [
    ["brackets nested very deep", "a.ts", `${"(\n".repeat(50_000)}1${")\n".repeat(50_000)}`],
    ["brackets that never close", "a.json", "[\n".repeat(200_000)],
    ["blocks nested very deep", "a.c", `void f() ${"{\n".repeat(20_000)}`],
    ["a template in a template, and so on", "a.js", "`${\n".repeat(20_000)],
    ["Windows line ends", "a.py", "def f():\r\n    '''Doc.'''\r\n    return g()\r\n"],
    ["old line ends", "a.js", "function f() {}\rfunction g() {}\r"],
    ["NUL characters", "a.go", "package a\n\0\0func f() {}\n"],
    ["half of a character", "a.rs", "fn f\uD800() {}\n/// \uDC00\nfn g() {}\n"],
    ["a byte order mark", "a.ts", "\uFEFFexport function f() {}\n"],
    ["nothing", "a.ts", ""],
  ];
  for (const [name, path, text] of cases)
    it(`is ${name}`, () => {
      holdsTogether(extractor.extract(path, text), text);
    });
});

function holdsTogether({ symbols, references, imports }: FileFacts, text: string): void {
  const lines = text.split("\n").length;
  symbols.forEach(({ parent, startLine, endLine, line, column, name }, place) => {
    if (!(parent >= -1 && parent < place)) expect.fail(`parent ${parent} of ${place}`);
    if (!(startLine >= 1 && startLine <= line && line <= endLine && endLine <= lines)) expect.fail(`lines of ${name}`);
    if (column < 0 || name === "") expect.fail(`name at ${line}`);
  });
  for (const { within, line } of references)
    if (within < -1 || within >= symbols.length || line < 1 || line > lines) expect.fail(`reference at ${line}`);
  for (const { target, line } of imports)
    if (target === "" || line < 1 || line > lines) expect.fail(`import at ${line}`);
}
