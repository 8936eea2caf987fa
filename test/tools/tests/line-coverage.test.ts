import * as fc from "fast-check";
import { expect, it } from "vitest";
import { rangesOf } from "../../../daemon/tools/tests/line-coverage/lines.ts";
import {
  readCobertura,
  readGoCover,
  readIstanbul,
  readLcov,
  readV8,
} from "../../../daemon/tools/tests/line-coverage/read.ts";

it("reads lcov", () => {
  const text = "TN:\nSF:src/a.js\nDA:1,3\nDA:2,0\nDA:2,1\nDA:5,0\nend_of_record\nSF:b.js\r\nDA:1,0\r\nend_of_record\n";
  expect(readLcov(text)).toEqual({ "src/a.js": { 1: true, 2: true, 5: false }, "b.js": { 1: false } });
});

it("reads Istanbul's JSON", () => {
  const at = (line: number) => ({ start: { line, column: 0 }, end: { line, column: 9 } });
  const file = { path: "/copy/a.js", statementMap: { 0: at(1), 1: at(2), 2: at(2) }, s: { 0: 1, 1: 0, 2: 4 } };
  expect(readIstanbul(JSON.stringify({ "/copy/a.js": file, broken: { path: 1 } }))).toEqual({
    "/copy/a.js": { 1: true, 2: true },
  });
});

it("reads V8's JSON: the innermost range counts", () => {
  const source = "function f(a) {\n  if (a) {\n    return 1;\n  }\n  return 2;\n}\nf(0);\n";
  const inner = { startOffset: source.indexOf("{\n    return 1"), endOffset: source.indexOf("  return 2"), count: 0 };
  const ranges = [{ startOffset: 0, endOffset: source.length, count: 1 }, inner];
  const report = { result: [{ url: "file:///a.js", functions: [{ functionName: "", ranges }] }] };
  expect(readV8(JSON.stringify(report), () => source)).toEqual({
    "file:///a.js": { 1: true, 2: true, 3: false, 4: false, 5: true, 6: true, 7: true },
  });
  expect(readV8(JSON.stringify(report), () => undefined)).toEqual({});
});

it("reads the XML of coverage.py", () => {
  const text = `<?xml version="1.0" ?>
<coverage line-rate="0.5"><packages><package name="."><classes>
<class name="a.py" filename="pkg/a.py" complexity="0"><methods/><lines>
<line number="1" hits="1"/><line number="4" hits="0"/></lines></class>
<class name="b.py" filename="b.py"><lines><line hits="2" number="3"/></lines></class>
</classes></package></packages></coverage>`;
  expect(readCobertura(text)).toEqual({ "pkg/a.py": { 1: true, 4: false }, "b.py": { 3: true } });
});

it("reads Go's profiles", () => {
  const text = "mode: set\nexample.com/m/a.go:3.20,5.2 1 1\nexample.com/m/a.go:7.5,8.14 2 0\n";
  expect(readGoCover(text)).toEqual({ "example.com/m/a.go": { 3: true, 4: true, 7: false, 8: false } });
});

it("answers for any text", () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string({ unit: fc.constantFrom(...'SF:DA1,0\n<line number="hits/>:.{}[]'.split("")), maxLength: 300 }),
  );
  fc.assert(
    fc.property(text, (any) => {
      for (const read of [readLcov, readIstanbul, readCobertura, readGoCover, (one: string) => readV8(one, () => one)])
        for (const lines of Object.values(read(any)))
          for (const line of Object.keys(lines)) expect(Number(line)).toBeGreaterThan(0);
    }),
  );
});

it("writes lines as ranges", () => {
  expect(rangesOf([9, 3, 4, 5, 4, 7])).toBe("3-5, 7, 9");
  expect(rangesOf([])).toBe("");
});
