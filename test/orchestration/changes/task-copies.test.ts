/** Tasks side by side: copies of their own, and what they made joined in the run's copy. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Isolation } from "../../../daemon/orchestration/changes/changes.ts";
import {
  type Bench,
  benchFor,
  contents,
  type Files,
  gitIn,
  gitState,
  makeExecutable,
  repositoryWith,
  temporaryFolder,
  write,
} from "./fixture.ts";

const signal = new AbortController().signal;
const LINES = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join("");

interface Team {
  readonly bench: Bench;
  readonly workspace: string;
  readonly run: Isolation;
  readonly place: { readonly runId: string; readonly workspace: string; readonly isolation: Isolation };
  open(taskId: string, startCommit?: string): Promise<Isolation>;
  /** Opens a copy, changes it, and joins it. */
  join(taskId: string, files: Files, more?: (copy: string) => void): ReturnType<Bench["changes"]["tasks"]["merge"]>;
  merge(taskId: string, isolation: Isolation): ReturnType<Bench["changes"]["tasks"]["merge"]>;
}

async function teamIn(workspace: string): Promise<Team> {
  const bench = benchFor(workspace);
  const run = await bench.isolate();
  const { tasks } = bench.changes;
  const place = { runId: "run-1", workspace, isolation: run };
  const open: Team["open"] = async (taskId, startCommit) =>
    tasks.open({ runId: "run-1", workspace, taskId, startCommit: startCommit ?? (await tasks.head(place)), signal });
  const merge: Team["merge"] = async (taskId, isolation) => {
    const { commit } = await tasks.commit({ runId: "run-1", workspace, taskId, isolation, signal });
    return tasks.merge(place, { taskId, theirs: commit, base: isolation.startCommit });
  };
  return {
    ...{ bench, workspace, run, place, open, merge },
    async join(taskId, files, more = () => undefined) {
      const isolation = await open(taskId, run.startCommit);
      write(isolation.worktree, files);
      more(isolation.worktree);
      return merge(taskId, isolation);
    },
  };
}

it("joins what two tasks did side by side, in the run's copy and nowhere else", async () => {
  const workspace = repositoryWith({ "a.txt": LINES, "b.txt": "b\n", "c.txt": "c\n" });
  const before = { files: contents(workspace), git: gitState(workspace) };
  const team = await teamIn(workspace);
  const first = await team.join("one", { "a.txt": LINES.replace("line 1\n", "first\n"), "new/one.txt": "1" });
  expect(first).toMatchObject({ ok: true, files: ["a.txt", "new/one.txt"] });
  const second = await team.join("two", { "a.txt": LINES.replace("line 18\n", "second\n"), "b.txt": null });
  expect(second).toMatchObject({ ok: true, files: ["a.txt", "b.txt"] });
  expect(contents(team.run.worktree)).toEqual({
    "a.txt": LINES.replace("line 1\n", "first\n").replace("line 18\n", "second\n"),
    "c.txt": "c\n",
    "new/one.txt": "1",
  });
  expect({ files: contents(workspace), git: gitState(workspace) }).toEqual(before);
});

it("follows a renamed file, keeps modes and links, and leaves ignored and untracked files alone", async () => {
  const workspace = repositoryWith({
    ".gitignore": "*.log\n",
    "old.txt": LINES,
    "run.sh": "#!/bin/sh\n",
    at: "-> old.txt",
  });
  const team = await teamIn(workspace);
  write(team.run.worktree, { "debug.log": "kept", "untracked.txt": "kept too" });
  expect(await team.join("move", { "old.txt": null, "moved.txt": LINES, at: "-> moved.txt" })).toMatchObject({
    ok: true,
  });
  const edited = await team.join("edit", { "old.txt": LINES.replace("line 3\n", "edited\n") }, (copy) =>
    makeExecutable(join(copy, "run.sh")),
  );
  expect(edited).toMatchObject({ ok: true });
  expect(contents(team.run.worktree)).toEqual({
    ...{ ".gitignore": "*.log\n", "debug.log": "kept", "untracked.txt": "kept too", at: "-> moved.txt" },
    ...{ "moved.txt": LINES.replace("line 3\n", "edited\n"), "run.sh": "x #!/bin/sh\n" },
  });
});

it("tells a conflict with all three sides, writes nothing, and hands out a tree with both marked", async () => {
  const workspace = repositoryWith({ "a.txt": "one\ntwo\nthree\n", "b.txt": "b\n", "bin.dat": Buffer.from([0, 1]) });
  const team = await teamIn(workspace);
  await team.join("one", { "a.txt": "one\nOURS\nthree\n", "b.txt": null, "bin.dat": Buffer.from([0, 2]) });
  const before = contents(team.run.worktree);
  const merged = await team.join("two", {
    ...{ "a.txt": "one\nTHEIRS\nthree\n", "b.txt": "changed\n", "bin.dat": Buffer.from([0, 3]), "clean.txt": "c" },
  });
  if (merged.ok) throw new Error("no conflict");
  expect(merged.conflicts.map(({ path, base, ours, theirs }) => ({ path, base, ours, theirs }))).toEqual([
    { path: "a.txt", base: "one\ntwo\nthree\n", ours: "one\nOURS\nthree\n", theirs: "one\nTHEIRS\nthree\n" },
    { path: "b.txt", base: "b\n", ours: null, theirs: "changed\n" },
    { path: "bin.dat", base: null, ours: null, theirs: null },
  ]);
  expect(contents(team.run.worktree)).toEqual(before);
  const copy = await team.open("join-two", merged.marked);
  expect(readFileSync(join(copy.worktree, "a.txt"), "utf8")).toBe(
    "one\n<<<<<<<<<<< nexus ours: what the run has so far\nOURS\n||||||||||| nexus base: before both\ntwo\n=========== nexus\nTHEIRS\n>>>>>>>>>>> nexus theirs: task two\nthree\n",
  );
  expect(readFileSync(join(copy.worktree, "clean.txt"), "utf8")).toBe("c");
  const { tasks } = team.bench.changes;
  const left = async () => {
    const what = { runId: "run-1", workspace, taskId: "join-two", isolation: copy, signal };
    return tasks.unresolved(workspace, { since: merged.ours, commit: (await tasks.commit(what)).commit });
  };
  expect(await left()).toEqual([
    ...["a.txt", "b.txt.nexus-conflict", "b.txt.nexus-theirs"],
    ...["bin.dat.nexus-conflict", "bin.dat.nexus-ours", "bin.dat.nexus-theirs"],
  ]);
  write(copy.worktree, {
    ...{ "a.txt": "one\nBOTH\nthree\n", "b.txt.nexus-conflict": null, "b.txt.nexus-theirs": null },
    ...{ "bin.dat.nexus-conflict": null, "bin.dat.nexus-ours": null, "bin.dat.nexus-theirs": null },
  });
  expect(await left()).toEqual([]);
  const { commit } = await tasks.commit({ runId: "run-1", workspace, taskId: "join-two", isolation: copy, signal });
  const joined = await tasks.merge(team.place, { taskId: "join-two", theirs: commit, base: merged.ours });
  expect(joined).toMatchObject({ ok: true });
  expect(contents(team.run.worktree)).toMatchObject({ "a.txt": "one\nBOTH\nthree\n", "clean.txt": "c" });
});

it("tells a file against a folder, and a file that git ignores in the way", async () => {
  const workspace = repositoryWith({ ".gitignore": "out\n", "a.txt": "a" });
  const team = await teamIn(workspace);
  write(team.run.worktree, { out: "built" });
  await team.join("one", { "thing/in.txt": "1" });
  expect(await team.join("two", { thing: "a file" })).toMatchObject({ ok: false });
  const ignored = await team.join("three", { ".gitignore": "", out: "wanted" });
  expect(ignored).toMatchObject({ ok: false, conflicts: [{ path: "out", theirs: "wanted" }] });
  expect(contents(team.run.worktree)).toMatchObject({ out: "built", "thing/in.txt": "1", ".gitignore": "out\n" });
});

it("is repeated with the same outcome, also after the run's copy went on", async () => {
  const team = await teamIn(repositoryWith({ "a.txt": "a\n" }));
  const copy = await team.open("one");
  write(copy.worktree, { "b.txt": "b\n" });
  const first = await team.merge("one", copy);
  expect(await team.merge("one", copy)).toEqual(first);
  write(team.run.worktree, { "b.txt": "somebody went on\n" });
  expect(await team.merge("one", copy)).toEqual(first);
  expect(readFileSync(join(team.run.worktree, "b.txt"), "utf8")).toBe("somebody went on\n");
  write(copy.worktree, { "c.txt": "c\n" });
  expect(await team.merge("one", copy)).toMatchObject({ ok: false });
});

it("opens the same copy again, and a half-made one anew", async () => {
  const workspace = repositoryWith({ "a.txt": "a\n" });
  const team = await teamIn(workspace);
  const copy = await team.open("one");
  write(copy.worktree, { "a.txt": "worked" });
  expect(await team.open("one", copy.startCommit)).toEqual(copy);
  expect(readFileSync(join(copy.worktree, "a.txt"), "utf8")).toBe("worked");
  rmSync(join(team.bench.home, "isolation/run-1.one.json"));
  rmSync(join(copy.worktree, ".git"));
  const again = await team.open("one", copy.startCommit);
  expect(again).toEqual(copy);
  expect(readFileSync(join(copy.worktree, "a.txt"), "utf8")).toBe("a\n");
});

it("gives a copy the dependencies of the run's copy, what was installed there included", async () => {
  const workspace = repositoryWith({
    ".gitignore": "node_modules/\nvenv/\n",
    "a.txt": "a",
    "packages/own/i.js": "own",
  });
  write(workspace, { "node_modules/left/i.js": "left", "node_modules/own": "-> ../packages/own", "venv/x.py": "x" });
  const team = await teamIn(workspace);
  write(team.run.worktree, { "node_modules/added/i.js": "added" });
  const copy = await team.open("one");
  expect(copy.linked).toEqual(team.run.linked);
  for (const [path, text] of [
    ["node_modules/left/i.js", "left"],
    ["node_modules/added/i.js", "added"],
    ["venv/x.py", "x"],
  ] as const)
    expect(readFileSync(join(copy.worktree, path), "utf8")).toBe(text);
  write(copy.worktree, { "packages/own/i.js": "changed" });
  expect(readFileSync(join(copy.worktree, "node_modules/own/i.js"), "utf8")).toBe("changed");
  expect(await team.merge("one", copy)).toMatchObject({ ok: true, files: ["packages/own/i.js"] });
});

it("keeps what a released copy held, and releases all with the run", async () => {
  const workspace = repositoryWith({ "a.txt": "a\n" });
  const team = await teamIn(workspace);
  const { changes, home } = team.bench;
  const copy = await team.open("one");
  write(copy.worktree, { "a.txt": "never committed" });
  await changes.tasks.release("run-1", workspace, "one");
  await changes.tasks.release("run-1", workspace, "one");
  expect(gitIn(workspace, "show", "refs/nexus/run-1/kept-tasks/one:a.txt")).toBe("never committed");
  await team.open("two");
  await team.open("A name / that: is no part of a path");
  await changes.release("run-1", workspace);
  expect(readdirSync(join(home, "worktrees"))).toEqual([]);
  expect(readdirSync(join(home, "isolation"))).toEqual([]);
  expect(readdirSync(join(workspace, ".git/worktrees"))).toEqual([]);
  const [kept] = await changes.checkpoints.keptOf(workspace);
  expect(kept?.refs).toContain("refs/nexus/run-1/starts/two");
});

it("works in a folder without git, in a folder of a repository, and in a sparse checkout", async () => {
  const plain = temporaryFolder();
  write(plain, { "a.txt": "a\r\nb\r\n", "deep/b.txt": "b" });
  const top = repositoryWith({ "app/a.txt": "a\r\nb\r\n", "app/deep/b.txt": "b", "other/x.txt": "x" });
  const sparse = repositoryWith({ "a.txt": "a\r\nb\r\n", "deep/b.txt": "b", "away/x.txt": "x" });
  gitIn(sparse, "sparse-checkout", "set", "deep");
  for (const workspace of [plain, join(top, "app"), sparse]) {
    const team = await teamIn(workspace);
    expect(await team.join("one", { "a.txt": "a\r\nONE\r\n" })).toMatchObject({ ok: true, files: ["a.txt"] });
    expect(await team.join("two", { "deep/b.txt": "TWO", "deep/c.txt": "C" })).toMatchObject({ ok: true });
    expect(contents(team.run.worktree)).toMatchObject({
      "a.txt": "a\r\nONE\r\n",
      "deep/b.txt": "TWO",
      "deep/c.txt": "C",
    });
    const changeSet = await team.bench.collect(team.run);
    expect(changeSet.files.map(({ path }) => path)).toEqual(["a.txt", "deep/b.txt", "deep/c.txt"]);
    expect(await team.bench.accept(changeSet)).toEqual([]);
  }
  expect(contents(join(top, "other"))).toEqual({ "x.txt": "x" });
});

it("runs no merge driver that the repository names", async () => {
  const workspace = repositoryWith({ "a.txt": "a\n", ".gitattributes": "*.txt merge=mine\n" });
  const ran = join(temporaryFolder(), "ran");
  gitIn(workspace, "config", "merge.mine.driver", `touch ${ran}; exit 0`);
  write(workspace, { ".git/info/attributes": "*.txt merge=mine\n" });
  const team = await teamIn(workspace);
  await team.join("one", { "a.txt": "one\n" });
  expect(await team.join("two", { "a.txt": "two\n" })).toMatchObject({ ok: false });
  expect(existsSync(ran)).toBe(false);
});
