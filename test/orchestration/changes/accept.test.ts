import { chmodSync, existsSync, linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { benchFor, contents, gitIn, makeExecutable, repositoryWith, temporaryFolder, write } from "./fixture.ts";

it("writes, makes and removes files, and leaves git's state alone", async () => {
  const workspace = repositoryWith({
    "a.txt": "1\n",
    "old/deep/b.txt": "2\n",
    "kept.txt": "3\n",
    "dir/stays.txt": "4",
  });
  write(workspace, { "kept.txt": "staged\n" });
  gitIn(workspace, "add", "kept.txt");
  const head = gitIn(workspace, "rev-parse", "HEAD");
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) =>
    write(copy, {
      "a.txt": "new\nlines\n",
      "old/deep/b.txt": null,
      "x/y/z.txt": "z\n",
      "bin.dat": Buffer.from([0, 1]),
    }),
  );
  expect(changeSet.files).toEqual([
    { path: "a.txt", status: "modified", additions: 2, deletions: 1, binary: false },
    { path: "bin.dat", status: "added", additions: 0, deletions: 0, binary: true },
    { path: "old/deep/b.txt", status: "deleted", additions: 0, deletions: 1, binary: false },
    { path: "x/y/z.txt", status: "added", additions: 1, deletions: 0, binary: false },
  ]);
  expect(await bench.accept(changeSet)).toEqual([]);
  const after = {
    "a.txt": "new\nlines\n",
    "x/y/z.txt": "z\n",
    "bin.dat": "\0\u0001",
    "kept.txt": "staged\n",
    "dir/stays.txt": "4",
  };
  expect(contents(workspace)).toEqual(after);
  expect(existsSync(join(workspace, "old"))).toBe(false);
  expect(gitIn(workspace, "diff", "--cached", "--name-only")).toBe("kept.txt\n");
  expect(gitIn(workspace, "rev-parse", "HEAD")).toBe(head);
  expect(await bench.accept(changeSet)).toEqual([]);
  expect(contents(workspace)).toEqual(after);
});

it("writes only the files that are named, and refuses unknown ones", async () => {
  const workspace = repositoryWith({ "a.txt": "1", "b.txt": "2" });
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => write(copy, { "a.txt": "A", "b.txt": "B" }));
  expect(await bench.accept(changeSet, ["b.txt"])).toEqual([]);
  expect(contents(workspace)).toEqual({ "a.txt": "1", "b.txt": "B" });
  const unknown = { value: { code: "changes.unknown_path" } };
  await expect(bench.accept(changeSet, ["../a.txt"])).rejects.toMatchObject(unknown);
  await expect(bench.changes.diff(workspace, changeSet, "c.txt")).rejects.toMatchObject(unknown);
});

it("shows diffs and texts, bounded", async () => {
  const workspace = repositoryWith({ "a.txt": "1\n", "gone.txt": "g\n", "big.txt": "x\n" });
  const bench = benchFor(workspace);
  const isolation = await bench.isolate();
  const big = "line\n".repeat(100_000);
  write(isolation.worktree, { "a.txt": "2\n", "gone.txt": null, "big.txt": big, "b.bin": Buffer.from([0, 255]) });
  const working = await bench.changes.workingDiff(isolation, workspace);
  expect(working).toContain("-1\n+2\n");
  const changeSet = await bench.collect(isolation);
  const diff = await bench.changes.diff(workspace, changeSet, "a.txt");
  expect(diff).toMatchObject({ path: "a.txt", status: "modified", binary: false, truncated: false });
  expect(diff.patch).toContain("-1\n+2\n");
  expect(diff.patch).not.toContain("gone");
  const long = await bench.changes.diff(workspace, changeSet, "big.txt");
  expect([long.patch.length, long.truncated]).toEqual([200_000, true]);
  const text = (path: string, side: "before" | "after") => bench.changes.file(workspace, changeSet, path, side);
  expect(await text("gone.txt", "before")).toBe("g\n");
  expect(await text("gone.txt", "after")).toBeNull();
  expect(await text("b.bin", "after")).toBeNull();
  expect(await text("big.txt", "after")).toBe(big);
});

it("gives the same commit for the same content, however the copy came to it", async () => {
  const workspace = repositoryWith({ "a.txt": "1" });
  const bench = benchFor(workspace);
  const isolation = await bench.isolate();
  write(isolation.worktree, { "a.txt": "2" });
  const first = await bench.collect(isolation);
  gitIn(isolation.worktree, "commit", "-qam", "the agent commits");
  gitIn(isolation.worktree, "update-index", "--assume-unchanged", "a.txt");
  rmSync(join(isolation.worktree, ".git"));
  expect(await bench.collect(isolation)).toEqual(first);
  const [one, two] = await Promise.all([
    bench.collect(isolation),
    bench.collect(isolation),
    bench.changes.workingDiff(isolation, workspace),
  ]);
  expect([one, two]).toEqual([first, first]);
});

const tmpOutside = "/tmp";

it.each<[string, (workspace: string) => void, RegExp]>([
  ["was edited", (folder) => write(folder, { "a.txt": "mine" }), /you changed it/],
  ["was deleted", (folder) => write(folder, { "a.txt": null }), /you deleted it/],
  ["was made a link", (folder) => write(folder, { "a.txt": "-> b.txt" }), /symbolic link/],
  ["was made a folder", (folder) => write(folder, { "a.txt/x": "" }), /a folder is in its place/],
  ["exists now", (folder) => write(folder, { "new/n.txt": "mine" }), /it exists in your tree/],
  ["lies under a link now", (folder) => write(folder, { new: `-> ${tmpOutside}` }), /new is a symbolic link now/],
  ["lies under a file now", (folder) => write(folder, { new: "a file" }), /new is a file now/],
])("writes nothing when a file %s", async (_name, edit, reason) => {
  const workspace = repositoryWith({ "a.txt": "1", "b.txt": "2" });
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => write(copy, { "a.txt": "A", "b.txt": "B", "new/n.txt": "N" }));
  edit(workspace);
  const before = contents(workspace);
  const conflicts = await bench.accept(changeSet);
  expect(conflicts).toEqual([
    { path: expect.stringMatching(/^(a.txt|new\/n.txt)$/), reason: expect.stringMatching(reason) },
  ]);
  expect(contents(workspace)).toEqual(before);
});

it("never follows a folder that became a link to outside", async () => {
  const workspace = repositoryWith({ "src/a.txt": "1" });
  const outside = temporaryFolder();
  write(outside, { "a.txt": "1" });
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => write(copy, { "src/a.txt": "2" }));
  write(workspace, { src: `-> ${outside}` });
  expect(await bench.accept(changeSet)).toHaveLength(1);
  expect(contents(outside)).toEqual({ "a.txt": "1" });
});

it("does not write through a hard link", async () => {
  const workspace = repositoryWith({ "a.txt": "1" });
  const outside = join(temporaryFolder(), "other.txt");
  linkSync(join(workspace, "a.txt"), outside);
  const bench = benchFor(workspace);
  expect(await bench.accept(await bench.run((copy) => write(copy, { "a.txt": "2" })))).toEqual([]);
  expect(readFileSync(outside, "utf8")).toBe("1");
});

it("keeps executable bits, modes and links as they are or as the change wants them", async () => {
  const workspace = repositoryWith({
    "run.sh": "r",
    "plain.sh": "p",
    "secret.txt": "s",
    "to-b": "-> b",
    "was-file": "f",
  });
  makeExecutable(join(workspace, "run.sh"));
  chmodSync(join(workspace, "secret.txt"), 0o600);
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => {
    write(copy, { "secret.txt": "S", "to-b": "-> c", "was-file": "-> run.sh", "new.sh": "n" });
    chmodSync(join(copy, "run.sh"), 0o644);
    makeExecutable(join(copy, "plain.sh"));
    makeExecutable(join(copy, "new.sh"));
  });
  expect(await bench.accept(changeSet)).toEqual([]);
  expect(contents(workspace)).toEqual({
    "run.sh": "r",
    "plain.sh": "x p",
    "new.sh": "x n",
    "secret.txt": "S",
    "to-b": "-> c",
    "was-file": "-> run.sh",
  });
  expect(lstatSync(join(workspace, "secret.txt")).mode & 0o777).toBe(0o600);
});

it("replaces a file by a folder and a folder by a file", async () => {
  const workspace = repositoryWith({ "to-folder": "1", "to-file/a": "2", "to-file/deep/b": "3", other: "4" });
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => write(copy, { "to-folder/x/y": "X", "to-file": "F", other: "o" }));
  expect(await bench.accept(changeSet)).toEqual([]);
  expect(contents(workspace)).toEqual({ "to-folder/x/y": "X", "to-file": "F", other: "o" });
  expect(await bench.accept(changeSet)).toEqual([]);
});

it("keeps a folder that holds more than what is deleted", async () => {
  const workspace = repositoryWith({ "to-file/a": "2", ".gitignore": "*.log" });
  write(workspace, { "to-file/notes.log": "mine" });
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => write(copy, { "to-file": "F" }));
  expect(await bench.accept(changeSet)).toEqual([{ path: "to-file", reason: "a folder is in its place" }]);
  expect(contents(workspace)).toEqual({ "to-file/a": "2", "to-file/notes.log": "mine", ".gitignore": "*.log" });
});

it("carries names with spaces, quotes, line breaks and other scripts", async () => {
  const names = [
    "with space.txt",
    'quo"te.txt',
    "line\nbreak.txt",
    "smör gås.txt",
    "日本/語.txt",
    "-dash",
    "*.txt",
    "tab\t.txt",
  ];
  const workspace = repositoryWith({ "line\nbreak.txt": "old", "*.txt": "old", "plain.txt": "p" });
  const bench = benchFor(workspace);
  const wanted = Object.fromEntries(names.map((name) => [name, `new ${name.length}`]));
  const changeSet = await bench.run((copy) => write(copy, wanted));
  expect(changeSet.files.map((file) => file.path).sort()).toEqual([...names].sort());
  expect(await bench.changes.file(workspace, changeSet, "line\nbreak.txt", "before")).toBe("old");
  const only = await bench.changes.diff(workspace, changeSet, "*.txt");
  expect(only.patch.match(/^diff --git/gm)).toHaveLength(1);
  expect(await bench.accept(changeSet)).toEqual([]);
  expect(contents(workspace)).toEqual({ ...wanted, "plain.txt": "p" });
});

it.each(["true", "input", "false"])("keeps the user's line endings with core.autocrlf=%s", async (autocrlf) => {
  const workspace = repositoryWith({ "lf.txt": "a\nb\n" });
  gitIn(workspace, "config", "core.autocrlf", autocrlf);
  write(workspace, { "crlf.txt": "a\r\nb\r\n", "mixed.txt": "a\r\nb\n", "lf.txt": "a\nb\n", "same.txt": "a\r\n" });
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => {
    for (const name of ["crlf.txt", "lf.txt"]) {
      const text = readFileSync(join(copy, name), "utf8");
      write(copy, { [name]: text.replace("b", "c") });
    }
  });
  expect(changeSet.files.map((file) => file.path)).toEqual(["crlf.txt", "lf.txt"]);
  expect(await bench.accept(changeSet)).toEqual([]);
  expect(contents(workspace)).toEqual({
    "lf.txt": "a\nc\n",
    "crlf.txt": "a\r\nc\r\n",
    "mixed.txt": "a\r\nb\n",
    "same.txt": "a\r\n",
  });
});

it("counts what the user wrote in the same words as done, and a touched file as unchanged", async () => {
  const workspace = repositoryWith({ "a.txt": "1", "b.txt": "2" });
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => write(copy, { "a.txt": "A", "b.txt": "B", "c.txt": "C" }));
  write(workspace, { "a.txt": "A", "b.txt": "2", "c.txt": "C" });
  expect(await bench.accept(changeSet)).toEqual([]);
  expect(contents(workspace)).toEqual({ "a.txt": "A", "b.txt": "B", "c.txt": "C" });
});

it("loses no edit that the user makes at the same time (100 races)", async () => {
  const workspace = repositoryWith({ "a.txt": "base", "m.txt": "base", "z.txt": "base" });
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => write(copy, { "a.txt": "A", "m.txt": "M", "z.txt": "Z" }));
  const started = performance.now();
  await bench.accept(changeSet);
  const span = performance.now() - started;
  let conflicts = 0;
  for (let round = 0; round < 100; round += 1) {
    write(workspace, { "a.txt": "base", "m.txt": "base", "z.txt": "base" });
    const text = `the user's ${round}`;
    const edit = async () => {
      await wait((span * (round % 50)) / 50);
      // Half of all editors write in place, the others rename.
      if (round % 2 === 0) return writeFile(join(workspace, "m.txt"), text);
      writeFileSync(join(workspace, "m.txt~"), text);
      return renameSync(join(workspace, "m.txt~"), join(workspace, "m.txt"));
    };
    const [found] = await Promise.all([bench.accept(changeSet), edit()]);
    conflicts += found.length;
    const [a, z] = found.length > 0 ? ["base", "base"] : ["A", "Z"];
    expect(contents(workspace)).toEqual({ "a.txt": a, "m.txt": text, "z.txt": z });
  }
  expect(conflicts).toBeGreaterThan(10);
}, 60_000);

it("writes one accept after the other in a tree", async () => {
  const workspace = repositoryWith({ "a.txt": "1" });
  const bench = benchFor(workspace);
  const first = await bench.run((copy) => write(copy, { "a.txt": "A" }), "run-1");
  const second = await bench.run((copy) => write(copy, { "a.txt": "B" }), "run-2");
  const found = await Promise.all([bench.accept(first), bench.accept(second)]);
  expect(found.map((conflicts) => conflicts.length).sort()).toEqual([0, 1]);
  expect(contents(workspace)).toEqual({ "a.txt": found[0]?.length === 0 ? "A" : "B" });
});
