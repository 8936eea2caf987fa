import { describe, expect, it } from "vitest";
import { blank, importsOf, linesWith } from "./source-text.ts";

const specifiers = (source: string) => importsOf(source).map((found) => found.specifier);

describe("importsOf", () => {
  const cases: [name: string, source: string, expected: (string | undefined)[]][] = [
    ["a named import", `import { a, type B } from "./a.ts";`, ["./a.ts"]],
    ["an import over several lines", `import {\n  a,\n  b as c,\n} from './a.ts';`, ["./a.ts"]],
    ["a default and a namespace", `import a from "a";\nimport * as b from "b";`, ["a", "b"]],
    ["an import for its effects", `import "./style.css";`, ["./style.css"]],
    ["a re-export", `export * from "./a.ts";\nexport { b } from "./b.ts";`, ["./a.ts", "./b.ts"]],
    ["a dynamic import", `const a = await import("./a.ts");`, ["./a.ts"]],
    ["an imported type in place", `type A = import("./a.ts").A;`, ["./a.ts"]],
    ["require", `const a = require("a");`, ["a"]],
    ["a computed import", "await import(`./${name}.ts`);", [undefined]],
    ["no export of a value", `export const from = "a";\nexport default "b";\nexport { c };\nf("d");`, []],
    ["no comment", `// import "a";\n/* import { b } from "b"; */`, []],
    ["no string", `const a = 'import "a"';\nconst b = \`import "b"\`;`, []],
    ["no method called import", `loader.import("a");`, []],
    ["code in a template", "const a = `${await import('./a.ts')} import 'b'`;", ["./a.ts"]],
    ["what follows a regular expression with quotes", `const a = /["'\`]/;\nimport "b";`, ["b"]],
    ["what follows an apostrophe in markup", `const a = <p>don't</p>;\nimport("b");`, ["b"]],
    ["what follows nested templates", "const a = `${b ? `x${{ c: 1 }.c}` : ''}`;\nimport 'd';", ["d"]],
    ["what follows a division", `const a = b / c; import("d"); const e = f / g;`, ["d"]],
  ];
  it.each(cases)("finds %s", (_name, source, expected) => expect(specifiers(source)).toEqual(expected));

  it("tells types from values, and the line", () => {
    const source = `\nimport type { A } from "a";\nimport type from "b";\nexport type { C } from "c";`;
    expect(importsOf(source)).toEqual([
      { specifier: "a", typeOnly: true, line: 2 },
      { specifier: "b", typeOnly: false, line: 3 },
      { specifier: "c", typeOnly: true, line: 4 },
    ]);
  });
});

it("blanks without moving anything", () => {
  const source = "const a = 'b\\'c'; // d\n/* e\n */ const f = `g${h}i`; const j = /k\\/[/]/;";
  expect(blank(source)).toHaveLength(source.length);
  expect(blank(source).replace(/\s+/g, " ")).toBe('const a = " "; const f = ` ${h} `; const j = / /;');
});

it("finds lines of code only", () => {
  expect(linesWith("Date.now();\n// Date.now()\n'Date.now()';\nx = Date.now()", /Date\.now/)).toEqual([1, 4]);
});
