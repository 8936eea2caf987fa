/** How two things connect: the shortest ways over uses, imports and containment, each step explained. */
import { compareText, stemOf } from "./paths.ts";
import { usedBy, usesOfNodes } from "./references.ts";
import { isCode, nodeAt, nodeOf, reachableIndex, type SymbolNode, type Target } from "./symbols.ts";
import { isSupporting, isTestPath } from "./test-paths.ts";
import { NEVER, type Stop, type World } from "./world.ts";

export interface Hop {
  /** Ids of symbols, or paths of files. */
  readonly from: string;
  readonly to: string;
  /** "calls", "is called by", "imports", "is in"… */
  readonly how: string;
  /** Where it is written; undefined for containment. */
  readonly at: { readonly path: string; readonly line: number } | undefined;
}

export interface Connections {
  /** Shortest first; empty when there is none within the limits. */
  readonly ways: readonly (readonly Hop[])[];
  readonly complete: boolean;
}

export interface ConnectOptions {
  /** Most ways; 3 when left out. */
  readonly ways?: number;
  readonly stop?: Stop;
}

const MAX_VISITED = 4000;
const MAX_NEIGHBOURS = 200;
const HUB = 80;

export function connect(world: World, from: Target, to: Target, options: ConnectOptions = {}): Connections {
  const { ways: wanted = 3, stop = NEVER } = options;
  const neighbours = neighbourFinder(world, stop);
  const ways: Hop[][] = [];
  const avoided = new Set<string>();
  let complete = true;
  for (const pass of passesFor(from, to)) {
    if (ways.length > 0 && pass.toward === "any") break;
    while (ways.length < wanted && !stop()) {
      const isFree = (id: string): boolean => !avoided.has(id) && pass.isOpen(id);
      const found = shortestWay({ ...pass, from: from.id, to: to.id, isOpen: isFree, neighbours, stop });
      complete &&= found.complete;
      if (found.way === undefined || found.way.length === 0) break;
      ways.push(found.way);
      // Another way is one through other things; without anything between there is no other that says more.
      const between = found.way.slice(1).map((hop) => hop.from);
      if (between.length === 0) return { ways, complete };
      for (const id of between) avoided.add(id);
    }
  }
  return { ways, complete: (complete || ways.length > 0) && !stop() };
}

interface Pass {
  readonly isOpen: (id: string) => boolean;
  /** What has more neighbours is not gone through. */
  readonly hub: number;
  /** Down: each uses the next one; up: each is used by the next one. */
  readonly toward: "down" | "up" | "any";
  readonly maxHops: number;
}

/** A longer chain tells less than a short way with a turn in it. */
const MAX_CHAIN = 4;
const MAX_HOPS = 12;

/**
 * A chain in which each uses the next says most, then any ways between symbols, then imports. Tests, files that pass on
 * everything and what all use come last.
 */
function passesFor(from: Target, to: Target): readonly Pass[] {
  const isFiles = from.kind === "file" && to.kind === "file";
  const symbols = { isOpen: (id: string): boolean => isTelling(id) && id.includes("#"), hub: HUB };
  const telling = { isOpen: isTelling, hub: HUB };
  const best = isFiles ? telling : symbols;
  return [
    { ...best, toward: "down", maxHops: MAX_CHAIN },
    { ...best, toward: "up", maxHops: MAX_CHAIN },
    { ...best, toward: "any", maxHops: MAX_HOPS },
    { ...telling, toward: "any", maxHops: MAX_HOPS },
    { isOpen: () => true, hub: MAX_NEIGHBOURS, toward: "any", maxHops: MAX_HOPS },
  ];
}

function isTelling(id: string): boolean {
  const path = id.replace(/#[^#]*$/, "");
  const isPassing = path === id && /^(index|mod|lib|__init__)$/.test(stemOf(path));
  return !isPassing && !isTestPath(path) && !isSupporting(path) && !/\.rs#tests?\./.test(id);
}

interface Ends extends Pass {
  readonly from: string;
  readonly to: string;
  readonly neighbours: Neighbours;
  readonly stop: Stop;
}

type Neighbours = (id: string) => readonly Hop[];

interface Side {
  /** The side of the start. */
  readonly isFirst: boolean;
  /** Id → the hop that led to it; undefined for the start. */
  readonly reached: Map<string, Hop | undefined>;
  frontier: readonly string[];
}

/** From both ends at once, always on from the smaller side. */
function shortestWay(ends: Ends): { way: Hop[] | undefined; complete: boolean } {
  const { from, to, stop } = ends;
  if (from === to) return { way: [], complete: true };
  const first: Side = { isFirst: true, reached: new Map([[from, undefined]]), frontier: [from] };
  const second: Side = { isFirst: false, reached: new Map([[to, undefined]]), frontier: [to] };
  for (let hops = 0; hops < ends.maxHops && first.frontier.length > 0 && second.frontier.length > 0; hops++) {
    if (first.reached.size + second.reached.size > MAX_VISITED || stop()) return { way: undefined, complete: false };
    const isFirst = first.frontier.length <= second.frontier.length;
    const met = isFirst ? widen(first, second, ends) : widen(second, first, ends);
    if (met === undefined) continue;
    return { way: [...wayTo(met, first), ...wayTo(met, second).reverse().map(turned)], complete: true };
  }
  return { way: undefined, complete: true };
}

function widen(side: Side, other: Side, ends: Ends): string | undefined {
  const { from, to, isOpen, neighbours, stop, hub } = ends;
  const next: string[] = [];
  for (const id of side.frontier) {
    if (stop() || side.reached.size > MAX_VISITED) break;
    const hops = neighbours(id);
    if (hops.length > hub && id !== from && id !== to) continue;
    for (const hop of hops) {
      if (side.reached.has(hop.to) || !leads(hop, side, ends)) continue;
      if (!isOpen(hop.to) && !other.reached.has(hop.to)) continue;
      side.reached.set(hop.to, hop);
      if (other.reached.has(hop.to)) return hop.to;
      next.push(hop.to);
    }
  }
  side.frontier = next;
  return undefined;
}

/** The side of the end goes against the way's direction. */
function leads({ how }: Hop, { isFirst }: Side, { toward }: Ends): boolean {
  return toward === "any" || how in OPPOSITES === ((toward === "down") === isFirst);
}

function wayTo(id: string, side: Side): Hop[] {
  const way: Hop[] = [];
  for (let hop = side.reached.get(id); hop !== undefined; hop = side.reached.get(hop.from)) way.unshift(hop);
  return way;
}

const OPPOSITES: Readonly<Record<string, string>> = {
  calls: "is called by",
  "names the type": "is named as a type by",
  extends: "is extended by",
  uses: "is used by",
  imports: "is imported by",
  holds: "is in",
};
const TURNED: ReadonlyMap<string, string> = new Map(
  Object.entries(OPPOSITES).flatMap(([how, other]) => [[how, other] as const, [other, how] as const]),
);

function turned({ from, to, how, at }: Hop): Hop {
  return { from: to, to: from, how: TURNED.get(how) ?? how, at };
}

const VERBS = { call: "calls", type: "names the type", extends: "extends", use: "uses", import: "imports" } as const;

function neighbourFinder(world: World, stop: Stop): Neighbours {
  const known = new Map<string, readonly Hop[]>();
  const nodes = new Map<string, SymbolNode>();
  const link = (node: SymbolNode): string => {
    nodes.set(node.id, node);
    return node.id;
  };
  const find = (id: string): Hop[] => {
    if (world.view.file(id) !== undefined) return fileHops(world, id, link);
    const node = nodes.get(id) ?? nodeNamed(world, id);
    return node === undefined ? [] : symbolHops(world, node, link, stop);
  };
  return (id) => {
    const hops = known.get(id) ?? find(id).slice(0, MAX_NEIGHBOURS);
    known.set(id, hops);
    return hops;
  };
}

function nodeNamed(world: World, id: string): SymbolNode | undefined {
  const path = id.slice(0, id.lastIndexOf("#"));
  const facts = world.view.facts(path);
  const nodes = facts?.symbols.map((symbol, index) => nodeOf(path, facts, symbol, index));
  return nodes?.find((node) => node.id === id);
}

type Link = (node: SymbolNode) => string;

function fileHops({ links, view }: World, path: string, link: Link): Hop[] {
  const imports = links
    .importsOf(path)
    .flatMap(({ fact, files }) =>
      files.map((to): Hop => ({ from: path, to, how: "imports", at: { path, line: fact.line } })),
    );
  const importers = links.importersOf(path).map((to): Hop => {
    const line = links.importsOf(to).find(({ files }) => files.includes(path))?.fact.line ?? 1;
    return { from: path, to, how: "is imported by", at: { path: to, line } };
  });
  const facts = view.facts(path);
  const symbols = facts?.symbols.flatMap((symbol, index): Hop[] => {
    const to = symbol.parent < 0 ? link(nodeOf(path, facts, symbol, index)) : undefined;
    return to === undefined ? [] : [{ from: path, to, how: "holds", at: undefined }];
  });
  return [...imports, ...importers.sort((a, b) => compareText(a.to, b.to)), ...(symbols ?? [])];
}

function symbolHops(world: World, node: SymbolNode, link: Link, stop: Stop): Hop[] {
  const { id: from, path } = node;
  // Over a property that both know, anything connects with anything.
  const used = usedBy(world, path, node.index, MAX_NEIGHBOURS).filter(({ to }) => to.kind !== "property");
  const out = used.map(({ to, kind, line }): Hop => ({ from, to: link(to), how: VERBS[kind], at: { path, line } }));
  const back = isCode(node) ? usesOfNodes(world, [node], stop).uses : [];
  const users = back.flatMap((use): Hop[] => {
    if (use.confidence === "possible") return [];
    const facts = world.view.facts(use.path);
    const index = facts === undefined || use.within === undefined ? -1 : reachableIndex(facts, use.within.index);
    const user = nodeAt(world.view, use.path, index);
    const to = user === undefined ? use.path : link(user);
    return to === from ? [] : [{ from, to, how: turnedVerb(use.kind), at: { path: use.path, line: use.line } }];
  });
  return [...out, ...users, ...around(world, node, link)];
}

function turnedVerb(kind: keyof typeof VERBS): string {
  return TURNED.get(VERBS[kind]) ?? "is used by";
}

/** What holds it, and what it holds. */
function around({ view }: World, { id: from, path, index }: SymbolNode, link: Link): Hop[] {
  const facts = view.facts(path);
  const parent = facts?.symbols[index]?.parent ?? -1;
  const outer = parent < 0 ? undefined : nodeAt(view, path, parent);
  const holder: Hop = { from, to: outer === undefined ? path : link(outer), how: "is in", at: undefined };
  const inner = facts?.symbols.flatMap((symbol, place): Hop[] =>
    symbol.parent === index
      ? [{ from, to: link(nodeOf(path, facts, symbol, place)), how: "holds", at: undefined }]
      : [],
  );
  return [holder, ...(inner ?? [])];
}
