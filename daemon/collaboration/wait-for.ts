/**
 * Who waits for whom: one graph over agents, leases, people, messages, children and sub-workflows. A wait that would never
 * end is refused before it starts. What does not wait goes on by itself, so it ends the waits of others; people always do.
 */

/** Something that a waiter may wait for, with the words that stand between the two: “waits for an answer of”. */
export interface WaitTarget {
  readonly node: string;
  readonly words: string;
}

export interface Wait {
  /** all: until every target has come to its end; any: until one has. */
  readonly until: "all" | "any";
  readonly targets: readonly WaitTarget[];
}

export type WaitAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Nodes from the waiter back to the waiter; only the waiter where nothing could end the wait. */
      readonly cycle: readonly string[];
      readonly explanation: string;
    };

export interface WaitGraph {
  /** Whether this wait could end, beside all that wait already. Adds nothing. */
  check(waiter: string, wait: Wait): WaitAnswer;
  /** The same, and it counts from now on. A waiter may have several waits, told apart by `key`: all of them must end. */
  begin(waiter: string, wait: Wait, key?: string): WaitAnswer;
  /** The wait is over, or was given up. Harmless when repeated. */
  finish(waiter: string, key?: string): void;
  /** The node ended or crashed: it waits for nothing any more, and nobody waits for it. */
  remove(node: string): void;
  /** How many wait. */
  readonly size: number;
}

/** What a person is told of a circle; all of it is in `cycle`. */
const MOST_STEPS = 12;

/** People are asked, and answer when they want to: nothing that waits for them is a circle. */
export const PERSON = "person";
export const ON_PERSON: WaitTarget = { node: PERSON, words: "waits for" };

export const taskNode = (taskId: string): string => `task ${taskId}`;
export const leaseNode = (lease: { readonly on: string; readonly name: string }): string => `${lease.on} ${lease.name}`;
export const workflowNode = (runId: string): string => `workflow ${runId}`;

interface Node {
  readonly name: string;
  /** By the wait's key: groups of targets of which one must end each. */
  readonly waits: Map<string, readonly Clause[]>;
  /** The same in one list, which a search goes through. */
  clauses: readonly Clause[];
  /** How many targets lead here. */
  wanted: number;
  /** Of the last search that saw it: its number, whether the node can end, and from where an explanation came to it. */
  seenIn: number;
  isFree: boolean;
  from: { readonly node: Node; readonly words: string } | undefined;
}

type Clause = readonly { readonly node: Node; readonly words: string }[];

export function createWaitGraph(): WaitGraph {
  const nodes = new Map<string, Node>();
  let search = 0;
  let size = 0;

  function nodeOf(name: string): Node {
    const known = nodes.get(name);
    if (known !== undefined) return known;
    const node: Node = { name, waits: new Map(), clauses: [], wanted: 0, seenIn: 0, isFree: false, from: undefined };
    nodes.set(name, node);
    return node;
  }

  function forgetUnused(node: Node): void {
    if (node.waits.size === 0 && node.wanted === 0) nodes.delete(node.name);
  }

  function add(node: Node, key: string, clauses: readonly Clause[]): void {
    if (node.waits.size === 0) size++;
    nodes.set(node.name, node);
    node.waits.set(key, clauses);
    node.clauses = [...node.waits.values()].flat();
    for (const clause of clauses)
      for (const target of clause) {
        nodes.set(target.node.name, target.node);
        target.node.wanted++;
      }
  }

  function drop(node: Node, key: string): void {
    const clauses = node.waits.get(key);
    if (clauses === undefined) return;
    node.waits.delete(key);
    node.clauses = [...node.waits.values()].flat();
    if (node.waits.size === 0) size--;
    for (const clause of clauses)
      for (const target of clause) {
        target.node.wanted--;
        forgetUnused(target.node);
      }
    forgetUnused(node);
  }

  /** Marks what can end although the waiter does not, and answers whether its wait can. */
  function canEndBehind(waiter: Node, clauses: readonly Clause[]): boolean {
    const reached = reach(waiter, clauses, ++search);
    if (!reached.meetsItself) return true;
    for (let changed = true; changed; ) {
      changed = false;
      // From the far end: a chain is settled in one round.
      for (let index = reached.nodes.length - 1; index >= 0; index--) {
        const node = reached.nodes[index];
        if (node === undefined || node.isFree || node === waiter || !allCanEnd(node.clauses)) continue;
        node.isFree = true;
        changed = true;
      }
    }
    return allCanEnd(clauses);
  }

  function answer(waiter: string, wait: Wait): WaitAnswer & { clauses: readonly Clause[] } {
    const clauses = clausesOf(wait, nodeOf);
    if (clauses.some((clause) => clause.length === 0)) {
      const explanation = `${waiter} would wait for one of several, but there is none`;
      return { ok: false, cycle: [waiter], explanation, clauses };
    }
    const node = nodeOf(waiter);
    if (canEndBehind(node, clauses)) return { ok: true, clauses };
    return { ok: false, ...explain(node, clauses), clauses };
  }

  function settle(waiter: string, clauses: readonly Clause[]): void {
    for (const clause of clauses) for (const { node } of clause) forgetUnused(node);
    const node = nodes.get(waiter);
    if (node !== undefined) forgetUnused(node);
  }

  return {
    check(waiter, wait) {
      const { clauses, ...checked } = answer(waiter, wait);
      settle(waiter, clauses);
      return checked;
    },
    begin(waiter, wait, key = "") {
      const known = nodes.get(waiter);
      if (known !== undefined) drop(known, key);
      const { clauses, ...checked } = answer(waiter, wait);
      if (!checked.ok || clauses.length === 0) {
        settle(waiter, clauses);
        return checked;
      }
      add(nodeOf(waiter), key, clauses);
      return checked;
    },
    finish(waiter, key = "") {
      const node = nodes.get(waiter);
      if (node !== undefined) drop(node, key);
    },
    remove(name) {
      const node = nodes.get(name);
      if (node === undefined) return;
      for (const key of [...node.waits.keys()]) drop(node, key);
      for (const other of [...nodes.values()])
        for (const [key, clauses] of [...other.waits]) {
          if (!clauses.some((clause) => clause.some((target) => target.node === node))) continue;
          // Where any of several would do, its end ends that wait.
          const left = clauses.filter((clause) => !clause.some((target) => target.node === node));
          drop(other, key);
          if (left.length > 0) add(other, key, left);
        }
    },
    get size() {
      return size;
    },
  };
}

function clausesOf({ until, targets }: Wait, nodeOf: (name: string) => Node): readonly Clause[] {
  const all = targets.map(({ node, words }) => ({ node: nodeOf(node), words }));
  return until === "all" ? all.map((target) => [target]) : [all];
}

/** All that the clauses lead to, without the waiter itself; what waits for nothing is free at once. */
function reach(waiter: Node, clauses: readonly Clause[], search: number): { nodes: Node[]; meetsItself: boolean } {
  const found: Node[] = [];
  let meetsItself = false;
  waiter.isFree = false;
  waiter.seenIn = search;
  waiter.from = undefined;
  let from: readonly Clause[] | undefined = clauses;
  for (let index = 0; from !== undefined; from = found[index++]?.clauses)
    for (const clause of from)
      for (const { node } of clause) {
        if (node === waiter) meetsItself = true;
        if (node.seenIn === search) continue;
        node.seenIn = search;
        node.from = undefined;
        node.isFree = node.clauses.length === 0;
        found.push(node);
      }
  return { nodes: found, meetsItself };
}

function allCanEnd(clauses: readonly Clause[]): boolean {
  return clauses.every((clause) => clause.some((target) => target.node.isFree));
}

/** The shortest way from the waiter through those who are stuck, back to it. */
function explain(waiter: Node, clauses: readonly Clause[]) {
  const open: Node[] = [waiter];
  for (const node of open) {
    for (const clause of node === waiter ? clauses : node.clauses)
      for (const target of clause) {
        if (target.node.isFree || target.node.from !== undefined) continue;
        target.node.from = { node, words: target.words };
        if (target.node === waiter) return inWords(waiter);
        open.push(target.node);
      }
  }
  return { cycle: [waiter.name], explanation: `${waiter.name} would wait for something that cannot end` };
}

function inWords(waiter: Node): { cycle: string[]; explanation: string } {
  const way: { readonly node: Node; readonly words: string }[] = [];
  for (let node: Node | undefined = waiter; node?.from !== undefined; ) {
    way.push(node.from);
    node = node.from.node === waiter ? undefined : node.from.node;
  }
  way.reverse();
  const names = [...way.map(({ node }) => node.name), waiter.name];
  const step = (index: number) => `${names[index]} ${way[index]?.words} ${names[index + 1]}`;
  const shown = Array.from({ length: Math.min(way.length, MOST_STEPS) }, (_, index) => step(index));
  if (way.length > MOST_STEPS) shown.push("…", step(way.length - 1));
  return { cycle: names, explanation: shown.join(", ") };
}
