/** What models write as a patch, in both forms, and what cannot be taken for one. */
import { describe, expect, it } from "vitest";
import { parsePatch } from "../../../daemon/tools/edits/patch-text.ts";

function files(text: string): unknown {
  const parsed = parsePatch(text);
  return parsed.ok ? parsed.files : parsed.problem;
}

const text = (...lines: string[]) => lines.join("\n");

describe("*** Begin Patch", () => {
  it("holds files between blank lines, and nothing after its end", () => {
    const patch = text(
      ...["Here it is:", "*** Begin Patch", "", "*** Add File: a.txt", "+one", "+", ""],
      ...["*** Delete File:  b.txt ", "*** Update File: c.txt", "@@", " x", "-y", "+z", "", "*** End of File"],
      ...["*** End Patch", "*** Delete File: never"],
    );
    expect(files(patch)).toEqual([
      { kind: "create", path: "a.txt", content: "one\n\n" },
      { kind: "delete", path: "b.txt" },
      { kind: "update", path: "c.txt", hunks: [{ after: [], search: "x\ny\n\n", replace: "x\nz\n\n" }] },
    ]);
  });

  it("needs no first and no last line", () => {
    expect(files("*** Delete File: a\n\n")).toEqual([{ kind: "delete", path: "a" }]);
    expect(files("*** Update File: a\n-x\n+y")).toEqual([
      { kind: "update", path: "a", hunks: [{ after: [], search: "x\n", replace: "y\n" }] },
    ]);
  });

  it("moves a file, and finds hunks behind the lines that they name, one within the other", () => {
    const patch = text(
      ...["*** Begin Patch", "*** Update File: a.ts", "*** Move to: b.ts", "@@ class A @@", "@@   run() {", "-go"],
      ...["+stop", "@@ class B", "-go", "@@", "+end", "*** End Patch"],
    );
    expect(files(patch)).toEqual([
      {
        ...{ kind: "update", path: "a.ts", to: "b.ts" },
        hunks: [
          { after: ["class A", "run() {"], search: "go\n", replace: "stop\n" },
          { after: ["class B"], search: "go\n", replace: "" },
          { after: [], search: "", replace: "end\n" },
        ],
      },
    ]);
  });

  it.each([
    ["no file", "*** Begin Patch\n*** End Patch", "names no file"],
    ["text between files", "*** Begin Patch\nhello\n*** Add File: a\n+x", "“hello” is not expected here"],
    ["a new file's line without its mark", "*** Add File: a\n+x\ny", "begins with “+”, but “y” does not"],
    ["a changed file's line without its mark", "*** Update File: a\n x\ny", "but “y” does not"],
  ])("is refused for %s", (_name, patch, problem) => {
    expect(files(patch)).toContain(problem);
  });

  it("is told from a unified diff by what comes first", () => {
    expect(files("*** Add File: a\n+--- x\n+++ y\n")).toEqual([
      { kind: "create", path: "a", content: "--- x\n++ y\n" },
    ]);
    expect(files("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+*** Add File: b\n")).toMatchObject([{ path: "x" }]);
  });
});

describe("a unified diff", () => {
  it("has hunks with and without a line number, each closed by the next", () => {
    const patch = text(
      ...["--- a/x", "+++ b/x", "@@ -3,2 +3,2 @@ class A", " a", "-b", "+c", "@@ @@", "-d", "@@ -0,0 +1 @@", "+e", ""],
    );
    expect(files(patch)).toEqual([
      {
        ...{ kind: "update", path: "x" },
        hunks: [
          { search: "a\nb\n", replace: "a\nc\n", hintLine: 3 },
          { search: "d\n", replace: "" },
          { search: "", replace: "e\n" },
        ],
      },
    ]);
  });

  it("says which side has no final line ending", () => {
    const none = "\\ No newline at end of file";
    const patch = (...lines: string[]) => files(text("--- a/x", "+++ b/x", "@@ -1 +1 @@", ...lines));
    const hunk = (search: string, replace: string) => [
      { kind: "update", path: "x", hunks: [{ search, replace, hintLine: 1 }] },
    ];
    expect(patch("-a", none, "+b", "")).toEqual(hunk("a", "b\n"));
    expect(patch("-a", "+b", none)).toEqual(hunk("a\n", "b"));
    expect(patch("-b", " a", none)).toEqual(hunk("b\na", "a"));
    expect(patch(" a", "", "-b")).toEqual(hunk("a\n\nb\n", "a\n\n"));
  });

  it("ends a file where git begins the next, and knows renames without a change", () => {
    const patch = text(
      ...["diff --git a/x b/x", "index 1..2 100644", "--- a/x", "+++ b/x", "@@ -1 +1 @@", "-a", "+b"],
      ...["diff --git a/old b/new", "similarity index 100%", "rename from old", "rename to new"],
      ...["diff --git a/p b/q", "rename from p", "rename to q", "--- a/p", "+++ b/q", "@@ -1 +1 @@", "-c", "+d", ""],
    );
    expect(files(patch)).toEqual([
      { kind: "update", path: "x", hunks: [{ search: "a\n", replace: "b\n", hintLine: 1 }] },
      { kind: "update", path: "old", to: "new", hunks: [] },
      { kind: "update", path: "p", to: "q", hunks: [{ search: "c\n", replace: "d\n", hintLine: 1 }] },
    ]);
  });

  it.each([
    ["nothing of a patch", "hello", "holds neither"],
    ["a hunk's header that is none", "--- a/x\n+++ b/x\n@@ what\n-a\n", "is no header of a hunk"],
    ["a line without its mark", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\nb\n", "but “b” does not"],
    ["a new file that removes lines", "--- /dev/null\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "only lines with “+”"],
  ])("is refused for %s", (_name, patch, problem) => {
    expect(files(patch)).toContain(problem);
  });

  it("makes and removes files", () => {
    expect(files("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n")).toEqual([
      { kind: "create", path: "x", content: "a\n" },
    ]);
    expect(files("--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")).toEqual([{ kind: "delete", path: "x" }]);
  });
});
