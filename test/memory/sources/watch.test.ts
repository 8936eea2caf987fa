import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import type { WatchTarget } from "../../../daemon/host/watcher.ts";
import type { SourceChanges } from "../../../daemon/memory/sources/change-queue.ts";
import { scanWorkspace } from "../../../daemon/memory/sources/scan.ts";
import { scanPaths } from "../../../daemon/memory/sources/scan-paths.ts";
import { type SourceWatch, watchSources } from "../../../daemon/memory/sources/watch.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { namesOf, pathsOf, plainFolder, repository, temporaryFolder, type Workspace } from "./workspace.ts";

const open: SourceWatch[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((watch) => watch.close()));
});

/** Follows a workspace as the index does, and waits until what it knows is what is asked for. */
async function follow(workspace: Workspace, gitDir?: string) {
  const signal = new AbortController().signal;
  const told: SourceChanges[] = [];
  let scan = await workspace.scan();
  let onApplied = () => {};
  const watch = await watchSources(workspace.root, {
    ...{ clock: systemClock, ignoredFolders: scan.ignoredFolders },
    ...(gitDir === undefined ? {} : { gitDir }),
    apply: async (changes) => {
      const before = scan;
      const options = { signal, previous: scan };
      scan =
        changes.kind === "paths"
          ? await scanPaths(workspace.root, changes.paths, options)
          : await scanWorkspace(workspace.root, options);
      told.push(changes);
      onApplied();
      return before.entries !== scan.entries;
    },
  });
  open.push(watch);
  const until = async (isReached: () => boolean) => {
    while (!isReached()) await new Promise<void>((resolve) => (onApplied = resolve));
  };
  return { watch, told, until, now: () => scan };
}

it("hears of files that are made, changed, renamed and removed", async () => {
  const workspace = repository();
  workspace.write("a.ts", "a");
  workspace.write("sub/b.ts", "b");
  workspace.commit();
  const { watch, until, now } = await follow(workspace);
  expect(watch).toMatchObject({ mode: "watching", problem: null });
  const steps: [() => void, string[]][] = [
    [() => workspace.write("new.ts", "new"), ["a.ts", "new.ts", "sub/b.ts"]],
    [
      () => renameSync(join(workspace.root, "new.ts"), join(workspace.root, "sub/c.ts")),
      ["a.ts", "sub/b.ts", "sub/c.ts"],
    ],
    [
      () => renameSync(join(workspace.root, "sub"), join(workspace.root, "moved")),
      ["a.ts", "moved/b.ts", "moved/c.ts"],
    ],
    [() => workspace.remove("moved"), ["a.ts"]],
  ];
  for (const [change, expected] of steps) {
    change();
    await until(() => pathsOf(now()).join() === expected.join());
  }
  const { "a.ts": before } = namesOf(now());
  workspace.write("a.ts", "changed");
  await until(() => namesOf(now())["a.ts"] !== before);
});

it("hears of a branch switch, in a worktree whose git folder is elsewhere too", async () => {
  const workspace = repository();
  workspace.write("a.ts", "a");
  workspace.commit();
  const tree = plainFolder(join(temporaryFolder(), "tree"));
  workspace.git("worktree", "add", "-q", "-b", "one", tree.root);
  for (const each of [workspace, tree]) {
    const gitDir = each.git("rev-parse", "--absolute-git-dir").trim();
    const { told, until, now } = await follow(each, gitDir);
    each.git("checkout", "-q", "-b", `two-${told.length}-${each === tree}`);
    await until(() => now().branch?.startsWith("two") === true);
    each.git("commit", "-q", "--allow-empty", "-m", "empty");
    const head = each.git("rev-parse", "HEAD").trim();
    await until(() => now().head === head);
    expect(told).toContainEqual({ kind: "everything", reason: "git_moved" });
  }
});

it("ends a storm with the truth", async () => {
  const workspace = repository();
  workspace.write("start.ts", "");
  workspace.commit();
  const { until, now, told } = await follow(workspace);
  for (let round = 0; round < 4; round++)
    for (let file = 0; file < 1500; file++) workspace.write(`d${file % 30}/f${file}.ts`, `${round}`);
  for (let file = 0; file < 1500; file += 2) workspace.remove(`d${file % 30}/f${file}.ts`);
  const isTrue = async () => JSON.stringify(namesOf(now())) === JSON.stringify(namesOf(await workspace.scan()));
  await until(() => now().entries.length === 751);
  expect(await isTrue()).toBe(true);
  expect(told.some(({ kind }) => kind === "everything")).toBe(true);
});

it("polls where the system's watcher refuses, and says so", async () => {
  const clock = createManualClock();
  const told: SourceChanges[] = [];
  const watch = await watchSources("/workspace", {
    clock,
    apply: async (changes) => told.push(changes) > 99,
    watchFolder: () => Promise.reject(new Error("no space left for watches")),
  });
  expect(watch).toMatchObject({ mode: "polling", problem: "no space left for watches" });
  for (let step = 0; step < 400; step++) {
    clock.advance(100);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
  expect(told[0]).toEqual({ kind: "everything", reason: "watcher_failed" });
  expect(told.length).toBeGreaterThan(3);
  expect(told.length).toBeLessThan(9);
  await watch.close();
  expect(clock.pendingTimers).toBe(0);
});

it("sorts what it hears: sources, git's signs, and what nobody asked for", async () => {
  const clock = createManualClock();
  const told: SourceChanges[] = [];
  const targets: WatchTarget[] = [];
  const watch = await watchSources("/workspace", {
    ...{ clock, gitDir: "/elsewhere/.git/worktrees/one", ignoredFolders: ["target"] },
    apply: async (changes) => told.push(changes) > 99,
    watchFolder: async (target) => {
      targets.push(target);
      return { close: async () => {} };
    },
  });
  expect(targets.map(({ folder }) => folder)).toEqual(["/workspace", "/elsewhere/.git/worktrees/one"]);
  expect(targets[0]?.ignored).toEqual(expect.arrayContaining(["target", "node_modules", ".git/objects"]));
  const hear = async (target: number, ...paths: string[]) => {
    const before = told.length;
    targets[target]?.onPaths(paths);
    clock.advance(300);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    return told.slice(before);
  };
  const nothing = [
    ".git/index.lock",
    ".git/COMMIT_EDITMSG",
    "a/node_modules/b/c.js",
    "target/debug/a.rs",
    "target",
    "new/made.o",
  ];
  watch.ignore(["target", "new"]);
  expect(await hear(0, ...nothing)).toEqual([]);
  expect(await hear(0, "b.ts", "a.ts", "target.ts")).toEqual([{ kind: "paths", paths: ["a.ts", "b.ts", "target.ts"] }]);
  expect(await hear(0, "a.ts", ".git/HEAD")).toEqual([{ kind: "everything", reason: "git_moved" }]);
  expect(await hear(1, "index.lock")).toEqual([]);
  expect(await hear(1, "index")).toEqual([{ kind: "everything", reason: "git_moved" }]);
  targets[1]?.onFailure("gone");
  expect(await hear(0)).toEqual([{ kind: "everything", reason: "watcher_failed" }]);
  expect(watch.mode).toBe("polling");
  await watch.close();
});

it("can be closed while nothing was ever heard, twice too", async () => {
  const workspace = plainFolder();
  mkdirSync(join(workspace.root, "empty"));
  const { watch } = await follow(workspace);
  await watch.close();
  await watch.close();
  expect(watch.staleness()).toEqual({ pending: 0, since: null });
});
