import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createWaitGraph,
  leaseNode,
  ON_PERSON,
  PERSON,
  taskNode,
  type Wait,
  workflowNode,
} from "../../daemon/collaboration/wait-for.ts";

const all = (...nodes: string[]): Wait => ({
  until: "all",
  targets: nodes.map((node) => ({ node, words: "waits for" })),
});
const any = (...nodes: string[]): Wait => ({ ...all(...nodes), until: "any" });

describe("a wait", () => {
  it("is refused where it closes a circle, in words", () => {
    const graph = createWaitGraph();
    const [a, b, lease] = [taskNode("a"), taskNode("b"), leaseNode({ on: "file", name: "src/x.ts" })];
    graph.begin(lease, { until: "all", targets: [{ node: b, words: "is held by" }] });
    expect(graph.begin(a, { until: "all", targets: [{ node: lease, words: "waits for" }] })).toEqual({ ok: true });
    expect(graph.begin(b, { until: "all", targets: [{ node: a, words: "waits for an answer of" }] })).toEqual({
      ok: false,
      cycle: [b, a, lease, b],
      explanation:
        "task b waits for an answer of task a, task a waits for file src/x.ts, file src/x.ts is held by task b",
    });
    expect(graph.size).toBe(2);
  });

  it("is refused where the circle leads through agents, leases, children and sub-workflows, whichever of them closes it", () => {
    const [a, b, child] = [taskNode("a"), taskNode("b"), taskNode("a.1.0")];
    const [lease, main, sub] = [leaseNode({ on: "file", name: "x" }), workflowNode("main"), workflowNode("sub")];
    const edges = [
      [a, "waits for the end of", child],
      [child, "waits for an answer of", b],
      [b, "waits for", lease],
      [lease, "is held by", main],
      [main, "waits for the end of", sub],
      [sub, "waits for its step", a],
    ] as const;
    edges.forEach((last, index) => {
      const graph = createWaitGraph();
      const begin = ([waiter, words, node]: (typeof edges)[number]) =>
        graph.begin(waiter, { until: "all", targets: [{ node, words }] });
      for (const edge of edges) if (edge !== last) expect(begin(edge)).toEqual({ ok: true });
      const inOrder = [...edges.slice(index), ...edges.slice(0, index)];
      expect(begin(last)).toEqual({
        ok: false,
        cycle: [...inOrder.map(([waiter]) => waiter), last[0]],
        explanation: inOrder.map((edge) => edge.join(" ")).join(", "),
      });
      // A person in the place of the last one ends it all.
      expect(graph.begin(last[0], { until: "all", targets: [ON_PERSON] })).toEqual({ ok: true });
    });
  });

  it.each([
    ["for oneself", (graph = createWaitGraph()) => graph.begin("a", all("a")), false],
    ["for one of none", (graph = createWaitGraph()) => graph.begin("a", any()), false],
    ["for nothing", (graph = createWaitGraph()) => graph.begin("a", all()), true],
    ["for a person", (graph = createWaitGraph()) => graph.begin("a", all(PERSON)), true],
    ["for a workflow that is at work", (graph = createWaitGraph()) => graph.begin("a", all(workflowNode("r"))), true],
  ])("%s", (_name, begin, expected) => {
    expect(begin().ok).toBe(expected);
  });

  it("for one of several is a circle only where all of them are", () => {
    const graph = createWaitGraph();
    graph.begin("b", all("a"));
    expect(graph.check("a", any("b", PERSON)).ok).toBe(true);
    expect(graph.check("a", any("b")).ok).toBe(false);
    expect(graph.check("a", all("b", PERSON)).ok).toBe(false);
    expect(graph.size).toBe(1);
  });

  it("may go round where another way out is left", () => {
    const graph = createWaitGraph();
    expect(graph.begin("a", any("b", "c")).ok).toBe(true);
    expect(graph.begin("b", all("a")).ok).toBe(true);
    const refused = graph.begin("c", all("b"));
    expect(refused).toMatchObject({ ok: false, cycle: ["c", "b", "a", "c"] });
  });

  it("ends with the wait, the node or its crash", () => {
    const graph = createWaitGraph();
    graph.begin("b", all("a"));
    graph.finish("b");
    expect(graph.begin("a", all("b")).ok).toBe(true);
    graph.remove("a");
    expect(graph.size).toBe(0);
    graph.begin("b", all("a", "c"));
    graph.remove("a");
    expect(graph.check("a", all("b")).ok).toBe(true);
    expect(graph.check("c", all("b")).ok).toBe(false);
    graph.begin("d", any("b", "c"));
    graph.remove("c");
    expect(graph.size).toBe(0);
    graph.finish("nobody");
    graph.remove("nobody");
  });

  it("counts beside the others of the same waiter", () => {
    const graph = createWaitGraph();
    graph.begin("a", all(PERSON), "first call");
    graph.begin("a", all("b"), "second call");
    expect(graph.check("b", all("a")).ok).toBe(false);
    graph.finish("a", "second call");
    expect(graph.check("b", all("a")).ok).toBe(true);
    expect(graph.size).toBe(1);
  });
});

it("refuses exactly the waits after which somebody could never go on", () => {
  const name = fc.constantFrom("a", "b", "c", "d", "e", PERSON);
  const step = fc.record({
    kind: fc.constantFrom("begin", "begin", "begin", "finish", "remove"),
    waiter: fc.constantFrom("a", "b", "c", "d", "e"),
    until: fc.constantFrom("all" as const, "any" as const),
    targets: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const graph = createWaitGraph();
      const plain = new Map<string, Wait>();
      for (const { kind, waiter, until, targets } of steps) {
        if (kind !== "begin") {
          plain.delete(waiter);
          if (kind === "finish") graph.finish(waiter);
          else {
            graph.remove(waiter);
            for (const [other, wait] of plain) withdraw(plain, other, wait, waiter);
          }
        } else {
          plain.delete(waiter);
          const wait = { ...all(...targets), until };
          const after = new Map(plain).set(waiter, wait);
          const { ok } = graph.begin(waiter, wait);
          expect(ok).toBe(everybodyEnds(after));
          if (ok) plain.set(waiter, wait);
        }
        expect(graph.size).toBe(plain.size);
        expect(everybodyEnds(plain)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

function withdraw(plain: Map<string, Wait>, other: string, { until, targets }: Wait, ended: string): void {
  const left = targets.filter(({ node }) => node !== ended);
  if (left.length === targets.length) return;
  if (until === "any" || left.length === 0) plain.delete(other);
  else plain.set(other, { until, targets: left });
}

/** The plain meaning, for comparison: take away who can go on until nobody is left, or nothing changes. */
function everybodyEnds(waits: ReadonlyMap<string, Wait>): boolean {
  const left = new Map(waits);
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [waiter, { until, targets }] of left) {
      const free = targets.filter(({ node }) => !left.has(node)).length;
      if (until === "all" ? free === targets.length : free > 0) left.delete(waiter);
    }
  }
  return left.size === 0;
}
