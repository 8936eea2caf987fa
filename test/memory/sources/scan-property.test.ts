import fc from "fast-check";
import { expect, it } from "vitest";
import { scanPaths } from "../../../daemon/memory/sources/scan-paths.ts";
import type { Scan } from "../../../daemon/memory/sources/scan-state.ts";
import type { SourceEntry } from "../../../daemon/memory/sources/source.ts";
import { plainFolder, repository, type Workspace } from "./workspace.ts";

const PATHS = [
  "a.ts",
  "b.ts",
  "sub/a.ts",
  "sub/b.log",
  "sub/deep/c.ts",
  "other/d.ts",
  "x.png",
  ".nexusignore",
  ".gitignore",
];
const CONTENTS = ["", "one\n", "two\n", "*.log\n", "sub/\n", "b.*\n!b.ts\n", "deep/\n"];

type Step =
  | { readonly kind: "write"; readonly path: string; readonly content: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "rename"; readonly path: string; readonly to: string }
  | { readonly kind: "add" | "commit" | "stash" | "reset" | "scan" }
  | { readonly kind: "switch"; readonly branch: string };

const path = fc.constantFrom(...PATHS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("write" as const), path, content: fc.constantFrom(...CONTENTS) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rename" as const), path, to: path }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("add" as const, "commit" as const, "stash" as const, "reset" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("switch" as const), branch: fc.constantFrom("main", "one", "two") }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("scan" as const) }) },
);

function apply(workspace: Workspace, each: Step): void {
  const quietly = (...args: string[]) => {
    try {
      workspace.git(...args);
    } catch {
      // Git refuses what makes no sense now, such as a switch over changed files: the next step goes on from there.
    }
  };
  if (each.kind === "write") workspace.write(each.path, each.content);
  else if (each.kind === "remove") workspace.remove(each.path);
  else if (each.kind === "rename") quietly("mv", "-f", each.path, each.to);
  else if (each.kind === "add") quietly("add", "-A");
  else if (each.kind === "commit") workspace.commit();
  else if (each.kind === "stash") quietly("stash", "-u", "-q");
  else if (each.kind === "reset") quietly("reset", "-q", "--hard");
  else if (each.kind === "switch") quietly("checkout", "-q", each.branch);
}

it("brings a scan up to date for single paths as a whole scan would", async () => {
  const edit = step.filter(({ kind }) => kind === "write" || kind === "remove");
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(edit, { minLength: 3, maxLength: 12 }), async (withGit, steps) => {
      const workspace = withGit ? repository() : plainFolder();
      for (const each of PATHS.slice(0, 4)) workspace.write(each, each);
      if (withGit) workspace.commit();
      let previous = await workspace.scan();
      for (const each of steps) {
        apply(workspace, each);
        const paths = "path" in each ? [each.path] : [];
        previous = await scanPaths(workspace.root, paths, { signal: new AbortController().signal, previous });
        expect(previous.entries.map(named)).toEqual((await workspace.scan()).entries.map(named));
      }
    }),
    { numRuns: 15 },
  );
});

const named = ({ path: at, oid, bytes }: SourceEntry) => ({ path: at, oid, bytes });

function comparable(scan: Scan): unknown {
  const entries = scan.entries.map(named);
  return { entries, skipped: scan.skipped, branch: scan.branch, head: scan.head, engine: scan.engine };
}

it("leaves a scan from the last one equal to a fresh one, whatever was done between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const workspace = repository();
      workspace.commit();
      for (const branch of ["one", "two"]) workspace.git("branch", branch);
      let previous = await workspace.scan();
      for (const each of [...steps, { kind: "scan" } as const]) {
        apply(workspace, each);
        if (each.kind !== "scan") continue;
        previous = await workspace.scan(previous);
        expect(comparable(previous)).toEqual(comparable(await workspace.scan()));
      }
    }),
    { numRuns: 15 },
  );
});

it("holds without git too", async () => {
  const kinds = ["write", "remove", "scan"];
  const plain = fc.array(
    step.filter(({ kind }) => kinds.includes(kind)),
    { minLength: 3, maxLength: 14 },
  );
  await fc.assert(
    fc.asyncProperty(plain, async (steps) => {
      const workspace = plainFolder();
      let previous = await workspace.scan();
      for (const each of steps) {
        apply(workspace, each);
        previous = await workspace.scan(previous);
      }
      expect(comparable(previous)).toEqual(comparable(await workspace.scan()));
    }),
    { numRuns: 20 },
  );
});
