import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Access } from "../../daemon/security/access.ts";
import { call, contextOf, get, git, makeFolder, makeRepository, put } from "./workspace.ts";

const CANARY = "CANARY-a8f3";

function look(root: string, input: object, judge: (access: Access) => "allow" | "deny" = () => "allow") {
  const context = contextOf(root, { git: async () => ({ look: { folder: root } }) });
  const judgeAccess = async (access: Access) => ({ verdict: judge(access), rule: "test", reason: "" });
  return call(root, "git", input, { context, judgeAccess });
}

function commitAll(root: string, message: string): string {
  git(root, "add", "-A", "-f");
  git(root, "-c", "user.name=Ada", "-c", "user.email=a@localhost", "commit", "-q", "-m", message);
  return git(root, "rev-parse", "HEAD").trim();
}

it("shows what has changed, the log, who wrote a line, a commit and a file at a commit", async () => {
  const root = makeRepository({ "src/a.ts": "one\ntwo\n", "b.txt": "b\n" });
  put(root, "src/a.ts", "one\nTWO\n");
  const second = commitAll(root, "Shout\n\nSo that it is heard.");
  put(root, "src/a.ts", "one\nTWO\nthree\n");
  put(root, "new.txt", "");
  expect((await look(root, { action: "status" })).output).toBe(" M src/a.ts\n?? new.txt");
  expect((await look(root, { action: "diff" })).output).toContain("+three");
  expect((await look(root, { action: "diff", rev: "HEAD~1..HEAD" })).output).toContain("-two\n+TWO");
  expect((await look(root, { action: "diff", path: "b.txt" })).output).toBe("No difference.");
  const log = await look(root, { action: "log", path: "src" });
  expect(log.output.split("\n")).toEqual([
    expect.stringMatching(/^[0-9a-f]{7,} \d{4}-\d\d-\d\d Ada: Shout$/),
    expect.stringMatching(/ t: start$/),
  ]);
  expect((await look(root, { action: "log", limit: 1 })).output).not.toContain("start");
  expect((await look(root, { action: "log", grep: "HEARD" })).output).toMatch(/Shout$/);
  expect((await look(root, { action: "log", grep: "(" })).output).toBe("No commits.");
  const blame = (await look(root, { action: "blame", path: "src/a.ts", from: 2, to: 99 })).output;
  expect(blame).toMatch(/Ada .* 2\) TWO\n.*Not Committed Yet .* 3\) three$/);
  expect((await look(root, { action: "show", rev: second })).output).toMatch(
    /Author: Ada[\s\S]*So that it is heard[\s\S]*\+TWO/,
  );
  expect((await look(root, { action: "show", rev: "HEAD~1", path: "src/a.ts" })).output).toBe("one\ntwo");
});

it.each([
  { action: "show", rev: "HEAD:.env" },
  { action: "show", rev: "--output=x" },
  { action: "diff", rev: "--output=x" },
  { action: "log", rev: "HEAD..--all" },
  { action: "show", rev: "nothing" },
  { action: "show", rev: ":/start" },
  { action: "diff", rev: "a..b..c" },
  { action: "blame" },
  { action: "blame", path: "a.txt", from: 9, to: 2 },
  { action: "blame", path: "../a.txt" },
])("refuses %j", async (input) => {
  const root = makeRepository({ "a.txt": "a\n", ".env": `KEY=${CANARY}` });
  const result = await look(root, input);
  expect(result.status).not.toBe("done");
  expect(result.output).not.toContain(CANARY);
  expect(existsSync(join(root, "x"))).toBe(false);
});

it("asks for secret files as for reading them, by name, and leaves them out otherwise", async () => {
  const root = makeRepository({ "a.txt": "a\n", ".env": `KEY=${CANARY}\n`, "only/.env": "" });
  const blob = git(root, "rev-parse", "HEAD:.env").trim();
  put(root, ".env", `KEY=${CANARY}2\n`);
  put(root, "a.txt", "b\n");
  const deny = (access: Access) => (access.kind === "read" && access.paths.includes(".env") ? "deny" : "allow");
  for (const action of ["diff", "show", "blame"] as const)
    expect((await look(root, { action, path: ".env" }, deny)).status).toBe("denied");
  for (const input of [
    { action: "diff" },
    { action: "show" },
    { action: "diff", path: "only" },
    { action: "show", rev: blob },
  ]) {
    expect((await look(root, input, deny)).output).not.toContain(CANARY);
  }
  const shown = await look(root, { action: "diff" }, deny);
  expect(shown.output).toMatch(/\+b\n\(left out, may hold secrets: \.env\)$/);
  expect((await look(root, { action: "diff", path: ".env" })).output).toContain(CANARY);
  put(root, "a.txt", "a\n");
  expect((await look(root, { action: "diff" }, deny)).output).toBe(
    "No difference.\n(left out, may hold secrets: .env)",
  );
});

it("runs nothing that the repository names", async () => {
  const root = makeRepository({ "a.txt": "a\n", ".gitattributes": "*.txt diff=evil filter=evil\n" });
  const evil = "touch EVIL #";
  for (const key of [
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "core.pager",
    "core.fsmonitor",
    "log.showSignature",
    "gpg.program",
  ])
    git(root, "config", key, key === "log.showSignature" ? "true" : evil);
  put(root, "a.txt", "b\n");
  put(root, ".git/hooks/post-index-change", `#!/bin/sh\n${evil}\n`);
  for (const action of ["status", "diff", "log", "show", "blame"] as const)
    expect((await look(root, { action, ...(action === "blame" ? { path: "a.txt" } : {}) })).status).toBe("done");
  expect(existsSync(join(root, "EVIL"))).toBe(false);
  expect(get(root, "a.txt")).toBe("b\n");
});

it("says so where there is no repository", async () => {
  const root = makeFolder();
  expect((await call(root, "git", { action: "log" })).output).toContain("in no git repository");
  expect((await call(root, "git_record", { action: "commit", text: "x" })).output).toContain("no git repository");
});
