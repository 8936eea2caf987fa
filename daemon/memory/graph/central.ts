/** Files and symbols in the order of their weight in the repository. */
import type { NameTable } from "./file-names.ts";
import type { NameGraph } from "./name-graph.ts";
import { compareText } from "./paths.ts";
import type { Ranking } from "./rank.ts";
import { nodeAt, type SymbolNode } from "./symbols.ts";
import { isSupporting, isTestPath } from "./test-paths.ts";
import type { World } from "./world.ts";

export interface CentralFile {
  readonly path: string;
  /** Share of all attention, 0 to 1. */
  readonly rank: number;
  /** Files that use it. */
  readonly usedBy: number;
  /** What of it is used most, at most five. */
  readonly symbols: readonly SymbolNode[];
}

const MAX_SYMBOLS = 5;
const DEMOTED = 0.3;

/** Tests, examples and documents stand lower than their rank says. */
function demotion(path: string): number {
  return isTestPath(path) || isSupporting(path) ? DEMOTED : 1;
}

/** What one busy file alone uses gets much of its rank: many users count too. */
function breadth(users: number): number {
  return Math.sqrt(users);
}

export function centralFiles(world: World, graph: NameGraph, { files, slots }: Ranking, limit: number): CentralFile[] {
  const users = usersOf(graph);
  const score = (file: number): number =>
    (files[file] ?? 0) * breadth(users[file] ?? 0) * demotion(graph.paths[file] ?? "");
  const order = [...graph.paths.keys()].map((file) => ({ file, score: score(file) }));
  order.sort((a, b) => b.score - a.score || a.file - b.file);
  const chosen = new Map(order.slice(0, limit).map(({ file }) => [file, [] as number[]]));
  for (let slot = graph.paths.length; slot < graph.slotFile.length; slot++)
    if ((slots[slot] ?? 0) > 0) chosen.get(graph.slotFile[slot] ?? -1)?.push(slot);
  return [...chosen].map(([file, own]) => {
    const path = graph.paths[file] ?? "";
    const best = own.sort((a, b) => (slots[b] ?? 0) - (slots[a] ?? 0) || a - b).slice(0, MAX_SYMBOLS);
    const symbols = best.map((slot) => nodeAt(world.view, path, graph.slotSymbol[slot] ?? -1));
    const found = symbols.filter((node) => node !== undefined);
    return { path, rank: files[file] ?? 0, usedBy: users[file] ?? 0, symbols: found };
  });
}

/** Of each file how many others use it. */
function usersOf({ paths, edgeStart, edgeSlot, slotFile }: NameGraph): Int32Array {
  const users = new Int32Array(paths.length);
  const countedFor = new Int32Array(paths.length).fill(-1);
  for (let file = 0; file < paths.length; file++)
    for (let edge = edgeStart[file] ?? 0; edge < (edgeStart[file + 1] ?? 0); edge++) {
      const to = slotFile[edgeSlot[edge] ?? 0] ?? 0;
      if (to === file || countedFor[to] === file) continue;
      countedFor[to] = file;
      users[to] = (users[to] ?? 0) + 1;
    }
  return users;
}

export interface RankedSymbol {
  readonly path: string;
  readonly index: number;
}

export interface RankedChoice {
  readonly focus: readonly string[];
  readonly mentioned: readonly string[];
  readonly limit: number;
}

/** What a map shows first: what is in focus, what was mentioned, then by weight; each symbol once. */
export function rankedSymbols(
  world: World,
  graph: NameGraph,
  table: NameTable,
  ranking: Ranking,
  { focus, mentioned, limit }: RankedChoice,
): RankedSymbol[] {
  const focused = new Set(focus);
  const wanted = new Set(mentioned.map((name) => table.known(name)));
  // A file has at most one edge to a slot.
  const users = new Int32Array(graph.slotFile.length);
  for (const slot of graph.edgeSlot) users[slot] = (users[slot] ?? 0) + 1;
  const scored: { slot: number; group: number; score: number; path: string }[] = [];
  for (let slot = graph.paths.length; slot < graph.slotFile.length; slot++) {
    const file = graph.slotFile[slot] ?? 0;
    const path = graph.paths[file] ?? "";
    const own = (ranking.slots[slot] ?? 0) * breadth(users[slot] ?? 0) * demotion(path);
    const isMentioned = wanted.has(graph.slotName[slot]);
    // What nothing uses still shows what a file is about; tests and examples come when all else is shown.
    const group = focused.has(path) ? 0 : isMentioned ? 1 : demotion(path) < 1 ? 4 : own > 0 ? 2 : 3;
    const top = world.view.facts(path)?.symbols[graph.slotSymbol[slot] ?? -1]?.parent === -1;
    if (own === 0 && (group === 4 || (group === 3 && !top))) continue;
    scored.push({ slot, group, path, score: own > 0 ? own : (ranking.files[file] ?? 0) * 1e-6 });
  }
  scored.sort((a, b) => a.group - b.group || b.score - a.score || compareText(a.path, b.path) || a.slot - b.slot);
  return scored.slice(0, limit).map(({ slot, path }) => ({ path, index: graph.slotSymbol[slot] ?? -1 }));
}
