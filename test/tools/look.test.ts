import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call, contextOf, git, makeFolder, makeRepository, put } from "./workspace.ts";

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`).join("\n");

describe("read_file", () => {
  it("shows numbered lines", async () => {
    const root = makeFolder({ a: "one\n\tdos\n" });
    expect((await call(root, "read_file", { path: "a" })).output).toBe("a, lines 1–2 of 2\n1\tone\n2\t\tdos");
  });

  it.each([
    ["a range", { from: 3, to: 4 }, "a, lines 3–4 of 5000\n3\tline 3\n4\tline 4"],
    ["the end", { from: 4999 }, "a, lines 4999–5000 of 5000\n4999\tline 4999\n5000\tline 5000"],
    ["beyond the end", { from: 5001 }, "has 5000 lines"],
    ["backwards", { from: 4, to: 3 }, "is not among them"],
    ["too much, and how to go on", {}, "2000\tline 2000\n… go on with from=2001"],
  ])("shows %s", async (_name, range, words) => {
    const root = makeFolder({ a: lines(5000) });
    expect((await call(root, "read_file", { path: "a", ...range })).output).toContain(words);
  });

  it("says CRLF, hides the byte order mark, and cuts lines and files that are too long", async () => {
    const root = makeFolder({
      crlf: "\ufeffa\r\nb\r\n",
      long: "x".repeat(5000),
      wide: `${"y".repeat(1500)}\n`.repeat(100),
      empty: "",
    });
    const read = async (path: string) => (await call(root, "read_file", { path })).output;
    expect(await read("crlf")).toBe("crlf, lines 1–2 of 2, CRLF line endings\n1\ta\n2\tb");
    expect(await read("long")).toContain("… (5000 characters)");
    expect(await read("wide")).toMatch(/^40\ty+\n… go on with from=41$/m);
    expect(await read("empty")).toContain("is empty");
  });

  it("reads dependencies that are linked in, which nothing can write", async () => {
    const modules = makeFolder({ "left-pad/index.js": "pad" });
    const root = makeFolder();
    symlinkSync(modules, join(root, "node_modules"));
    const context = contextOf(root, { linked: ["node_modules"] });
    const path = "node_modules/left-pad/index.js";
    expect((await call(root, "read_file", { path }, { context })).output).toContain("1\tpad");
    const edits = [{ search: "pad", replace: "evil" }];
    expect(await call(root, "edit_file", { path, edits }, { context })).toMatchObject({ status: "denied" });
    expect(await call(root, "delete_file", { path }, { context })).toMatchObject({ status: "denied" });
  });
});

describe("list_files", () => {
  it("lists what a glob matches, below a folder where one is named", async () => {
    const root = makeFolder({ "a.ts": "", "src/b.ts": "", "src/b.test.ts": "", "lib/c.test.ts": "" });
    expect((await call(root, "list_files", { glob: "*.test.ts" })).output).toBe("lib/c.test.ts\nsrc/b.test.ts");
    expect((await call(root, "list_files", { glob: "src/*.ts" })).output).toBe("src/b.test.ts\nsrc/b.ts");
    expect((await call(root, "list_files", { path: "src", glob: "*.test.ts" })).output).toBe("src/b.test.ts");
    expect((await call(root, "list_files", { glob: "*.py" })).output).toBe("(no files)");
  });

  it("lists what git lists: no ignored files, no deleted ones, new ones too", async () => {
    const root = makeRepository({ ".gitignore": "dist\nnode_modules/\n", "src/a.ts": "", "src/b.ts": "" });
    put(root, "dist/out.js", "");
    put(root, "src/new ü\n.ts", "");
    rmSync(join(root, "src/b.ts"));
    symlinkSync(makeFolder({ "x/index.js": "" }), join(root, "node_modules"));
    const context = contextOf(root, { linked: ["node_modules"] });
    expect((await call(root, "list_files", {}, { context })).output).toBe(".gitignore\nsrc/a.ts\nsrc/new ü\n.ts");
    expect((await call(root, "list_files", { path: "node_modules" }, { context })).output).toBe(
      "node_modules/x/index.js",
    );
    expect((await call(root, "list_files", { path: "dist" }, { context })).output).toBe("dist/out.js");
  });

  it("walks a folder that is no repository", async () => {
    const root = makeFolder({ a: "", "src/b": "", "node_modules/x/y": "" });
    expect((await call(root, "list_files", {})).output).toBe("a\nsrc/b");
  });

  it("folds folders that are too deep, or too many to show", async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`src/lib/f${index}.ts`, ""]));
    const root = makeRepository({ ...many, "a.ts": "", "src/b.ts": "" });
    expect((await call(root, "list_files", {})).output).toBe("a.ts\nsrc/b.ts\nsrc/lib/ (500 files)");
    expect((await call(root, "list_files", { depth: 1 })).output).toBe("a.ts\nsrc/ (501 files)");
    expect((await call(root, "list_files", { path: "src/lib" })).output).toContain("… and 100 more");
  });

  it.each([["missing"], ["a.ts"], ["../"]])("refuses %s", async (path) => {
    expect((await call(makeFolder({ "a.ts": "" }), "list_files", { path })).status).not.toBe("done");
  });

  it("runs nothing that the repository names", async () => {
    const root = makeRepository({ a: "" });
    const pwned = join(root, "pwned");
    git(root, "config", "core.fsmonitor", `touch ${pwned}; false`);
    put(root, ".git/hooks/post-index-change", `#!/bin/sh\ntouch ${pwned}\n`);
    expect((await call(root, "list_files", {})).output).toBe("a");
  });
});

describe("search_text", () => {
  const files = {
    "src/a.ts": "const alpha = 1;\n  return Alpha(alpha);\n",
    "src/b.py": "alpha = 2\n",
    "docs/c.md": "nothing\n",
    ".env": "alpha=secret\n",
    "image.bin": Buffer.from("alpha\0"),
  };
  it.each([
    ["literal text", { pattern: "Alpha(" }, "src/a.ts:2: return Alpha(alpha);"],
    [
      "each line once",
      { pattern: "alpha" },
      "src/a.ts:1: const alpha = 1;\nsrc/a.ts:2: return Alpha(alpha);\nsrc/b.py:1: alpha = 2",
    ],
    ["without case", { pattern: "ALPHA(", ignoreCase: true }, "src/a.ts:2: return Alpha(alpha);"],
    ["a regular expression", { pattern: "^\\s+return \\w+", regex: true }, "src/a.ts:2: return Alpha(alpha);"],
    ["with a glob", { pattern: "alpha", glob: "*.py" }, "src/b.py:1: alpha = 2"],
    ["below a folder", { pattern: "alpha", path: "docs" }, "No matches."],
    ["in one file", { pattern: "alpha", path: "src/b.py" }, "src/b.py:1: alpha = 2"],
    ["an old-style pattern", { pattern: "\\-1|al\\pha = 2", regex: true }, "src/b.py:1: alpha = 2"],
  ])("finds %s", async (_name, input, output) => {
    const found = (await call(makeRepository(files), "search_text", input)).output;
    expect(found.replace(/\n\(.*\)$/, "")).toBe(output);
  });

  it("leaves secrets out, and says that it left binary files out", async () => {
    const { output } = await call(makeRepository(files), "search_text", { pattern: "alpha" });
    expect(output).not.toContain("secret");
    expect(output).toContain("(1 binary, large or unreadable files left out)");
  });

  it("follows no link", async () => {
    const outside = makeFolder({ "x.txt": "alpha outside" });
    const root = makeRepository({ a: "" });
    symlinkSync(join(outside, "x.txt"), join(root, "link.txt"));
    expect((await call(root, "search_text", { pattern: "alpha" })).output).toContain("No matches.");
  });

  it("ends a pattern that would take forever", async () => {
    const root = makeRepository({ a: `${"a".repeat(60)}!\n` });
    const started = performance.now();
    const outcome = await call(root, "search_text", { pattern: "^(a+)+$", regex: true });
    expect(outcome).toMatchObject({ status: "failed", output: expect.stringContaining("takes too long") });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("cuts what is too much, and refuses what is no pattern", async () => {
    const root = makeRepository({ a: "x\n".repeat(500), b: "y".repeat(1000) });
    const found = (await call(root, "search_text", { pattern: "x" })).output;
    expect(found.split("\n")).toHaveLength(201);
    expect(found).toContain("… more than 200 matches");
    expect((await call(root, "search_text", { pattern: "y" })).output).toContain("…");
    expect((await call(root, "search_text", { pattern: "(", regex: true })).output).toContain("Unterminated group");
    expect((await call(root, "search_text", { pattern: "x", path: "gone" })).output).toContain("There is no gone");
  });

  it("stops when the run stops", async () => {
    const root = makeRepository({ a: "x" });
    mkdirSync(join(root, "b"));
    const context = contextOf(root, { signal: AbortSignal.abort(new Error("stopped")) });
    await expect(call(root, "search_text", { pattern: "x" }, { context })).rejects.toThrow("stopped");
  });
});

it("show_diff shows the diff", async () => {
  const root = makeFolder();
  expect((await call(root, "show_diff", {})).output).toBe("Nothing was changed so far.");
  const context = contextOf(root, { diff: async () => "--- a\n+++ b\n" });
  expect((await call(root, "show_diff", "", { context })).output).toBe("--- a\n+++ b\n");
});
