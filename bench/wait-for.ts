/** What it costs to ask whether a wait would close a circle, while a thousand wait already. */
import { createWaitGraph, type Wait } from "../daemon/collaboration/wait-for.ts";
import { type Figure, median } from "./measure.ts";

const WAITERS = 1000;
const CHECKS = 20;
const BATCHES = 300;

/** Milliseconds a check: where all wait in one chain, so that all of it is looked at; where they wait for each other at random. */
export function measureWaitFor(): Figure[] {
  return [
    { name: "wait-for: a check among 1 000 waiters in a chain", value: inChain(), limit: 0.1, unit: "ms" },
    { name: "wait-for: among 1 000 with three targets each", value: inTangle(), limit: 0.1, unit: "ms" },
  ];
}

function inChain(): number {
  const graph = createWaitGraph();
  for (let index = 1; index <= WAITERS; index++) graph.begin(`${index}`, on("all", index - 1));
  // The first asks to wait for the last: a circle through all of them. Somebody new does so without one.
  return timeOf((turn) => graph.check(turn % 2 === 0 ? "0" : "new", on("all", WAITERS)));
}

function inTangle(): number {
  const graph = createWaitGraph();
  for (let index = 3; index <= WAITERS; index++)
    graph.begin(`${index}`, on(index % 2 === 0 ? "any" : "all", index - 1, (index * 7) % index, (index * 13) % index));
  return timeOf((turn) => graph.check(turn % 2 === 0 ? "1" : "new", on("all", WAITERS, WAITERS - 1)));
}

function on(until: Wait["until"], ...nodes: number[]): Wait {
  return { until, targets: nodes.map((node) => ({ node: `${node}`, words: "waits for" })) };
}

/** The median of small batches after a warm-up: a check is shorter than what the clock can tell. */
function timeOf(check: (turn: number) => unknown): number {
  const times: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const startedAt = performance.now();
    for (let turn = 0; turn < CHECKS; turn++) check(turn);
    if (batch >= BATCHES / 2) times.push((performance.now() - startedAt) / CHECKS);
  }
  return median(times);
}
