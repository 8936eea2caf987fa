import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { PartStore } from "../../../daemon/memory/code/facts.ts";
import { repositoryKey } from "../../../daemon/memory/sources/repository-key.ts";
import { plainFolder, repository, temporaryFolder } from "./workspace.ts";

const signal = new AbortController().signal;
const keyOf = (root: string, store?: PartStore) => repositoryKey(root, { signal, ...(store ? { store } : {}) });

function mapStore(): PartStore & { readonly size: number } {
  const map = new Map<string, Uint8Array>();
  return {
    get: (key) => map.get(key),
    set: (key, bytes) => void map.set(key, bytes),
    delete: (key) => void map.delete(key),
    get size() {
      return map.size;
    },
  };
}

it("is one for a repository, its folders, branches, worktrees and clones", async () => {
  const workspace = repository();
  workspace.write("part/a.ts", "a");
  workspace.commit();
  const folder = temporaryFolder();
  workspace.git("worktree", "add", "-q", join(folder, "tree"));
  workspace.git("clone", "-q", workspace.root, join(folder, "clone"));
  const first = await keyOf(workspace.root);
  expect(first).toEqual({ kind: "history", key: expect.stringMatching(/^[0-9a-f]{64}$/) });
  workspace.git("checkout", "-q", "--orphan", "pages");
  workspace.gitAt(1_800_000_000, "commit", "-q", "-m", "unrelated");
  for (const root of [workspace.root, join(workspace.root, "part"), join(folder, "tree"), join(folder, "clone")])
    expect(await keyOf(root)).toEqual(first);
});

it("differs between repositories and between folders", async () => {
  const [one, two] = [repository(), repository()];
  for (const [workspace, content] of [
    [one, "1"],
    [two, "2"],
  ] as const) {
    workspace.write("a.ts", content);
    workspace.commit();
  }
  const folders = [plainFolder(), plainFolder()];
  const keys = await Promise.all([one, two, ...folders].map(({ root }) => keyOf(root)));
  expect(new Set(keys.map(({ key }) => key)).size).toBe(4);
  expect(keys.map(({ kind }) => kind)).toEqual(["history", "history", "folder", "folder"]);
});

it("stands for the place while there is no commit, or only the newest ones", async () => {
  const workspace = repository();
  const store = mapStore();
  expect(await keyOf(workspace.root, store)).toMatchObject({ kind: "repository" });
  expect(store.size).toBe(0);
  for (const content of ["1", "2"]) {
    workspace.write("a.ts", content);
    workspace.commit();
  }
  expect(await keyOf(workspace.root, store)).toMatchObject({ kind: "history" });
  const clone = join(temporaryFolder(), "clone");
  workspace.git("clone", "-q", "--depth", "1", `file://${workspace.root}`, clone);
  expect(await keyOf(clone, store)).toMatchObject({ kind: "repository" });
});

it("is remembered, until another repository stands in the same place", async () => {
  const [one, two] = [repository(), repository()];
  for (const [workspace, content] of [
    [one, "1"],
    [two, "2"],
  ] as const) {
    workspace.write("a.ts", content);
    workspace.commit();
  }
  const store = mapStore();
  const first = await keyOf(one.root, store);
  // An older history that is fetched later changes nothing.
  one.git("checkout", "-q", "--orphan", "older");
  one.gitAt(1_600_000_000, "commit", "-q", "-m", "older");
  expect(await keyOf(one.root)).not.toEqual(first);
  expect(await keyOf(one.root, store)).toEqual(first);
  one.remove(".git");
  renameSync(join(two.root, ".git"), join(one.root, ".git"));
  expect((await keyOf(one.root, store)).key).not.toBe(first.key);
});
