/** Whatever the tree and whatever the edits: after accepting, the user's tree is what the agent's copy was. */

import { rmSync } from "node:fs";
import * as fc from "fast-check";
import { expect, it } from "vitest";
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

/** RUNS=500 tries more. */
const RUNS = Number(process.env["RUNS"] ?? 12);

const name = fc.constantFrom("a", "b", "c d", "é", "x.txt", "-n", "日", "new\nline", "UP");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const content = fc.oneof(
  fc.constantFrom("", "one\n", "one\ntwo\n", "crlf\r\n", "no end", "-> a", "-> nowhere/else"),
  fc.string({ maxLength: 30 }),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
);
const executable = fc.boolean();
const edit = fc.record({ path, content: fc.option(content), executable });
const edits = fc.array(edit, { maxLength: 6 });

type Edit = { path: string; content: string | Buffer | null; executable: boolean };

function carryOut(folder: string, list: readonly Edit[]): void {
  for (const { path, content, executable } of list) {
    write(folder, { [path]: content });
    if (executable && content !== null && !(typeof content === "string" && content.startsWith("-> ")))
      makeExecutable(`${folder}/${path}`);
  }
}

it(
  "makes the user's tree equal to the copy, and nothing else",
  async () => {
    const property = fc.asyncProperty(
      fc.record({ committed: edits, staged: edits, loose: edits, agent: edits, isRepository: fc.boolean() }),
      async ({ committed, staged, loose, agent, isRepository }) => {
        const workspace = isRepository ? repositoryWith({ README: "r" }) : temporaryFolder();
        const home = temporaryFolder();
        carryOut(workspace, committed);
        if (isRepository) {
          gitIn(workspace, "add", "-A");
          gitIn(workspace, "commit", "-q", "--allow-empty", "-m", "second");
          carryOut(workspace, staged);
          gitIn(workspace, "add", "-A");
        }
        carryOut(workspace, loose);
        const before = { files: contents(workspace), git: isRepository ? gitState(workspace) : "" };
        const bench = benchFor(workspace, home);
        const isolation = await bench.isolate();
        expect(contents(isolation.worktree)).toEqual(before.files);
        carryOut(isolation.worktree, agent);
        const changeSet = await bench.collect(isolation);
        expect({ files: contents(workspace), git: isRepository ? gitState(workspace) : "" }).toEqual(before);
        expect(await bench.accept(changeSet)).toEqual([]);
        expect(contents(workspace)).toEqual(contents(isolation.worktree));
        expect(await bench.collect(isolation)).toEqual(changeSet);
        for (const folder of [workspace, home]) rmSync(folder, { recursive: true, force: true });
      },
    );
    await fc.assert(property, { numRuns: RUNS });
  },
  60_000 + RUNS * 3000,
);
