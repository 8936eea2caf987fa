import { chmodSync, existsSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hashOf } from "../../daemon/host/files.ts";
import { parsePatch } from "../../daemon/tools/edits/patch-text.ts";
import { multiEdit } from "../../daemon/tools/multi-edit.ts";
import { call, contextOf, get, makeFolder, memoryJournal } from "./workspace.ts";

const edits = (search: string, replace: string) => [{ search, replace }];
const FILES = {
  "a.ts": "one\ntwo\n",
  "src/b.ts": "class A {\n  run() {\n    go();\n  }\n}\nclass B {\n  run() {\n    go();\n  }\n}\n",
  "c.txt": "last",
};

function unchanged(root: string): void {
  for (const [path, content] of Object.entries(FILES)) expect(get(root, path)).toBe(content);
  expect(existsSync(`${root}-edits`) ? readdirSync(`${root}-edits`) : []).toEqual([]);
}

describe("multi_edit", () => {
  it("changes several files together", async () => {
    const root = makeFolder(FILES);
    const context = contextOf(root);
    const input = {
      files: [
        { path: "a.ts", edits: edits("two", "2") },
        { path: "c.txt", edits: edits("last", "first") },
      ],
    };
    expect(await call(root, "multi_edit", input, { context })).toMatchObject({
      status: "done",
      changed: ["a.ts", "c.txt"],
    });
    expect([get(root, "a.ts"), get(root, "c.txt")]).toEqual(["one\n2\n", "first"]);
    expect(context.seen.get("c.txt")).toBe(hashOf("first"));
  });

  it.each([
    [
      "one edit does not fit",
      [
        ["a.ts", "two", "2"],
        ["c.txt", "zzz", "x"],
      ],
      "c.txt",
    ],
    [
      "a file is missing",
      [
        ["a.ts", "two", "2"],
        ["d.txt", "zzz", "x"],
      ],
      "no file d.txt",
    ],
    [
      "a file is named twice",
      [
        ["a.ts", "two", "2"],
        ["./a.ts", "one", "1"],
      ],
      "named twice",
    ],
    [
      "a path leads out",
      [
        ["a.ts", "two", "2"],
        ["../x", "one", "1"],
      ],
      "outside",
    ],
  ])("changes nothing where %s", async (_name, list, words) => {
    const root = makeFolder(FILES);
    const files = list.map(([path, search = "", replace = ""]) => ({ path, edits: edits(search, replace) }));
    const outcome = await call(root, "multi_edit", { files });
    expect(outcome.status).not.toBe("done");
    expect(outcome.output).toContain(words);
    unchanged(root);
  });

  it("changes nothing where a file changed between preparation and write", async () => {
    const root = makeFolder(FILES);
    const input = {
      files: [
        { path: "a.ts", edits: edits("two", "2") },
        { path: "c.txt", edits: edits("last", "first") },
      ],
    };
    const prepared = await multiEdit.prepare(input, contextOf(root));
    if ("ok" in prepared) throw new Error("it should be prepared");
    writeFileSync(join(root, "c.txt"), "mine");
    expect(await prepared.apply()).toMatchObject({ ok: false, error: { code: "edit.stale" } });
    expect([get(root, "a.ts"), get(root, "c.txt")]).toEqual([FILES["a.ts"], "mine"]);
  });

  it.each([
    ["all new", { "a.ts": "one\n2\n", "c.txt": "first" }, "done"],
    ["all old", FILES, "done"],
    ["half", { "a.ts": "one\n2\n" }, "failed"],
  ])("after a crash, %s, it is carried to its end or left alone", async (_name, found, status) => {
    const root = makeFolder(FILES);
    const input = {
      files: [
        { path: "a.ts", edits: edits("two", "2") },
        { path: "c.txt", edits: edits("last", "first") },
      ],
    };
    const journal = memoryJournal();
    await call(root, "multi_edit", input, { journal, key: "k" });
    journal.results.clear();
    for (const [path, content] of Object.entries({ ...FILES, ...found })) writeFileSync(join(root, path), content);
    const outcome = await call(root, "multi_edit", input, { journal, key: "k" });
    expect(outcome.status).toBe(status);
    if (status === "done") expect([get(root, "a.ts"), get(root, "c.txt")]).toEqual(["one\n2\n", "first"]);
    else expect([get(root, "a.ts"), get(root, "c.txt")]).toEqual(["one\n2\n", "last"]);
  });
});

describe("move_file", () => {
  it("moves a file with its mode, and makes the folders to it", async () => {
    const root = makeFolder({ "run.sh": "x" });
    chmodSync(join(root, "run.sh"), 0o755);
    const outcome = await call(root, "move_file", { from: "run.sh", to: "bin/go.sh" });
    expect(outcome).toMatchObject({ status: "done", changed: ["run.sh", "bin/go.sh"] });
    expect(existsSync(join(root, "run.sh"))).toBe(false);
    expect(statSync(join(root, "bin/go.sh")).mode & 0o777).toBe(0o755);
  });

  it("changes the size of letters", async () => {
    const root = makeFolder({ "readme.md": "x" });
    expect((await call(root, "move_file", { from: "readme.md", to: "README.md" })).status).toBe("done");
    expect(readdirSync(root)).toEqual(["README.md"]);
  });

  it.each([
    ["over a file", { from: "a.ts", to: "c.txt" }, "exists already"],
    ["over a folder", { from: "a.ts", to: "src" }, "exists already"],
    ["onto itself", { from: "a.ts", to: "a.ts" }, "exists already"],
    ["what is not there", { from: "zzz", to: "b" }, "no file zzz"],
    ["a folder", { from: "src", to: "lib" }, "only files"],
    ["a link", { from: "link", to: "b" }, "only files"],
    ["out", { from: "a.ts", to: "../a.ts" }, "outside"],
    ["into a folder by its name", { from: "a.ts", to: "lib/" }, "is a folder"],
  ])("never moves %s", async (_name, input, words) => {
    const root = makeFolder(FILES);
    symlinkSync("a.ts", join(root, "link"));
    const outcome = await call(root, "move_file", input);
    expect(outcome.status).not.toBe("done");
    expect(outcome.output).toContain(words);
    unchanged(root);
  });

  it("refuses a file that changed since it was read", async () => {
    const root = makeFolder(FILES);
    const context = contextOf(root);
    await call(root, "read_file", { path: "a.ts" }, { context });
    writeFileSync(join(root, "a.ts"), "x");
    expect((await call(root, "move_file", { from: "a.ts", to: "b" }, { context })).output).toContain("has changed");
  });
});

const UNIFIED = `diff --git a/a.ts b/a.ts
--- a/a.ts
+++ b/a.ts
@@ -1,9 +1,9 @@
 one
-two
+2
--- a/c.txt
+++ b/c.txt
@@ -1 +1 @@
-last
\\ No newline at end of file
+first
--- /dev/null
+++ b/new/d.ts
@@ -0,0 +1,2 @@
+hello
+there
`;

const MARKED = `*** Begin Patch
*** Update File: a.ts
@@
 one
-two
+2
*** Update File: c.txt
*** Move to: moved.txt
@@
-last
+first
*** Add File: new/d.ts
+hello
+there
*** End Patch`;

describe("apply_patch", () => {
  it.each([
    ["a unified diff", UNIFIED, "c.txt", "first\n"],
    ["a marked patch", MARKED, "moved.txt", "first"],
  ])("makes, changes and moves files by %s", async (_name, patch, path, content) => {
    const root = makeFolder(FILES);
    const outcome = await call(root, "apply_patch", { patch });
    expect(outcome).toMatchObject({ status: "done" });
    expect([get(root, "a.ts"), get(root, path), get(root, "new/d.ts")]).toEqual([
      "one\n2\n",
      content,
      "hello\nthere\n",
    ]);
    expect(outcome.changed).toEqual(expect.arrayContaining(["a.ts", path, "new/d.ts"]));
  });

  it("takes the place that the line number or the line before names, where several fit", async () => {
    const hunk = "@@ -7,2 +7,2 @@\n   run() {\n-    go();\n+    stop();\n";
    const numbered = makeFolder(FILES);
    await call(numbered, "apply_patch", { patch: `--- a/src/b.ts\n+++ b/src/b.ts\n${hunk}` });
    const named = makeFolder(FILES);
    const patch =
      "*** Begin Patch\n*** Update File: src/b.ts\n@@ class B {\n   run() {\n-    go();\n+    stop();\n*** End Patch\n";
    await call(named, "apply_patch", { patch });
    for (const root of [numbered, named])
      expect(get(root, "src/b.ts")).toBe(
        `${FILES["src/b.ts"].slice(0, 50)}${FILES["src/b.ts"].slice(50).replace("go", "stop")}`,
      );
  });

  it("deletes and renames", async () => {
    const root = makeFolder(FILES);
    const patch =
      "diff --git a/a.ts b/x/y.ts\nsimilarity index 100%\nrename from a.ts\nrename to x/y.ts\n--- a/c.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-last\n";
    expect((await call(root, "apply_patch", { patch })).status).toBe("done");
    expect(readdirSync(root, { recursive: true, encoding: "utf8" }).sort()).toEqual([
      "src",
      join("src", "b.ts"),
      "x",
      join("x", "y.ts"),
    ]);
  });

  it.each([
    [
      "several places fit",
      "--- a/src/b.ts\n+++ b/src/b.ts\n@@ -40,2 +40,2 @@\n   run() {\n-    go();\n+    stop();\n",
      "more than once",
    ],
    ["context does not fit", "--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-three\n+3\n", "not in the file"],
    ["only a part of a line fits", "--- a/c.txt\n+++ b/c.txt\n@@ -1 +1 @@\n-ast\n+x\n", "not in the file"],
    [
      "one of two files does not fit",
      `${UNIFIED.split("--- a/c.txt")[0]}--- a/zzz\n+++ b/zzz\n@@ -1 +1 @@\n-a\n+b\n`,
      "no file zzz",
    ],
    ["a file to make exists", "*** Begin Patch\n*** Add File: a.ts\n+x\n*** End Patch", "exists already"],
    ["a file to delete is missing", "*** Begin Patch\n*** Delete File: zzz\n*** End Patch", "no file zzz"],
    [
      "a file moves over another",
      "*** Begin Patch\n*** Update File: a.ts\n*** Move to: c.txt\n*** End Patch",
      "exists already",
    ],
    ["a path leads out", "*** Begin Patch\n*** Add File: ../x\n+x\n*** End Patch", "outside"],
    [
      "a file is named twice",
      "*** Begin Patch\n*** Delete File: a.ts\n*** Delete File: a.ts\n*** End Patch",
      "named twice",
    ],
    [
      "code is left out",
      "*** Begin Patch\n*** Add File: x\n+a\n+// ... rest of the code ...\n*** End Patch",
      "left out",
    ],
    ["nothing changes", "*** Begin Patch\n*** Update File: a.ts\n*** End Patch", "changes nothing"],
    ["it is no patch", "hello", "neither"],
    ["a line has no mark", "*** Begin Patch\n*** Update File: a.ts\n@@\n-one\nxxx\n*** End Patch", "begins with"],
    ["a line of a new file has no mark", "*** Begin Patch\n*** Add File: x\nxxx\n*** End Patch", "begins with"],
    ["something stands between files", "*** Begin Patch\nxxx\n*** End Patch", "not expected"],
    ["a header is none", "--- a/a.ts\n+++ b/a.ts\n@@ what\n-one\n", "no header"],
    ["a line of a hunk has no mark", "--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-one\nxxx\n", "begins with"],
    [
      "only git could do it",
      "diff --git a/a.ts b/a.ts\nold mode 100644\nnew mode 100755\n--- a/c.txt\n+++ b/c.txt\n@@ -1 +1 @@\n-last\n+x\n",
      "only git",
    ],
    ["a new file has old lines", "--- /dev/null\n+++ b/x\n@@ -1 +1 @@\n-one\n+x\n", "new file"],
    ["it names no file", "*** Begin Patch\n*** End Patch", "names no file"],
  ])("changes nothing where %s", async (_name, patch, words) => {
    const root = makeFolder(FILES);
    const outcome = await call(root, "apply_patch", { patch });
    expect(outcome.status).not.toBe("done");
    expect(outcome.output).toContain(words);
    unchanged(root);
    expect(readdirSync(root).sort()).toEqual(["a.ts", "c.txt", "src"]);
  });

  it("reads paths in quotes, with times, and lines that look like headers", () => {
    const patch = '--- "a/a b.ts"\t2026-01-01\n+++ "b/a b.ts"\t2026-01-02\n@@ -1,2 +1,1 @@\n x\n--- y\n';
    expect(parsePatch(patch)).toEqual({
      ok: true,
      files: [{ kind: "update", path: "a b.ts", hunks: [{ search: "x\n-- y\n", replace: "x\n", hintLine: 1 }] }],
    });
  });
});
