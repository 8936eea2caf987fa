import { expect, it } from "vitest";
import { globMatcher } from "../../../daemon/security/paths/glob.ts";

it.each([
  ["*.ts", "a.ts", true],
  ["*.ts", "src/deep/a.ts", true],
  ["*.ts", "a.tsx", false],
  ["src/*.ts", "src/a.ts", true],
  ["src/*.ts", "src/deep/a.ts", false],
  ["src/**/*.ts", "src/a.ts", true],
  ["src/**/*.ts", "src/x/y/a.ts", true],
  ["src/**", "src/x/y", true],
  ["**/test/**", "a/test/b", true],
  ["./src/a.ts", "src/a.ts", true],
  ["*.{ts,js}", "a.js", true],
  ["{src,test}/**/*.{ts,js}", "test/x/a.js", true],
  ["{src,test}/**/*.{ts,js}", "docs/a.js", false],
  ["a?.ts", "ab.ts", true],
  ["a?.ts", "a.ts", false],
  ["*a*b*", "xxaxxbxx", true],
  ["[ab].ts", "a.ts", false],
  ["{a,b", "{a,b", true],
  ["*", ".hidden", true],
])("%s on %s: %s", (glob, path, matches) => expect(globMatcher(glob)(path)).toBe(matches));

it("cannot hang", () => {
  const started = performance.now();
  globMatcher(`${"**/".repeat(30)}${"*a".repeat(60)}`)(`${"a/".repeat(40)}${"a".repeat(300)}b`);
  globMatcher("{a,b}".repeat(20))("x");
  expect(performance.now() - started).toBeLessThan(500);
});
