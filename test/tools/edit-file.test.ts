import { chmodSync, linkSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REDACTED } from "../../daemon/security/secrets/secrets.ts";
import { editFile } from "../../daemon/tools/edit-file.ts";
import { call, contextOf, get, makeFolder } from "./workspace.ts";

const edits = (...pairs: [search: string, replace: string][]) =>
  pairs.map(([search, replace]) => ({ search, replace }));

it("changes the file and says what it did", async () => {
  const root = makeFolder({ "src/a.ts": "one\ntwo\n" });
  const outcome = await call(root, "edit_file", { path: "src/a.ts", edits: edits(["two", "2"]) });
  expect(outcome).toMatchObject({
    status: "done",
    output: "Edited src/a.ts: 1 replacement at line 2.",
    changed: ["src/a.ts"],
  });
  expect(get(root, "src/a.ts")).toBe("one\n2\n");
  expect(readdirSync(join(root, "src"))).toEqual(["a.ts"]);
});

it("keeps every byte that it does not replace, valid UTF-8 or not", async () => {
  const before = Buffer.from([0xef, 0xbb, 0xbf, 0x41, 0x0d, 0x0a, 0xff, 0xfe, 0xe9, 0x0d, 0x0a, 0x42, 0x0a, 0xc3]);
  const root = makeFolder({ a: before });
  await call(root, "edit_file", { path: "a", edits: edits(["B", "ü"]) });
  const after = Buffer.concat([before.subarray(0, 11), Buffer.from("ü"), before.subarray(12)]);
  expect(readFileSync(join(root, "a"))).toEqual(after);
});

it("keeps the mode, and never writes through a hard link", async () => {
  const root = makeFolder({ "run.sh": "echo 1\n" });
  const outside = join(makeFolder(), "other");
  chmodSync(join(root, "run.sh"), 0o755);
  linkSync(join(root, "run.sh"), outside);
  await call(root, "edit_file", { path: "run.sh", edits: edits(["1", "2"]) });
  expect(statSync(join(root, "run.sh")).mode & 0o777).toBe(0o755);
  expect(readFileSync(outside, "utf8")).toBe("echo 1\n");
});

it("writes to the file that a link inside the workspace names", async () => {
  const root = makeFolder({ "real.ts": "a\n" });
  symlinkSync("real.ts", join(root, "link.ts"));
  const outcome = await call(root, "edit_file", { path: "link.ts", edits: edits(["a", "b"]) });
  expect(outcome.changed).toEqual(["real.ts"]);
  expect(get(root, "real.ts")).toBe("b\n");
});

it.each([
  [
    "is not there, with the closest lines",
    [["function adding(a, b, c) {", "x"]],
    "Did you mean these lines, from line 1?\nfunction add(a, b) {",
  ],
  ["is not there, with its indentation", [["return a + b;\n }", "x"]], "  return a + b;\n}"],
  ["was applied before", [["return a - b - c;", "  return a + b;"]], "already stands at line 2"],
  ["is not there at all", [["@@@@@@@@", "x"]], "white space included"],
  ["is ambiguous", [["a", "x"]], "lines 1, 1, 2"],
  [
    "is half wrong: nothing is written",
    [
      ["return a + b;", "return b;"],
      ["zzz", "y"],
    ],
    "Edit 2 of 2; none was applied",
  ],
  ["changes nothing", [["return", "return"]], "Search and replacement are the same"],
  [
    "would write the mark of a hidden secret",
    [["return a", `return "${REDACTED}"`]],
    "a secret that you were not shown",
  ],
] satisfies [string, [string, string][], string][])("refuses what %s", async (_name, pairs, words) => {
  const text = "function add(a, b) {\n  return a + b;\n}\n";
  const root = makeFolder({ "a.js": text });
  const outcome = await call(root, "edit_file", { path: "a.js", edits: edits(...pairs) });
  expect(outcome.status).toBe("failed");
  expect(outcome.output).toContain(words);
  expect(get(root, "a.js")).toBe(text);
});

it("may keep the mark in a file that holds it as its own text", async () => {
  const root = makeFolder({ a: `const MARK = "${REDACTED}";\n` });
  const pair: [string, string] = [`MARK = "${REDACTED}"`, `SIGN = "${REDACTED}"`];
  expect((await call(root, "edit_file", { path: "a", edits: edits(pair) })).status).toBe("done");
});

it.each([
  ["missing.ts", "There is no file missing.ts"],
  ["other/name.ts", "Did you mean src/name.ts?"],
  ["src", "is a folder"],
  ["image.png", "binary"],
  ["../x", "outside the workspace"],
])("refuses %s", async (path, words) => {
  const root = makeFolder({ "src/name.ts": "a", "image.png": Buffer.from([0x89, 0x50, 0, 1]) });
  const outcome = await call(root, "edit_file", { path, edits: edits(["a", "b"]) });
  expect(outcome.status).not.toBe("done");
  expect(outcome.output).toContain(words);
});

it("refuses a file that changed since the agent read it, until it reads it again", async () => {
  const root = makeFolder({ a: "one\n" });
  const context = contextOf(root);
  await call(root, "read_file", { path: "a" }, { context });
  writeFileSync(join(root, "a"), "one!\n");
  const stale = await call(root, "edit_file", { path: "a", edits: edits(["one", "two"]) }, { context });
  expect(stale).toMatchObject({ status: "failed", output: expect.stringContaining("has changed since it was read") });
  await call(root, "read_file", { path: "a" }, { context });
  expect(await call(root, "edit_file", { path: "a", edits: edits(["one", "two"]) }, { context })).toMatchObject({
    status: "done",
  });
  // Its own write counts as read.
  expect(await call(root, "edit_file", { path: "a", edits: edits(["two", "three"]) }, { context })).toMatchObject({
    status: "done",
  });
  expect(get(root, "a")).toBe("three!\n");
});

it("does not rename over a file that changed between preparation and write", async () => {
  const root = makeFolder({ a: "one\n" });
  const prepared = await editFile.prepare({ path: "a", edits: edits(["one", "two"]) }, contextOf(root));
  if ("ok" in prepared) throw new Error("it should be prepared");
  writeFileSync(join(root, "a"), "the user's own\n");
  expect(await prepared.apply()).toMatchObject({ ok: false, error: { code: "edit.stale" } });
  expect(get(root, "a")).toBe("the user's own\n");
  expect(readdirSync(root)).toEqual(["a"]);
});

it("edits a 2 MB file and finds the closest lines in one quickly", async () => {
  const text = "const value = compute(input, options);\n".repeat(52_000);
  const root = makeFolder({ big: `${text}last line here\n` });
  const started = performance.now();
  expect(await call(root, "edit_file", { path: "big", edits: edits(["last line here", "changed"]) })).toMatchObject({
    status: "done",
  });
  const missed = await call(root, "edit_file", {
    path: "big",
    edits: edits(["const value = compute(inputs, option);", "x"]),
  });
  expect(missed.output).toContain("Did you mean");
  expect(performance.now() - started).toBeLessThan(3000);
});
