import { expect, it } from "vitest";
import { isWithin, splitRelative } from "../../../daemon/security/paths/path-names.ts";

const refusedOnWindows = [
  "CON", "con.txt", "src/NUL", "aux.ts", "PRN.tar.gz", "COM1", "com9.log", "LPT¹", "conin$", "CON ",
  "file.txt:stream", "file.txt::$DATA", "C:", "C:relative", "c:\\x", "\\\\server\\share\\x", "\\\\?\\C:\\x", "//server/x",
  ".git.", ".git ", "dir./x", "GIT~1/config", "PROGRA~2", "a?b", "a*b", "a|b", "a<b", 'a"b', "a\u0001b", "..\\x",
]; // biome-ignore format: one list
it.each(refusedOnWindows)("refuses %j on Windows", (path) => {
  expect(splitRelative(path, "win32")).toHaveProperty("problem");
});

const fineOnWindows: [path: string, parts: string[]][] = [
  ["src\\a.ts", ["src", "a.ts"]],
  ["src/./b/../a.ts", ["src", "a.ts"]],
  ["console.ts", ["console.ts"]],
  ["nullable/auxiliary.ts", ["nullable", "auxiliary.ts"]],
  ["com.ts", ["com.ts"]],
  ["com10.ts", ["com10.ts"]],
  ["a~b", ["a~b"]],
  [".gitignore", [".gitignore"]],
];
it.each(fineOnWindows)("splits %j on Windows", (path, parts) => {
  expect(splitRelative(path, "win32")).toEqual({ parts });
});

it.each(["CON", "a:b", "trailing.", "a\\b", "GIT~1"])("takes %j as an ordinary name elsewhere", (path) => {
  expect(splitRelative(path, "linux")).toEqual({ parts: [path] });
});

it.each(["/x", "../x", "a/../../x", "a\0b"])("refuses %j everywhere", (path) => {
  expect(splitRelative(path, "linux")).toHaveProperty("problem");
  expect(splitRelative(path, "win32")).toHaveProperty("problem");
});

it.each([
  ["/w/proj", "/w/proj", true],
  ["/w/proj", "/w/proj/x", true],
  ["/w/proj", "/w/proj-evil/x", false],
  ["/w/proj", "/w", false],
  ["/", "/x", true],
])("compares part by part: %s holds %s: %s", (folder, path, within) => {
  expect(isWithin(folder, path, "/")).toBe(within);
});
