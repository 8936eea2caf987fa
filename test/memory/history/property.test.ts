import fc from "fast-check";
import { expect, it } from "vitest";
import { makeHistory, memoryStore, open, type TestRepository } from "./repository.ts";

const name = fc.constantFrom("a.ts", "b.ts", "lib/c.ts");
const step = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), name, text: fc.constantFrom("x", "y", "z") }),
  fc.record({ kind: fc.constant("move" as const), name, to: name }),
  fc.record({ kind: fc.constant("branch" as const), name: fc.constantFrom("main", "side") }),
  fc.record({ kind: fc.constant("merge" as const) }),
  fc.record({ kind: fc.constant("reset" as const) }),
  fc.record({ kind: fc.constant("open" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

it("is the same after any steps as if it were read afresh", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const repository = makeHistory();
      repository.commit("start", { "a.ts": "a\n".repeat(20), "b.ts": "b\n".repeat(20) });
      const kept = memoryStore();
      for (const each of steps) {
        if (each.kind === "open") await open(repository.root, kept);
        else take(each, repository);
      }
      const fresh = memoryStore();
      const [incremental, whole] = [await open(repository.root, kept), await open(repository.root, fresh)];
      expect(kept.get("history")).toEqual(fresh.get("history"));
      for (const path of ["a.ts", "b.ts", "lib/c.ts"])
        expect(incremental.history.recent(path, 99)).toEqual(whole.history.recent(path, 99));
    }),
    { numRuns: 15 },
  );
});

/** A step that git refuses, such as a merge with conflicts, is no step. */
function take(each: Exclude<Step, { kind: "open" }>, repository: TestRepository): void {
  try {
    if (each.kind === "write") repository.commit(`write ${each.text}`, { [each.name]: `${each.text}\n`.repeat(20) });
    if (each.kind === "branch") repository.git("checkout", "-q", "-B", each.name);
    if (each.kind === "reset") repository.git("reset", "-q", "--hard", "HEAD~1");
    if (each.kind === "merge") merge(repository);
    if (each.kind === "move") {
      repository.git("mv", "-f", each.name, each.to);
      repository.commit(`move ${each.name}`, {});
    }
  } catch {
    repository.git("reset", "-q", "--hard");
  }
}

/** Forks one commit off and merges it beside another, in the same second. */
function merge(repository: TestRepository): void {
  repository.git("checkout", "-q", "-B", "fork");
  repository.commit("fork", { "fork.ts": `${Math.random()}` });
  repository.git("checkout", "-q", "-");
  repository.git("merge", "-q", "--no-ff", "-m", "merge", "fork");
}
