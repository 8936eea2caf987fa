import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { benchFor, contents, type Files, gitIn, gitState, repositoryWith, temporaryFolder, write } from "./fixture.ts";

const COMMITTED: Files = { "a.txt": "one\n", "src/b.txt": "two\n", ".gitignore": "node_modules/\n*.log\n" };

it("copies the tree as it is: edited, staged, deleted and untracked files, ignored ones not", async () => {
  const workspace = repositoryWith({ ...COMMITTED, "gone.txt": "x", "staged.txt": "1" });
  write(workspace, {
    "a.txt": "edited\n",
    "gone.txt": null,
    "new/c.txt": "three\n",
    "debug.log": "no",
    "staged.txt": "2",
  });
  gitIn(workspace, "add", "staged.txt");
  write(workspace, { "staged.txt": "3" });
  const before = gitState(workspace);
  const { worktree } = await benchFor(workspace).isolate();
  const expected = { ...contents(workspace) };
  delete expected["debug.log"];
  expect(contents(worktree)).toEqual(expected);
  expect(gitState(workspace)).toBe(before);
});

it("sees an edit that only differs in content: same size, and as young as the index", async () => {
  const workspace = repositoryWith({ "a.txt": "aaaa" });
  for (const [key, value] of [["core.trustctime", "false"] as const, ["core.checkStat", "minimal"] as const])
    gitIn(workspace, "config", key, value);
  const at = 1_700_000_000;
  utimesSync(join(workspace, "a.txt"), at, at);
  gitIn(workspace, "update-index", "--refresh");
  write(workspace, { "a.txt": "bbbb" });
  utimesSync(join(workspace, "a.txt"), at, at);
  utimesSync(join(workspace, ".git/index"), at, at);
  const { worktree } = await benchFor(workspace).isolate();
  expect(readFileSync(join(worktree, "a.txt"), "utf8")).toBe("bbbb");
});

it("shows edits that git was told to overlook", async () => {
  const workspace = repositoryWith({ "assumed.txt": "1", "skipped.txt": "1" });
  gitIn(workspace, "update-index", "--assume-unchanged", "assumed.txt");
  gitIn(workspace, "update-index", "--skip-worktree", "skipped.txt");
  write(workspace, { "assumed.txt": "22", "skipped.txt": "33" });
  const { worktree } = await benchFor(workspace).isolate();
  expect(contents(worktree)).toEqual({ "assumed.txt": "22", "skipped.txt": "33" });
  expect(gitIn(workspace, "ls-files", "-v")).toContain("h assumed.txt\nS skipped.txt");
});

it.each([
  ["no commit yet", (folder: string) => gitIn(folder, "update-ref", "-d", "HEAD")],
  ["a detached HEAD", (folder: string) => gitIn(folder, "checkout", "-q", "--detach")],
  ["an index that somebody holds", (folder: string) => write(folder, { ".git/index.lock": "" })],
  ["no index", (folder: string) => rmSync(join(folder, ".git/index"))],
])("works with %s", async (_name, prepare) => {
  const workspace = repositoryWith(COMMITTED);
  prepare(workspace);
  write(workspace, { "new.txt": "n" });
  const bench = benchFor(workspace);
  const isolation = await bench.isolate();
  expect(contents(isolation.worktree)).toEqual(contents(workspace));
  write(isolation.worktree, { "a.txt": "by the agent" });
  const changeSet = await bench.collect(isolation);
  expect(changeSet.files.map((file) => file.path)).toEqual(["a.txt"]);
  expect(await bench.accept(changeSet)).toEqual([]);
  expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("by the agent");
});

it("works in the middle of a merge, and leaves it there", async () => {
  const workspace = repositoryWith({ "a.txt": "base\n" });
  gitIn(workspace, "checkout", "-q", "-b", "other");
  write(workspace, { "a.txt": "other\n" });
  gitIn(workspace, "commit", "-qam", "other");
  gitIn(workspace, "checkout", "-q", "main");
  write(workspace, { "a.txt": "main\n" });
  gitIn(workspace, "commit", "-qam", "main");
  expect(() => gitIn(workspace, "merge", "other")).toThrow();
  const before = gitState(workspace);
  const { worktree } = await benchFor(workspace).isolate();
  expect(readFileSync(join(worktree, "a.txt"), "utf8")).toContain("<<<<<<<");
  expect(gitState(workspace)).toBe(before);
  expect(existsSync(join(workspace, ".git/MERGE_HEAD"))).toBe(true);
});

it("works in a shallow clone, in a linked worktree, and beside a submodule", async () => {
  const origin = repositoryWith(COMMITTED);
  write(origin, { "a.txt": "second\n" });
  gitIn(origin, "commit", "-qam", "second");
  const shallow = join(temporaryFolder(), "shallow");
  gitIn(origin, "clone", "-q", "--depth", "1", `file://${origin}`, shallow);
  const linked = join(temporaryFolder(), "linked");
  gitIn(origin, "worktree", "add", "-q", "--detach", linked);
  const outer = repositoryWith({ "outer.txt": "o" });
  gitIn(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", origin, "sub");
  write(outer, { "sub/a.txt": "edited in the submodule" });
  for (const workspace of [shallow, linked, outer]) {
    const bench = benchFor(workspace);
    const changeSet = await bench.run((copy) => write(copy, { "made.txt": "m" }));
    expect(changeSet.files.map((file) => file.path)).toEqual(["made.txt"]);
    expect(await bench.accept(changeSet)).toEqual([]);
    expect(readFileSync(join(workspace, "made.txt"), "utf8")).toBe("m");
  }
});

it("works in a folder of a repository: siblings are there, but only the folder is collected", async () => {
  const top = repositoryWith({ "shared/lib.txt": "l", "app/main.txt": "m" });
  const bench = benchFor(join(top, "app"));
  const isolation = await bench.isolate();
  expect(contents(isolation.worktree)).toEqual({ "main.txt": "m" });
  write(isolation.worktree, { "../shared/lib.txt": "changed", "main.txt": "changed", "deep/new.txt": "n" });
  const changeSet = await bench.collect(isolation);
  expect(changeSet.files.map((file) => file.path)).toEqual(["deep/new.txt", "main.txt"]);
  expect(await bench.changes.file(bench.workspace, changeSet, "main.txt", "before")).toBe("m");
  expect(await bench.accept(changeSet)).toEqual([]);
  expect(contents(top)).toEqual({ "shared/lib.txt": "l", "app/main.txt": "changed", "app/deep/new.txt": "n" });
});

it("works in a folder without git, and leaves no trace in it", async () => {
  const workspace = temporaryFolder();
  write(workspace, {
    "a.txt": "1\r\n2\n",
    "node_modules/x/index.js": "x",
    "sub/.git-notes": "kept",
    "dist/out.js": "o",
  });
  const bench = benchFor(workspace);
  const isolation = await bench.isolate();
  expect(contents(isolation.worktree, ["node_modules"])).toEqual({ "a.txt": "1\r\n2\n", "sub/.git-notes": "kept" });
  expect(isolation.linked).toEqual(["node_modules"]);
  write(isolation.worktree, { "a.txt": "1\r\n2\nx\n", "b/c.txt": "new", "sub/.git-notes": null });
  const changeSet = await bench.collect(isolation);
  expect(await bench.accept(changeSet)).toEqual([]);
  const files = { "a.txt": "1\r\n2\nx\n", "b/c.txt": "new", "node_modules/x/index.js": "x", "dist/out.js": "o" };
  expect(contents(workspace)).toEqual(files);
  expect(existsSync(join(workspace, ".git"))).toBe(false);
  expect(existsSync(join(workspace, "sub"))).toBe(false);
});

it("copies the files of nested repositories without their history, by their own ignore rules", async () => {
  const workspace = temporaryFolder();
  write(workspace, { "api/": "" });
  repositoryWith({ "api.txt": "a", ".gitignore": "secret" }, join(workspace, "api"));
  write(workspace, { "api/secret": "s", "api/edited.txt": "e", "web/": "" });
  gitIn(join(workspace, "web"), "init", "-q");
  write(workspace, { "web/page.txt": "p" });
  const bench = benchFor(workspace);
  const before = gitState(join(workspace, "api"));
  const isolation = await bench.isolate();
  const copied = { "api/.gitignore": "secret", "api/api.txt": "a", "api/edited.txt": "e", "web/page.txt": "p" };
  expect(contents(isolation.worktree)).toEqual(copied);
  expect(existsSync(join(isolation.worktree, "api/.git"))).toBe(false);
  write(isolation.worktree, { "api/api.txt": "by the agent" });
  expect(await bench.accept(await bench.collect(isolation))).toEqual([]);
  expect(readFileSync(join(workspace, "api/api.txt"), "utf8")).toBe("by the agent");
  write(workspace, { "api/api.txt": "a" });
  expect(gitState(join(workspace, "api"))).toBe(before);
});

it("links installed packages one by one, and those of the workspace to the copy's own", async () => {
  const workspace = repositoryWith({ ".gitignore": "node_modules\nvenv/\n", "packages/own/index.js": "own" });
  write(workspace, {
    "node_modules/left/index.js": "left",
    "node_modules/@s/p/index.js": "p",
    "node_modules/own": "-> ../packages/own",
    "node_modules/.bin/left": "-> ../left/index.js",
    "node_modules/.cache/old": "c",
    "packages/own/node_modules/deep/index.js": "deep",
    "venv/lib/x.py": "x",
  });
  const bench = benchFor(workspace);
  const isolation = await bench.isolate();
  const copy = isolation.worktree;
  expect(isolation.linked).toEqual(["node_modules", "packages/own/node_modules", "venv"]);
  expect(readFileSync(join(copy, "node_modules/.bin/left"), "utf8")).toBe("left");
  expect(readFileSync(join(copy, "node_modules/@s/p/index.js"), "utf8")).toBe("p");
  expect(readFileSync(join(copy, "venv/lib/x.py"), "utf8")).toBe("x");
  expect(realpathSync(join(copy, "node_modules/own"))).toBe(join(copy, "packages/own"));
  expect(existsSync(join(copy, "node_modules/.cache"))).toBe(false);
  expect((await bench.collect(isolation)).files).toEqual([]);
  rmSync(join(copy, "node_modules"), { recursive: true });
  await bench.changes.release("run-1", workspace);
  expect(contents(join(workspace, "node_modules"))["left/index.js"]).toBe("left");
  expect(readdirSync(join(workspace, "venv/lib"))).toEqual(["x.py"]);
});

it("leaves out files over 50 MiB and says so", async () => {
  const workspace = repositoryWith(COMMITTED);
  write(workspace, { "big.bin": Buffer.alloc(51 * 1024 * 1024), "small.bin": Buffer.alloc(10) });
  const isolation = await benchFor(workspace).isolate();
  expect(isolation.skipped).toEqual(["big.bin (51 MiB, more than 50)"]);
  expect(existsSync(join(isolation.worktree, "big.bin"))).toBe(false);
  expect(existsSync(join(isolation.worktree, "small.bin"))).toBe(true);
});

it("answers with the same copy again, edits included, and makes a half-made one anew", async () => {
  const workspace = repositoryWith(COMMITTED);
  const bench = benchFor(workspace);
  const first = await bench.isolate();
  write(first.worktree, { "a.txt": "the agent's" });
  write(workspace, { "a.txt": "the user's, later" });
  expect(await benchFor(workspace, bench.home).isolate()).toEqual(first);
  expect(readFileSync(join(first.worktree, "a.txt"), "utf8")).toBe("the agent's");
  // Without its record it is half made: nobody was told of it.
  rmSync(join(bench.home, "isolation/run-1.json"));
  rmSync(join(first.worktree, ".git"));
  const second = await bench.isolate();
  expect(readFileSync(join(second.worktree, "a.txt"), "utf8")).toBe("the user's, later");
  expect(gitIn(workspace, "worktree", "list").trim().split("\n")).toHaveLength(2);
  // A copy that somebody removed is made again where it began.
  rmSync(second.worktree, { recursive: true });
  await expect(bench.collect(second)).rejects.toThrow("copy is gone");
  expect(await bench.isolate()).toEqual(second);
});

it("keeps the data folder out of the copy when it lies in the workspace", async () => {
  const workspace = repositoryWith(COMMITTED);
  const bench = benchFor(workspace, join(workspace, ".nexus-data"));
  await bench.isolate("run-1");
  const { worktree } = await bench.isolate("run-2");
  expect(Object.keys(contents(worktree)).sort()).toEqual([".gitignore", "a.txt", "src/b.txt"]);
});

it("goes on from an earlier result only while the tree is what that was made from", async () => {
  const workspace = repositoryWith(COMMITTED);
  const bench = benchFor(workspace);
  const earlier = await bench.run((copy) => write(copy, { "a.txt": "by run 1\n" }));
  const next = await bench.isolate("run-2", earlier);
  expect(next.startCommit).toBe(earlier.resultCommit);
  write(next.worktree, { "more.txt": "m" });
  const both = await bench.collect(next, "run-2");
  expect(both.files.map((file) => file.path)).toEqual(["a.txt", "more.txt"]);
  write(workspace, { "src/b.txt": "the user goes on" });
  const fresh = await bench.isolate("run-3", earlier);
  expect(fresh.startCommit).toBe(fresh.baseCommit);
  expect(readFileSync(join(fresh.worktree, "a.txt"), "utf8")).toBe("one\n");
  const lost = { ...earlier, resultCommit: `${"0".repeat(39)}1` };
  write(workspace, { "src/b.txt": "two\n" });
  expect((await bench.isolate("run-4", lost)).startCommit).not.toBe(lost.resultCommit);
});

it("releases its own copy and nobody else's", async () => {
  const workspace = repositoryWith(COMMITTED);
  const mine = join(temporaryFolder(), "mine");
  gitIn(workspace, "worktree", "add", "-q", "--detach", mine);
  rmSync(mine, { recursive: true });
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => write(copy, { "a.txt": "x" }));
  await bench.changes.release("run-1", workspace);
  await bench.changes.release("run-1", workspace);
  expect(existsSync(join(bench.home, "worktrees/run-1"))).toBe(false);
  expect(readdirSync(join(workspace, ".git/worktrees"))).toEqual(["mine"]);
  expect(gitIn(workspace, "rev-parse", "refs/nexus/run-1/result").trim()).toBe(changeSet.resultCommit);
  expect(await bench.changes.file(workspace, changeSet, "a.txt", "after")).toBe("x");
});

it("refuses what is no folder, and names that could lead elsewhere", async () => {
  const bench = benchFor(join(temporaryFolder(), "missing"));
  await expect(bench.isolate()).rejects.toMatchObject({ value: { code: "workspace.missing" } });
  await expect(bench.isolate("../../x")).rejects.toThrow("cannot be the name");
  const bare = temporaryFolder();
  gitIn(bare, "init", "-q", "--bare");
  await expect(benchFor(bare).isolate()).rejects.toMatchObject({ value: { code: "workspace.git_failed" } });
});

it("ends when it is cancelled", async () => {
  const workspace = repositoryWith(COMMITTED);
  const { changes } = benchFor(workspace);
  const signal = AbortSignal.abort(new Error("cancelled"));
  await expect(changes.isolate({ runId: "run-1", workspace, signal })).rejects.toThrow("cancelled");
});
