/** An editor's unsaved texts under a run, and its word that it has the change. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type UnsavedText, UnsavedTexts, unsavedBytes } from "../../../protocol/index.ts";
import {
  benchFor,
  contents,
  gitIn,
  gitState,
  makeExecutable,
  repositoryWith,
  temporaryFolder,
  write,
} from "./fixture.ts";

const FILES = { "a.txt": "one\n", "src/b.txt": "two\n", ".gitignore": "*.log\n", "run.sh": "echo\n" };
const signal = new AbortController().signal;

async function copyWith(workspace: string, texts: readonly UnsavedText[], home = temporaryFolder()) {
  const { changes } = benchFor(workspace, home);
  const unsaved = await changes.keepUnsaved({ runId: "run-1", workspace, texts });
  const isolation = await changes.isolate({ runId: "run-1", workspace, unsaved, signal });
  const collect = () => changes.collect({ runId: "run-1", workspace, isolation, signal });
  return { changes, isolation, unsaved, collect };
}

it("lays texts over the copy, files that are not on disk included, and leaves the tree and git's state alone", async () => {
  const workspace = repositoryWith(FILES);
  makeExecutable(join(workspace, "run.sh"));
  write(workspace, { "a.txt": "saved\n" });
  const [before, tree] = [gitState(workspace), contents(workspace)];
  const { isolation, collect } = await copyWith(workspace, [
    { path: "a.txt", text: "typed é\n" },
    { path: "new/c.txt", text: "three\n" },
    { path: "run.sh", text: "echo 2\n" },
  ]);
  expect(contents(isolation.worktree)).toEqual({
    ...tree,
    "a.txt": Buffer.from("typed é\n").toString("latin1"),
    "new/c.txt": "three\n",
    "run.sh": "x echo 2\n",
  });
  expect(gitState(workspace)).toBe(before);
  expect(contents(workspace)).toEqual(tree);
  expect((await collect()).files).toEqual([]);
});

it("makes a change set that is relative to the texts", async () => {
  const workspace = repositoryWith(FILES);
  const { changes, isolation, collect } = await copyWith(workspace, [{ path: "a.txt", text: "one\ntyped\n" }]);
  write(isolation.worktree, { "a.txt": "one\ntyped\nmade\n" });
  const changeSet = await collect();
  expect(await changes.file(workspace, changeSet, "a.txt", "before")).toBe("one\ntyped\n");
  expect(await changes.file(workspace, changeSet, "a.txt", "after")).toBe("one\ntyped\nmade\n");
  expect(changeSet.files).toMatchObject([{ path: "a.txt", additions: 1, deletions: 0 }]);
  // The file on disk is not what the run began with: writing would lose nothing, but would write what was never saved.
  expect((await changes.apply(workspace, changeSet, ["a.txt"])).conflicts).toHaveLength(1);
  write(workspace, { "a.txt": "one\ntyped\n" });
  expect((await changes.apply(workspace, changeSet, ["a.txt"])).conflicts).toEqual([]);
  expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("one\ntyped\nmade\n");
});

it("works in a folder without git, again and again", async () => {
  const workspace = temporaryFolder();
  write(workspace, FILES);
  const home = temporaryFolder();
  const { isolation } = await copyWith(workspace, [{ path: "src/new.txt", text: "typed" }], home);
  expect(contents(isolation.worktree)["src/new.txt"]).toBe("typed");
  const later = await benchFor(workspace, home).isolate("run-2");
  expect(contents(later.worktree)["src/new.txt"]).toBeUndefined();
  expect(contents(later.worktree)["a.txt"]).toBe("one\n");
});

it("converts line endings as git does, and works in a folder of a repository", async () => {
  const top = repositoryWith({ "app/a.txt": "one\n", "other.txt": "o\n" });
  gitIn(top, "config", "core.autocrlf", "true");
  const { changes, isolation, collect } = await copyWith(join(top, "app"), [{ path: "a.txt", text: "one\r\ntwo\r\n" }]);
  expect(readFileSync(join(isolation.worktree, "a.txt"), "utf8")).toBe("one\r\ntwo\r\n");
  const changeSet = await collect();
  expect(changeSet.files).toEqual([]);
  expect(await changes.file(join(top, "app"), changeSet, "a.txt", "before")).toBe("one\ntwo\n");
});

it.each([
  ["a way out", "../a.txt", "x"],
  ["an absolute path", "/etc/passwd", "x"],
  ["git's own", ".git/config", "x"],
  ["secrets", ".env", "x"],
  ["an ignored file", "debug.log", "x"],
  ["a link", "link.txt", "x"],
  ["a file behind a link", "out/a.txt", "x"],
  ["a folder", "src", "x"],
  ["a file as a folder", "a.txt/b", "x"],
  ["another spelling", "./a.txt", "x"],
  ["what is no text", "a.txt", "a\0b"],
  ["half a character", "a.txt", "\ud800"],
])("refuses %s", async (_name, path, text) => {
  const workspace = repositoryWith(FILES);
  write(workspace, { "link.txt": "-> a.txt", out: `-> ${temporaryFolder()}` });
  const { changes } = benchFor(workspace);
  const asked = changes.keepUnsaved({ runId: "run-1", workspace, texts: [{ path, text }] });
  await expect(asked).rejects.toMatchObject({ value: { code: "unsaved.refused" } });
});

it("counts texts as they are sent", () => {
  for (const text of ["plain", 'a"\\\n\t\u0001\b', "é日😀", "\u007f"])
    expect(unsavedBytes(text)).toBe(Buffer.byteLength(JSON.stringify(text)) - 2);
  const texts = (text: string) => UnsavedTexts.safeParse([{ path: "a", text }]).success;
  expect([texts("a".repeat(700_000)), texts("日".repeat(233_334)), texts("a".repeat(700_001))]).toEqual([
    true,
    false,
    false,
  ]);
  const many = Array.from({ length: 51 }, (_, index) => ({ path: `${index}`, text: "" }));
  expect(UnsavedTexts.safeParse(many).success).toBe(false);
});

it("refuses one file twice, and a file inside of another", async () => {
  const workspace = repositoryWith(FILES);
  const { changes } = benchFor(workspace);
  for (const paths of [
    ["n", "n"],
    ["n/b", "n"],
  ]) {
    const texts = paths.map((path) => ({ path, text: "x" }));
    const asked = changes.keepUnsaved({ runId: "run-1", workspace, texts });
    await expect(asked).rejects.toMatchObject({ value: { code: "unsaved.refused" } });
  }
});

it("takes an editor's word only where the file on disk is as it was, as the run made it, or as the editor says", async () => {
  const workspace = repositoryWith(FILES);
  write(workspace, { "a.txt": "saved\n" });
  const { changes, isolation, collect, unsaved } = await copyWith(workspace, [{ path: "a.txt", text: "typed\n" }]);
  write(isolation.worktree, { "a.txt": "made\n", "src/b.txt": "made too\n", "new.txt": "new\n" });
  const changeSet = await collect();
  const conflicts = async (path: string, sha256?: string) =>
    (await changes.taken(workspace, changeSet, [{ path, sha256 }], unsaved)).length;
  for (const content of ["saved\n", "typed\n", "made\n"]) {
    write(workspace, { "a.txt": content });
    expect(await conflicts("a.txt"), content).toBe(0);
  }
  write(workspace, { "a.txt": "merged\n", "src/b.txt": "theirs\n", "new.txt": "theirs\n" });
  expect(await conflicts("a.txt")).toBe(1);
  expect(await conflicts("a.txt", createHash("sha256").update("merged\n").digest("hex"))).toBe(0);
  expect(await conflicts("a.txt", createHash("sha256").update("other\n").digest("hex"))).toBe(1);
  expect(await conflicts("src/b.txt")).toBe(1);
  expect(await conflicts("new.txt")).toBe(1);
  write(workspace, { "new.txt": null });
  expect(await conflicts("new.txt")).toBe(0);
  await expect(conflicts("other.txt")).rejects.toMatchObject({ value: { code: "changes.unknown_path" } });
});
