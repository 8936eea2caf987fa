import { expect, it } from "vitest";
import { reviewChange } from "../../daemon/orchestration/review.ts";
import type { ChangedFile, FileDiff, Plan } from "../../protocol/index.ts";

type Change = Partial<ChangedFile> & { path: string; added?: string; patch?: string; truncated?: boolean };

function review(changes: readonly Change[], plannedFiles?: readonly string[]): string[] {
  const files = changes.map(({ path, status = "modified", additions = 1, deletions = 0, binary = false }) => {
    return { path, status, additions, deletions, binary };
  });
  const diffs = changes.map((change): FileDiff => {
    const { path, status = "modified", binary = false, truncated = false } = change;
    return { path, status, binary, truncated, patch: change.patch ?? patchOf(change.added ?? "fine") };
  });
  const task = { id: "t", title: "t", goal: "g", agent: "coder", files: [...(plannedFiles ?? [])], acceptance: null };
  const plan: Plan | null = plannedFiles === undefined ? null : { summary: "s", tasks: [{ ...task, dependsOn: [] }] };
  const found = reviewChange({ changeSet: { baseCommit: "b", resultCommit: "r", files }, plan, diffs });
  return found.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
}

/** The text's lines as additions after three unchanged lines. */
function patchOf(text: string): string {
  const lines = text.split("\n");
  const head = `diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,${lines.length + 3} @@ context`;
  return [head, " a", " b", " c", ...lines.map((line) => `+${line}`), ""].join("\n");
}

it("has nothing to say of a clean change", () => {
  expect(review([{ path: "src/a.ts", added: "const secret = process.env.SECRET;\n=======\n// example" }])).toEqual([]);
});

it.each<[Change, string]>([
  [
    { path: "a.ts", added: "x\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other" },
    "error a.ts: Conflict markers were left in it.",
  ],
  [{ path: "key.pem", added: "-----BEGIN RSA PRIVATE KEY-----" }, "error key.pem: Line 4 looks like a private key."],
  [
    { path: "a.ts", added: `1\nconst k = "sk-${"a1".repeat(20)}";` },
    "error a.ts: Line 5 looks like a key, token or password.",
  ],
  [
    { path: "a.py", added: 'db_password = "hunter2hunter2"' },
    "error a.py: Line 4 looks like a key, token or password.",
  ],
  [{ path: "test/a.test.ts", status: "deleted" }, "warning test/a.test.ts: A test file was deleted."],
  [{ path: "pkg/x_test.go", status: "deleted" }, "warning pkg/x_test.go: A test file was deleted."],
  [{ path: "src/a.spec.ts", added: 'it.skip("x", () => {})' }, "warning src/a.spec.ts: Line 4 switches tests off."],
  [{ path: "logo.png", status: "added", binary: true, patch: "" }, "warning logo.png: A binary file was added."],
  [{ path: "package-lock.json" }, "warning package-lock.json: It changed although package.json did not."],
  [{ path: "a.ts", additions: 1501 }, "warning null: The change is very large: 1501 lines in 1 files."],
  [{ path: "a.ts", truncated: true }, "info a.ts: Its diff is too long to be looked over whole."],
])("finds what a reviewer would stumble on: %j", (change, expected) => {
  expect(review([change])).toEqual([expected]);
});

it.each<Change>([
  { path: "a.md", added: "Title\n=======" },
  { path: "a.py", added: 'password = "your-password-here"' },
  { path: "a.ts", added: "const apiKey = fromTheSettings();" },
  { path: "a.ts", patch: "--- a/x\n+++ b/password = 'hunter2hunter2'\n" },
  { path: "a.ts", patch: '@@ -1,2 +1,1 @@\n-password = "hunter2hunter2"\n fine\n' },
  { path: "src/a.ts", added: "it.skip(rope)" },
  { path: "src/contest.ts", status: "deleted" },
  { path: "logo.png", status: "deleted", binary: true, patch: "" },
])("does not cry wolf: %j", (change) => {
  expect(review([change])).toEqual([]);
});

it("accepts a lock file that changes with a manifest of its workspace", () => {
  expect(review([{ path: "package-lock.json", additions: 4000 }, { path: "packages/a/package.json" }])).toEqual([]);
});

it("names files outside the plan, once a plan names any", () => {
  const changes = [{ path: "src/a.ts" }, { path: "docs/b.md" }, { path: "lib/deep/c.ts" }];
  expect(review(changes, ["./src/a.ts", "lib/"])).toEqual(["info docs/b.md: It is not among the files of the plan."]);
  expect(review(changes, [])).toEqual([]);
});

it("puts the gravest first and stays bounded", () => {
  const many = Array.from({ length: 80 }, (_, index) => ({ path: `f${index}.ts` }));
  const found = review([...many, { path: "z.ts", added: "-----BEGIN PRIVATE KEY-----" }], ["other.ts"]);
  expect(found).toHaveLength(50);
  expect(found[0]).toContain("private key");
  expect(found[1]).toContain("very large");
});

it("gets through a long line quickly", () => {
  expect(review([{ path: "a.js", added: `x = "${"a:/".repeat(60_000)}"` }])).toEqual([]);
});
