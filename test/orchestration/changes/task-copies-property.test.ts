/** Whatever both sides did: the join is what git itself makes of it, or a conflict where git has one. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { mergeTrees } from "../../../daemon/orchestration/changes/merging/merge-trees.ts";
import { openRepository } from "../../../daemon/orchestration/changes/repository.ts";
import { benchFor, contents, gitIn, makeExecutable, repositoryWith, temporaryFolder, write } from "./fixture.ts";

/** RUNS=500 tries more. */
const RUNS = Number(process.env["RUNS"] ?? 2);
const signal = new AbortController().signal;

const path = fc
  .array(fc.constantFrom("a", "b", "c d", "é.txt"), { minLength: 1, maxLength: 2 })
  .map((parts) => parts.join("/"));
const line = fc.constantFrom("one\n", "two\n", "three\n", "four\r\n", "five\n");
const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join(""));
const content = fc.oneof(
  { weight: 5, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom("-> a", "no end") },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from([0, ...bytes])) },
);
const edit = fc.record({ path, content: fc.option(content, { freq: 4 }), executable: fc.boolean() });
type Edit = { path: string; content: string | Buffer | null; executable: boolean };

function carryOut(folder: string, edits: readonly Edit[]): void {
  for (const { path: name, content: wanted, executable } of edits) {
    write(folder, { [name]: wanted });
    if (executable && wanted !== null && !(typeof wanted === "string" && wanted.startsWith("-> ")))
      makeExecutable(join(folder, name));
  }
}

/** What git makes of it in a repository of its own; undefined: a conflict. */
function mergedByGit(sides: Record<"base" | "ours" | "theirs", readonly Edit[]>, ...options: string[]) {
  const folder = repositoryWith({ README: "r" });
  const commit = (name: string, edits: readonly Edit[]) => {
    gitIn(folder, "checkout", "-q", "-b", name);
    carryOut(folder, edits);
    gitIn(folder, "add", "-A");
    gitIn(folder, "commit", "-q", "--allow-empty", "-m", name);
    return gitIn(folder, "rev-parse", "HEAD").trim();
  };
  const base = commit("base", sides.base);
  const ours = commit("ours", sides.ours);
  gitIn(folder, "checkout", "-q", "base");
  const theirs = commit("theirs", sides.theirs);
  gitIn(folder, "checkout", "-q", "ours");
  let merged: Record<string, string> | undefined;
  let tree: string | undefined;
  try {
    gitIn(folder, "merge", "-q", "--no-edit", ...options, "theirs");
    merged = contents(folder);
    tree = gitIn(folder, "rev-parse", "HEAD^{tree}").trim();
  } catch {
    merged = undefined;
  }
  return { folder, commits: { base, ours, theirs }, merged, tree };
}

it(
  "joins as git does",
  async () => {
    const edits = fc.array(edit, { maxLength: 5 });
    const property = fc.asyncProperty(fc.record({ base: edits, ours: edits, theirs: edits }), async (sides) => {
      const expected = mergedByGit(sides);
      const workspace = repositoryWith({ README: "r" });
      carryOut(workspace, sides.base);
      const bench = benchFor(workspace);
      const isolation = await bench.isolate();
      const { tasks } = bench.changes;
      const place = { runId: "run-1", workspace, isolation };
      const task = { runId: "run-1", workspace, taskId: "t" };
      const copy = await tasks.open({ ...task, startCommit: isolation.startCommit, signal });
      carryOut(copy.worktree, sides.theirs);
      carryOut(isolation.worktree, sides.ours);
      const before = contents(isolation.worktree);
      const { commit } = await tasks.commit({ ...task, isolation: copy, signal });
      const merged = await tasks.merge(place, { taskId: "t", theirs: commit, base: copy.startCommit });
      expect(merged.ok).toBe(expected.merged !== undefined);
      expect(contents(isolation.worktree)).toEqual(expected.merged ?? before);
      if (!merged.ok) {
        expect(merged.conflicts.length).toBeGreaterThan(0);
        expect(await tasks.unresolved(workspace, { since: merged.ours, commit: merged.marked })).not.toEqual([]);
      }
      for (const folder of [workspace, bench.home, expected.folder]) rmSync(folder, { recursive: true, force: true });
    });
    await fc.assert(property, { numRuns: RUNS });
  },
  60_000 + RUNS * 5000,
);

it(
  "joins by hand as git does without renames, or tells a conflict",
  async () => {
    const edits = fc.array(edit, { maxLength: 5 });
    let clean = 0;
    const property = fc.asyncProperty(fc.record({ base: edits, ours: edits, theirs: edits }), async (sides) => {
      const expected = mergedByGit(sides, "-Xno-renames");
      const home = temporaryFolder();
      const repository = await openRepository(home, expected.folder);
      const merged = await mergeTrees({ home, repository, sides: expected.commits, byHand: true });
      if (expected.tree === undefined) expect(merged.conflicts).not.toEqual([]);
      else if (merged.conflicts.length === 0) {
        expect(merged.tree).toBe(expected.tree);
        clean += 1;
      }
      for (const folder of [home, expected.folder]) rmSync(folder, { recursive: true, force: true });
    });
    const one = (path: string): Edit[] => [{ path, content: `${path}\n`, executable: false }];
    // The first that is tried can be joined; of a few random ones perhaps none can.
    const examples: [Record<"base" | "ours" | "theirs", Edit[]>][] = [
      [{ base: one("base"), ours: one("ours"), theirs: one("theirs") }],
    ];
    await fc.assert(property, { numRuns: RUNS + 1, examples });
    expect(clean).toBeGreaterThan(0);
  },
  60_000 + RUNS * 5000,
);
