/** Repositories that try to run programs, and tools that are missing. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { type Bench, benchFor, gitIn, makeExecutable, repositoryWith, temporaryFolder, write } from "./fixture.ts";

const home = process.env["HOME"];
afterEach(() => {
  if (home !== undefined) process.env["HOME"] = home;
});

const HOOKS = [
  "post-checkout",
  "pre-commit",
  "reference-transaction",
  "post-index-change",
  "fsmonitor-watchman",
  "pre-auto-gc",
];

async function everything(bench: Bench): Promise<void> {
  const isolation = await bench.isolate();
  write(isolation.worktree, { "a.txt": "2", "new.txt": "n" });
  await bench.changes.workingDiff(isolation, bench.workspace);
  const changeSet = await bench.collect(isolation);
  await bench.changes.diff(bench.workspace, changeSet, "a.txt");
  await bench.changes.file(bench.workspace, changeSet, "a.txt", "after");
  expect(await bench.accept(changeSet)).toEqual([]);
  await bench.changes.release("run-1", bench.workspace);
  expect(readFileSync(join(bench.workspace, "a.txt"), "utf8")).toBe("2");
}

it("runs no hook, no file monitor, no filter and no diff program of the repository", async () => {
  const traces = temporaryFolder();
  const workspace = repositoryWith({
    "a.txt": "1",
    ".gitattributes": "*.txt filter=evil diff=evil\n*.md filter=a=b\n",
  });
  write(workspace, { "b.md": "b" });
  const trap = join(traces, "trap.sh");
  write(traces, { "trap.sh": `#!/bin/sh\necho "$0" >> '${traces}/PWN'\ncat\n` });
  makeExecutable(trap);
  mkdirSync(join(workspace, ".git/hooks"), { recursive: true });
  for (const hook of HOOKS) symlinkSync(trap, join(workspace, ".git/hooks", hook));
  const settings = {
    "core.fsmonitor": trap,
    "core.hooksPath": join(workspace, ".git/hooks"),
    "filter.evil.clean": trap,
    "filter.evil.smudge": trap,
    "filter.evil.process": trap,
    "filter.evil.required": "true",
    "diff.evil.textconv": trap,
    "diff.evil.command": trap,
    "diff.external": trap,
    "core.sshCommand": trap,
    "core.pager": trap,
  };
  for (const [key, value] of Object.entries(settings)) gitIn(workspace, "config", key, value);
  gitIn(workspace, "config", "--file", ".git/config", "filter.a=b.clean", trap);
  await everything(benchFor(workspace));
  expect(existsSync(join(traces, "PWN"))).toBe(false);
});

it("runs no program that a nested or bare repository inside the folder names", async () => {
  const traces = temporaryFolder();
  const workspace = repositoryWith({ "a.txt": "1" });
  const trap = `touch '${traces}/PWN'; false`;
  const nested = join(workspace, "nested");
  write(workspace, { "nested/": "", "bare/": "" });
  repositoryWith({ "x.txt": "x" }, nested);
  gitIn(join(workspace, "bare"), "init", "-q", "--bare");
  for (const config of ["nested/.git/config", "bare/config"]) {
    gitIn(workspace, "config", "--file", config, "core.fsmonitor", trap);
    gitIn(workspace, "config", "--file", config, "filter.evil.clean", trap);
  }
  await everything(benchFor(workspace));
  expect(existsSync(join(traces, "PWN"))).toBe(false);
});

it("does not fail when the program of the user's own filter is missing, such as git-lfs", async () => {
  const own = temporaryFolder();
  const filter =
    '[filter "lfs"]\n\tclean = nexus-no-lfs clean\n\tsmudge = nexus-no-lfs smudge\n\tprocess = nexus-no-lfs\n\trequired = true\n';
  const workspace = repositoryWith({
    "a.txt": "1",
    "big.bin": "version https://git-lfs\n",
    ".gitattributes": "*.bin filter=lfs\n",
  });
  write(own, { ".gitconfig": filter });
  process.env["HOME"] = own;
  await everything(benchFor(workspace));
});

it("uses the user's own filters, so that files are compared as git compares them", async () => {
  const own = temporaryFolder();
  const workspace = repositoryWith({ "a.txt": "1", ".gitattributes": "*.up filter=up\n" });
  write(own, { ".gitconfig": '[filter "up"]\n\tclean = tr a-z A-Z\n\tsmudge = tr A-Z a-z\n' });
  process.env["HOME"] = own;
  write(workspace, { "x.up": "text\n" });
  const bench = benchFor(workspace);
  const isolation = await bench.isolate();
  expect(readFileSync(join(isolation.worktree, "x.up"), "utf8")).toBe("text\n");
  write(isolation.worktree, { "x.up": "more\n" });
  const changeSet = await bench.collect(isolation);
  expect(await bench.changes.file(workspace, changeSet, "x.up", "after")).toBe("MORE\n");
  expect(await bench.accept(changeSet)).toEqual([]);
  expect(readFileSync(join(workspace, "x.up"), "utf8")).toBe("more\n");
});

it("refuses a repository whose working tree is elsewhere", async () => {
  const workspace = repositoryWith({ "a.txt": "1" });
  gitIn(workspace, "config", "core.worktree", temporaryFolder());
  await expect(benchFor(workspace).isolate()).rejects.toMatchObject({ value: { code: "workspace.git_failed" } });
});

it("treats a folder in a home folder that is under git as a folder without git", async () => {
  const own = repositoryWith({ ".profile": "p", "project/a.txt": "1" });
  process.env["HOME"] = own;
  const bench = benchFor(join(own, "project"));
  const { worktree } = await bench.isolate();
  expect(existsSync(join(worktree, "a.txt"))).toBe(true);
  expect(gitIn(own, "for-each-ref", "refs/nexus")).toBe("");
});

it("says git's own words when the repository is damaged", async () => {
  const workspace = repositoryWith({ "a.txt": "1" });
  write(workspace, { ".git/index": "rubbish" });
  const failure = { value: { code: "workspace.git_failed", message: expect.stringContaining("index") } };
  await expect(benchFor(workspace).isolate()).rejects.toMatchObject(failure);
});
