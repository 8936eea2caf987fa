import { createHash } from "node:crypto";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandFiles } from "../../../daemon/security/sandbox/command-files.ts";
import { makeTree } from "./boxes.ts";

const manifest = JSON.stringify({
  scripts: { build: "node build.js && ./post.sh", prebuild: "sh pre.sh", again: "npm run again" },
});
const files = {
  "build.sh": "1",
  "build.js": "2",
  "post.sh": "3",
  "pre.sh": "4",
  "package.json": manifest,
  Makefile: "all:",
  "a.txt": "5",
};

const named = async (root: string, line: string) => (await commandFiles(line.split(" "), root)).map(({ path }) => path);

it.each([
  ["./build.sh --fast", ["build.sh"]],
  ["sh build.sh", ["build.sh"]],
  ["bash -x ./build.sh a.txt", ["a.txt", "build.sh"]],
  ["node --require=./build.js -e 1", ["build.js"]],
  ["npm run build", ["build.js", "package.json", "post.sh", "pre.sh"]],
  ["npm run again", ["package.json"]],
  ["pnpm test", ["package.json"]],
  ["make all", ["Makefile"]],
  ["cat a.txt", []],
  ["sh ../../../etc/passwd", []],
  ["sh /etc/passwd", []],
  ["sh missing.sh", []],
  ["", []],
])("of %j are %j", async (line, paths) => {
  expect(await named(makeTree(files), line)).toEqual(paths);
});

it("change their hash with their bytes, and are found behind links and by absolute paths", async () => {
  const root = makeTree(files);
  symlinkSync("build.sh", join(root, "link"));
  const before = await commandFiles(["./link"], root);
  expect(before).toEqual([{ path: "build.sh", sha256: createHash("sha256").update("1").digest("hex") }]);
  writeFileSync(join(root, "build.sh"), "changed");
  const after = await commandFiles([join(root, "build.sh"), null], root);
  expect(after).toMatchObject([{ path: "build.sh" }]);
  expect(after[0]?.sha256).not.toBe(before[0]?.sha256);
});

it("are none of a manifest that cannot be read", async () => {
  expect(await named(makeTree({ "package.json": "{" }), "npm test")).toEqual(["package.json"]);
  expect(await named(makeTree({ "package.json": '{"scripts":[1]}' }), "npm test")).toEqual(["package.json"]);
});
