/** Goes through every state that can be reached, the nearest first, so that what is found has the shortest history. */
import { hash } from "node:crypto";
import type { Protocol } from "./protocol.ts";
import { isFinal, violation } from "./rules.ts";
import { copyOf, firstWorld, keyOf, type Size, type World } from "./world.ts";
import { events } from "./world-steps.ts";

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  readonly finals: number;
  /** Undefined: every state is as it must be. */
  readonly problem: { readonly what: string; readonly history: readonly string[] } | undefined;
}

/** Two states are taken for one when 96 bits of their hash are equal. */
const hashOf = (world: World) => hash("sha1", keyOf(world), "base64").slice(0, 16);

export function explore(size: Size, protocol: Protocol): Exploration {
  const all = events(protocol, size);
  const numbers = new Map<string, number>();
  /** By state: where it was reached from first, and by what. */
  const from: { state: number; event: string }[] = [];
  /** Pairs of states, without crashes: every state must come to an end by itself. */
  const edges: number[] = [];
  const ends: number[] = [];
  const open: (World | undefined)[] = [];
  let transitions = 0;

  function add(world: World, state: number, event: string): number {
    const key = hashOf(world);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = numbers.size;
    numbers.set(key, number);
    from.push({ state, event });
    open.push(world);
    return number;
  }

  function ended(what?: string, at = 0): Exploration {
    const problem = what === undefined ? undefined : { what, history: historyOf(from, at) };
    return { states: numbers.size, transitions, finals: ends.length, problem };
  }

  add(firstWorld(size), -1, "");
  for (let number = 0; number < open.length; number++) {
    const world = open[number];
    // What was gone through is only counted.
    open[number] = undefined;
    if (world === undefined) continue;
    const wrong = violation(world);
    if (wrong !== undefined) return ended(wrong, number);
    if (isFinal(world)) {
      ends.push(number);
      continue;
    }
    let goesOn = false;
    let next = copyOf(world);
    for (const { name, isCrash, change } of all) {
      // What cannot happen has changed nothing.
      if (!change(next)) continue;
      transitions++;
      const to = add(next, number, name);
      next = copyOf(world);
      if (isCrash) continue;
      goesOn = true;
      edges.push(number, to);
    }
    if (!goesOn) return ended("deadlock", number);
  }
  const stuck = withoutEnd(numbers.size, edges, ends);
  return stuck === undefined ? ended() : ended("a state from which nobody comes to an end", stuck);
}

function historyOf(from: readonly { state: number; event: string }[], at: number): string[] {
  const history: string[] = [];
  for (let step = from[at]; step !== undefined && step.state >= 0; step = from[step.state]) history.unshift(step.event);
  return history;
}

/** The first state from which no end can be reached, against the direction of the edges. */
function withoutEnd(states: number, edges: readonly number[], ends: readonly number[]): number | undefined {
  const before: number[][] = Array.from({ length: states }, () => []);
  for (let index = 0; index < edges.length; index += 2) before[edges[index + 1] ?? 0]?.push(edges[index] ?? 0);
  const reaches = new Set(ends);
  const open = [...ends];
  for (let state = open.pop(); state !== undefined; state = open.pop())
    for (const earlier of before[state] ?? []) {
      if (reaches.has(earlier)) continue;
      reaches.add(earlier);
      open.push(earlier);
    }
  if (reaches.size === states) return undefined;
  return before.findIndex((_, state) => !reaches.has(state));
}
