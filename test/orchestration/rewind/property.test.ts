/**
 * Whatever the user, the agent and Nexus do in whatever order: what the user had in a file before Nexus did something is
 * in that file after it, or git can still reach it from a private ref. RUNS=500 tries more.
 */
import { createHash } from "node:crypto";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { repositoryWith, temporaryFolder, write } from "../changes/fixture.ts";
import { type RunBench, reachable, runIn } from "./fixture.ts";

const RUNS = Number(process.env["RUNS"] ?? 2);
const PATHS = ["a", "b", "c/d", "new\nline"] as const;

const path = fc.constantFrom(...PATHS);
const content = fc.option(fc.string({ minLength: 1, maxLength: 8 }).map((text) => `${text}\r\n`));
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("edit" as const), path, content }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("accept" as const), path: fc.option(path) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("to" as const), number: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("undo" as const), overwrite: fc.subarray([...PATHS]) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("takeBack" as const), overwrite: fc.subarray([...PATHS]) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const agentEdits = fc.array(fc.record({ path, content }), { minLength: 1, maxLength: 3 });

function treeOf(workspace: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of PATHS) {
    const file = join(workspace, name);
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats?.isFile()) found.set(name, readFileSync(file, "latin1"));
  }
  return found;
}

function blobId(text: string): string {
  const bytes = Buffer.from(text, "latin1");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

async function carryOut(run: RunBench, workspace: string, action: Step): Promise<void> {
  // What cannot be done now (nothing waits, nothing to go back to) is refused, and changes nothing.
  const refused = () => undefined;
  switch (action.do) {
    case "edit":
      return write(workspace, { [action.path]: action.content });
    case "accept":
      return void (await run.accept(action.path === null ? undefined : [action.path]).catch(refused));
    case "to":
      return void (await run.rewind({ checkpoint: action.number }).catch(refused));
    case "undo":
      return void (await run.rewind({ what: "before_rewind" }, { overwrite: action.overwrite }).catch(refused));
    case "takeBack":
      return void (await run.rewind({ what: "before_accept" }, { overwrite: action.overwrite }).catch(refused));
  }
}

it("never loses what the user had", { timeout: 30_000 + RUNS * 10_000 }, async () => {
  const property = fc.asyncProperty(
    fc.record({
      isRepository: fc.boolean(),
      attributes: fc.constantFrom("", "* text=auto\n"),
      turns: fc.array(agentEdits, { minLength: 1, maxLength: 3 }),
      isDone: fc.boolean(),
      steps: fc.array(step, { minLength: 3, maxLength: 8 }),
    }),
    async ({ isRepository, attributes, turns, isDone, steps }) => {
      const files = { a: "committed\r\n", b: "b", ".gitattributes": attributes };
      const workspace = isRepository ? repositoryWith(files) : temporaryFolder();
      const home = temporaryFolder();
      write(workspace, { ...files, "c/d": "loose\r\nmixed\n" });
      const run = await runIn(workspace, home);
      for (const edits of turns) {
        await run.checkpoint();
        for (const edit of edits) write(run.isolation.worktree, { [edit.path]: edit.content });
      }
      await run.end(isDone ? "done" : "cancelled");
      for (const action of steps) {
        const before = treeOf(workspace);
        await carryOut(run, workspace, action);
        if (action.do === "edit") continue;
        const after = treeOf(workspace);
        const missing = [...before].filter(([name, text]) => after.get(name) !== text);
        if (missing.length === 0) continue;
        const objects = reachable(workspace, home);
        for (const [name, text] of missing)
          expect({ name, kept: objects.has(blobId(text)) }).toEqual({ name, kept: true });
      }
      expect((await run.state()).rewind?.status).not.toBe("working");
    },
  );
  await fc.assert(property, { numRuns: RUNS });
});
