import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ChainLink,
  checkDelegation,
  type DelegationRequest,
  goalKey,
} from "../../daemon/collaboration/delegation.ts";

const link = (agent: string, goal: string, taskId = `${agent}-task`): ChainLink => ({
  taskId,
  agent,
  goal: goalKey(goal),
});
const request = (more: Partial<DelegationRequest> = {}): DelegationRequest => ({
  chain: [link("backend", "Build it")],
  agent: "research",
  goal: "Find out how others do it",
  contract: { returns: "a list of links", files: [], readOnly: true },
  parent: { files: ["src", "docs/*.md"], readOnly: false, leftUsd: 0.5 },
  budgetUsd: 0.2,
  knownAgents: ["backend", "research", "data"],
  ...more,
});
const problem = (more: Partial<DelegationRequest>) => {
  const checked = checkDelegation(request(more), "child");
  return checked.ok ? undefined : checked.problem;
};
const writes = (...files: string[]) => ({ contract: { returns: "code", files, readOnly: false } });

describe("a delegation", () => {
  it("says how deep it is, what the child may spend, and who had the work", () => {
    expect(checkDelegation(request(), "child")).toEqual({
      ...{ ok: true, depth: 1, budgetUsd: 0.2 },
      visited: [link("backend", "Build it"), link("research", "Find out how others do it", "child")],
    });
    expect(checkDelegation(request({ budgetUsd: 9 }), "child")).toMatchObject({ budgetUsd: 0.5 });
    expect(checkDelegation(request({ budgetUsd: null }), "child")).toMatchObject({ budgetUsd: 0.5 });
  });

  it.each<[string, Partial<DelegationRequest>, RegExp]>([
    ["an unknown agent", { agent: "wizard" }, /no agent "wizard"/],
    ["no goal", { goal: " " }, /The goal/],
    ["nothing to answer with", { contract: { returns: "", files: [], readOnly: true } }, /contract/],
    ["a negative budget", { budgetUsd: -1 }, /above 0/],
    ["no number", { budgetUsd: Number.NaN }, /above 0/],
    ["nothing left", { parent: { files: [], readOnly: false, leftUsd: 0 } }, /Nothing is left/],
    [
      "a reader that lets write",
      { ...writes("src/a.ts"), parent: { files: ["src"], readOnly: true, leftUsd: 1 } },
      /reads/,
    ],
    ["files of others", writes("src/a.ts", "lib/b.ts"), /lib\/b\.ts is not among/],
    ["a way out", writes("src/../lib/b.ts"), /not among/],
    ["everything", writes("**"), /not among/],
    ["a wider pattern", writes("docs/*"), /not among/],
    ["a fourth level", { chain: ["a", "b", "c", "d"].map((name) => link(name, name)) }, /3 are allowed/],
    [
      "the same goal to the same agent",
      { agent: "backend", goal: "build  it!" },
      /backend has this very goal already, in task backend-task/,
    ],
    [
      "back and forth",
      { chain: [link("backend", "1"), link("data", "2"), link("backend", "3")], agent: "data", goal: "4" },
      /back and forth/,
    ],
  ])("is refused: %s", (_name, more, expected) => {
    expect(problem(more)).toMatch(expected);
  });

  it.each(["src", "src/a.ts", "src/*.ts", "docs/a.md", "docs/*.md", "SRC/a.ts"])(
    "may write %s, which the parent may",
    (name) => {
      expect(problem(writes(name))).toBeUndefined();
    },
  );

  it("ends, whoever hands on to whomever", () => {
    const step = fc.record({
      agent: fc.constantFrom("backend", "research", "data"),
      goal: fc.constantFrom("x", "y", "z"),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 8, maxLength: 20 }), (steps) => {
        let chain: readonly ChainLink[] = [link("backend", "root")];
        for (const [index, { agent, goal }] of steps.entries()) {
          const checked = checkDelegation(request({ chain, agent, goal }), `child-${index}`);
          if (checked.ok) chain = checked.visited;
        }
        expect(chain.length).toBeLessThanOrEqual(4);
        expect(new Set(chain.map(({ agent, goal }) => `${agent} ${goal}`)).size).toBe(chain.length);
      }),
    );
  });
});
