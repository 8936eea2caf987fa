import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Access } from "../../daemon/security/access.ts";
import { benchFor, gitIn, repositoryWith, write } from "../orchestration/changes/fixture.ts";
import { call, contextOf } from "./workspace.ts";

async function copyOf(workspace: string) {
  const { changes, isolate } = benchFor(workspace);
  const isolation = await isolate("run-1");
  const root = isolation.worktree;
  const signal = new AbortController().signal;
  const git = () => changes.gitOf({ workspace, isolation, signal });
  const context = contextOf(root, { git, actor: "coder" });
  const asked: Access[] = [];
  const judgeAccess = async (access: Access) => {
    asked.push(access);
    return { verdict: "allow" as const, rule: "test", reason: "" };
  };
  const record = (action: "commit" | "branch", text: string) =>
    call(root, "git_record", { action, text }, { context, judgeAccess });
  const look = (input: object) => call(root, "git", input, { context });
  return { root, changes, isolation, asked, record, look };
}

it("commits the copy in the user's name on the copy's own HEAD, and makes a branch of it", async () => {
  const workspace = repositoryWith({ "a.txt": "a\n", "b.txt": "b\n" });
  gitIn(workspace, "config", "user.name", "Ada");
  gitIn(workspace, "config", "user.email", "ada@localhost");
  gitIn(workspace, "config", "commit.gpgSign", "true");
  const before = gitIn(workspace, "rev-parse", "HEAD").trim();
  const hook = join(workspace, ".git/hooks/pre-commit");
  writeFileSync(hook, `#!/bin/sh\ntouch ${workspace}/EVIL\n`, { mode: 0o755 });
  const { root, changes, isolation, asked, record, look } = await copyOf(workspace);
  expect((await record("branch", "early")).output).toContain("commit first");
  write(root, { "a.txt": "A\n", "new.txt": "n\n", "b.txt": null });
  const first = await record("commit", "Shout\n\nLouder.");
  expect(first).toMatchObject({ status: "done", summary: "committed 3 files: Shout" });
  expect((await look({ action: "status" })).output).toBe("Nothing has changed.");
  expect((await record("commit", "Again")).output).toContain("Nothing has changed since");
  write(root, { "new.txt": "nn\n" });
  await record("commit", "More");
  expect((await look({ action: "log", limit: 3 })).output).toMatch(/Ada: More\n.*Ada: Shout\n.*: /);

  expect((await record("branch", "louder")).output).toContain("Made the branch nexus/louder");
  expect((await record("branch", "louder")).output).toContain("exists already");
  expect(
    gitIn(
      workspace,
      "log",
      "--format=%an <%ae>|%s|%(trailers:key=Assisted-by,valueonly,separator=%x2c)",
      "nexus/louder",
    )
      .trim()
      .split("\n"),
  ).toEqual([
    "Ada <ada@localhost>|More|Nexus agent coder",
    "Ada <ada@localhost>|Shout|Nexus agent coder",
    expect.stringContaining("|"),
  ]);
  // The snapshot of a clean tree is not in the way.
  expect(gitIn(workspace, "rev-parse", "nexus/louder~2").trim()).toBe(before);
  expect(gitIn(workspace, "rev-parse", "HEAD").trim()).toBe(before);
  expect(gitIn(workspace, "status", "--short").trim()).toBe("");
  expect(existsSync(join(workspace, "EVIL"))).toBe(false);
  expect(asked.at(1)).toEqual({ kind: "git", action: "commit", detail: "Shout\n\nLouder." });
  expect(asked.at(-1)).toEqual({ kind: "git", action: "branch", detail: "nexus/louder" });

  const signal = new AbortController().signal;
  const changeSet = await changes.collect({ runId: "run-1", workspace, isolation, signal });
  expect(changeSet.files.map(({ path, status }) => `${status} ${path}`)).toEqual([
    "modified a.txt",
    "deleted b.txt",
    "added new.txt",
  ]);
});

it("commits on top of the snapshot when the user's tree was not clean", async () => {
  const workspace = repositoryWith({ "a.txt": "a\n" });
  write(workspace, { "a.txt": "mine\n" });
  const { root, isolation, record } = await copyOf(workspace);
  write(root, { "b.txt": "b\n" });
  await record("commit", "Add b");
  await record("branch", "b");
  expect(gitIn(workspace, "rev-parse", "nexus/b~1").trim()).toBe(isolation.baseCommit);
});

it.each<[string, Record<string, string>, string]>([
  ["a secret in the message", { "a.txt": "b\n" }, "Use sk-ant-0123456789abcdefghij"],
  ["the mark of a removed secret", { "a.txt": "b\n" }, "Use «secret removed»"],
  ["a secret in the content", { "a.txt": "key = ghp_0123456789abcdefghijABCDEFGHIJ0123\n" }, "Add"],
  ["a file that may hold secrets", { "deploy.pem": "x\n" }, "Add"],
  ["control characters", { "a.txt": "b\n" }, "Add \u001b]0;x\u0007"],
])("does not commit %s", async (_what, files, message) => {
  const { root, record, look } = await copyOf(repositoryWith({ "a.txt": "a\n" }));
  write(root, files);
  expect((await record("commit", message)).status).toBe("failed");
  expect((await look({ action: "log" })).output).not.toContain("Add");
});

it.each(["../x", "-d", "a..b", "x.lock", "a b", "refs/heads/main~1"])("makes no branch %j", async (name) => {
  const workspace = repositoryWith({ "a.txt": "a\n" });
  const { root, record } = await copyOf(workspace);
  write(root, { "a.txt": "b\n" });
  await record("commit", "Change");
  expect((await record("branch", name)).status).toBe("failed");
  expect(gitIn(workspace, "branch", "--list").trim()).toBe("* main");
});

it("looks at the repository itself, whatever a .git in the copy says", async () => {
  const { root, look, record } = await copyOf(repositoryWith({ "a.txt": "a\n" }));
  const evil = repositoryWith({ "x.txt": "x\n" });
  gitIn(evil, "config", "core.fsmonitor", "touch EVIL");
  write(root, { ".git": `gitdir: ${join(evil, ".git")}\n`, "a.txt": "b\n" });
  expect((await look({ action: "status" })).output).toBe(" M a.txt");
  expect((await record("commit", "Change")).status).toBe("done");
  expect(existsSync(join(root, "EVIL")) || existsSync(join(evil, "EVIL"))).toBe(false);
});

it("only looks where there is no copy", async () => {
  const workspace = repositoryWith({ "a.txt": "a\n" });
  write(workspace, { "a.txt": "b\n" });
  const { changes } = benchFor(workspace);
  const signal = new AbortController().signal;
  const context = contextOf(workspace, { git: () => changes.gitOf({ workspace, isolation: null, signal }) });
  expect((await call(workspace, "git", { action: "diff" }, { context })).output).toContain("+b");
  expect((await call(workspace, "git_record", { action: "commit", text: "x" }, { context })).status).toBe("failed");
});
