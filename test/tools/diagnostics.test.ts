import { symlinkSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Access } from "../../daemon/security/access.ts";
import { detectCheck } from "../../daemon/tools/checks/detect.ts";
import { type OutputFormat, parseProblems } from "../../daemon/tools/checks/parse.ts";
import { call, contextOf, makeFolder, put } from "./workspace.ts";

it.each<[OutputFormat, string, string[]]>([
  [
    "tsc",
    "src/a.ts(3,7): error TS2322: Type 'string' is not assignable.\n  more\n",
    ["src/a.ts:3 error TS2322: Type 'string' is not assignable."],
  ],
  ["colon", "# pkg\n./a.go:3:5: undefined: x\nvet: ./b.go:1:2: bad\n", ["./a.go:3 undefined: x"]],
  [
    "colon",
    "src/lib.rs:6:16: error[E0308]: mismatched types: expected i32\nerror: could not compile `x`\n",
    ["src/lib.rs:6 error[E0308]: mismatched types: expected i32"],
  ],
  [
    "colon",
    "a.py:2: error: Incompatible types  [assignment]\na.py:3: note: see\n",
    ["a.py:2 error: Incompatible types  [assignment]"],
  ],
  ["colon", "/copy/a.py\n  /copy/a.py:2:5 - error: no (rule)\n", ["/copy/a.py:2 error: no (rule)"]],
  ["colon", "C:\\copy\\a.py:2:5: F401 unused\n", ["C:\\copy\\a.py:2 F401 unused"]],
  [
    "github",
    "::error title=lint/x,file=src/a%2Cb.ts,line=3,endLine=3,col=1,endColumn=4::Do not%0Ado this\nother\n",
    ["src/a,b.ts:3 lint/x: Do not do this"],
  ],
  ["eslint", `npm noise [x]\n`, []],
  [
    "eslint",
    `[{"filePath":"/copy/a.js","messages":[{"ruleId":"no-undef","severity":2,"message":"'x' is not defined.","line":1},{"ruleId":null,"message":"Parsing error"}]}]\n`,
    ["/copy/a.js:1 'x' is not defined. (no-undef)", "/copy/a.js:1 Parsing error"],
  ],
])("reads what checkers write as %s: %j", (format, output, expected) => {
  expect(parseProblems(format, output).map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual(
    expected,
  );
});

it("answers for any output", () => {
  const text = fc.string({
    unit: fc.constantFrom(...'a.ts(1,2): error::file=,line=1\n[]{}"x'.split("")),
    maxLength: 400,
  });
  fc.assert(
    fc.property(fc.constantFrom<OutputFormat>("tsc", "colon", "eslint", "github"), text, (format, output) => {
      for (const { line } of parseProblems(format, output)) expect(Number.isInteger(line)).toBe(true);
    }),
  );
});

const BIN = { "node_modules/.bin/tsc": "", "node_modules/.bin/biome": "", "node_modules/.bin/eslint": "" };

it.each<[Record<string, string>, "types" | "lint", string | undefined]>([
  [{ ...BIN, "tsconfig.json": "{}" }, "types", "node_modules/.bin/tsc --noEmit --pretty false"],
  [{ ...BIN, "tsconfig.json": '{"references":[]}' }, "types", "node_modules/.bin/tsc -b --noEmit --pretty false"],
  [{ "tsconfig.json": "{}" }, "types", undefined],
  [{ ...BIN, "biome.json": "{}" }, "lint", "node_modules/.bin/biome lint --reporter=github"],
  [{ ...BIN, "eslint.config.js": "" }, "lint", "node_modules/.bin/eslint --format json ."],
  [{ ...BIN, "eslint.config.js": "" }, "types", "node_modules/.bin/eslint --format json ."],
  [{ "Cargo.toml": "" }, "types", "cargo check --all-targets --message-format=short"],
  [{ "go.mod": "" }, "lint", "go vet ./..."],
  [
    { "pyproject.toml": "[tool.mypy]\n", ".venv/x": "" },
    "types",
    ".venv/bin/python -m mypy --no-error-summary --no-pretty .",
  ],
  [{ "pyproject.toml": "[tool.ruff.lint]\n" }, "lint", "ruff check --no-fix --output-format concise"],
  [{ "README.md": "" }, "types", undefined],
])("finds the checker of %j for %s", async (files, kind, command) => {
  expect((await detectCheck(makeFolder(files), kind, "linux"))?.command).toBe(command);
});

it("shows all problems first, then only what came with an edit", async () => {
  const root = makeFolder({
    "tsconfig.json":
      '{"compilerOptions":{"strict":true,"types":[],"lib":["es2022"],"skipLibCheck":true},"include":["*.ts"]}',
    "a.ts": 'export const a: number = "old";\nexport const b = 1;\n',
  });
  symlinkSync(join(import.meta.dirname, "../../node_modules"), join(root, "node_modules"));
  const asked: Access[] = [];
  const judgeAccess = async (access: Access) => {
    asked.push(access);
    return { verdict: "allow" as const, rule: "test", reason: "" };
  };
  const context = contextOf(root, { baselines: new Map() });
  const check = () => call(root, "diagnostics", {}, { context, judgeAccess });
  expect((await check()).output).toMatch(/^a\.ts:1: error TS2322.*\n1 problem\n\$ node_modules/);
  put(root, "a.ts", 'import { c } from "./c.js";\nexport const a: number = "old";\nexport const b: string = c;\n');
  put(root, "c.ts", "export const c = 1;\n");
  const second = await check();
  expect(second.output).toMatch(/^a\.ts:3: error TS2322.*\n1 new problem \(1 were there at the first call\)/);
  expect(asked[0]).toEqual({ kind: "command", command: "node_modules/.bin/tsc --noEmit --pretty false", cwd: root });
});

it("does not take a checker that cannot run for a clean bill", async () => {
  const root = makeFolder({ "go.mod": "module x\n", "node_modules/.bin/tsc": "", "tsconfig.json": "{}" });
  expect(await call(root, "diagnostics", {})).toMatchObject({
    status: "failed",
    output: expect.stringContaining("told of no problem, yet exit code 12"),
  });
  expect((await call(makeFolder(), "diagnostics", {})).output).toContain("no type checker or linter");
});
