/**
 * Files joined by the names that they share, after Aider's repository map: an edge leads from a file that uses a name to
 * one that defines it. Numbers in typed arrays, so that ranking thousands of files takes milliseconds.
 */
import { isDistinctive } from "./evidence.ts";
import type { FileNames, NameTable } from "./file-names.ts";
import { endingOf, stemOf } from "./paths.ts";
import type { World } from "./world.ts";

/**
 * A slot is what an edge leads to. The first slots are the files themselves, in the view's order, for imports; then each
 * name that a file defines has one.
 */
export interface NameGraph {
  readonly paths: readonly string[];
  readonly slotFile: Int32Array;
  /** Number of the name; -1 for a file. */
  readonly slotName: Int32Array;
  /** Place of the symbol in its file's list; -1 for a file. */
  readonly slotSymbol: Int32Array;
  /** Edges of file i: from edgeStart[i] up to edgeStart[i + 1]. */
  readonly edgeStart: Int32Array;
  readonly edgeSlot: Int32Array;
  readonly edgeWeight: Float64Array;
}

const DISTINCTIVE = 10;
const PRIVATE = 0.1;
const COMMON = 0.1;
/** Defined in more files than these, a name tells little, and only imports can say which is meant. */
const COMMON_FILES = 5;
const PASSING = /^(index|mod|lib|__init__)$/;

export function buildNameGraph(world: World, table: NameTable): NameGraph {
  const paths = world.links.paths.all;
  const files = paths.map((path) => namesAt(world, path, table));
  const slots = makeSlots(files);
  const definers = definersByName(slots, files.length, table.names.length);
  const numbers = new Map(paths.map((path, index) => [path, index]));
  const groups = paths.map((path) => groupOf(path));
  const visible = new Int32Array(paths.length).fill(-1);
  const edges: { slots: number[]; weights: number[] } = { slots: [], weights: [] };
  const edgeStart = new Int32Array(paths.length + 1);
  for (const [file, names] of files.entries()) {
    for (const target of visibleFrom(world, paths[file] ?? "", numbers)) {
      if (target.direct && visible[target.file] !== file) addEdge(edges, target.file, 1);
      visible[target.file] = file;
    }
    if (names !== undefined) addUses(edges, { file, names, slots, definers, visible, groups, table });
    edgeStart[file + 1] = edges.slots.length;
  }
  const edgeSlot = Int32Array.from(edges.slots);
  return { paths, ...slots, edgeStart, edgeSlot, edgeWeight: Float64Array.from(edges.weights) };
}

function namesAt({ view }: World, path: string, table: NameTable): FileNames | undefined {
  const facts = view.facts(path);
  return facts === undefined ? undefined : table.of(facts);
}

type Slots = Pick<NameGraph, "slotFile" | "slotName" | "slotSymbol">;

function makeSlots(files: readonly (FileNames | undefined)[]): Slots {
  const total = files.reduce((sum, names) => sum + (names?.defined.length ?? 0), files.length);
  const slots = { slotFile: new Int32Array(total), slotName: new Int32Array(total), slotSymbol: new Int32Array(total) };
  for (const file of files.keys()) slots.slotFile[file] = file;
  slots.slotName.fill(-1, 0, files.length);
  slots.slotSymbol.fill(-1, 0, files.length);
  let at = files.length;
  for (const [file, names] of files.entries()) {
    if (names === undefined) continue;
    slots.slotFile.fill(file, at, at + names.defined.length);
    slots.slotName.set(names.defined, at);
    slots.slotSymbol.set(names.symbols, at);
    at += names.defined.length;
  }
  return slots;
}

interface Definers {
  /** Slots of name i: from start[i] up to start[i + 1]. */
  readonly start: Int32Array;
  readonly slots: Int32Array;
}

function definersByName({ slotName }: Slots, files: number, names: number): Definers {
  const start = new Int32Array(names + 1);
  for (let slot = files; slot < slotName.length; slot++) bump(start, (slotName[slot] ?? 0) + 1);
  for (let name = 0; name < names; name++) start[name + 1] = (start[name + 1] ?? 0) + (start[name] ?? 0);
  const next = start.slice();
  const slots = new Int32Array(slotName.length - files);
  for (let slot = files; slot < slotName.length; slot++) {
    const name = slotName[slot] ?? 0;
    slots[next[name] ?? 0] = slot;
    bump(next, name);
  }
  return { start, slots };
}

function bump(counts: Int32Array, at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}

/** Imported files, and those that an imported index passes on. */
function visibleFrom(
  { links }: World,
  path: string,
  numbers: ReadonlyMap<string, number>,
): { file: number; direct: boolean }[] {
  const direct = new Set(links.importsOf(path).flatMap(({ files }) => files));
  const passed = [...direct].filter((file) => PASSING.test(stemOf(file))).flatMap((file) => links.importsOf(file));
  const far = passed.flatMap(({ files }) => files).filter((file) => !direct.has(file) && file !== path);
  const number = (file: string): number => numbers.get(file) ?? -1;
  const found = [
    ...[...direct].map((file) => ({ file: number(file), direct: true })),
    ...far.map((file) => ({ file: number(file), direct: false })),
  ];
  return found.filter(({ file }) => file >= 0);
}

/** Only files of one group can mean each other's names without an import. */
function groupOf(path: string): string {
  const ending = endingOf(path);
  if (/^\.([mc]?[jt]sx?|vue|svelte)$/.test(ending)) return "script";
  if (/^\.(c|cc|cpp|cxx|h|hh|hpp|hxx)$/.test(ending)) return "c";
  return /^\.(java|kts?|scala)$/.test(ending) ? "jvm" : ending;
}

interface Uses {
  readonly file: number;
  readonly names: FileNames;
  readonly slots: Slots;
  readonly definers: Definers;
  /** Of each file the number of the file that saw it last. */
  readonly visible: Int32Array;
  readonly groups: readonly string[];
  readonly table: NameTable;
}

type Edges = { readonly slots: number[]; readonly weights: number[] };

function addEdge(edges: Edges, slot: number, weight: number): void {
  edges.slots.push(slot);
  edges.weights.push(weight);
}

function addUses(edges: Edges, { file, names, slots, definers, visible, groups, table }: Uses): void {
  for (const [place, name] of names.used.entries()) {
    const [from = 0, to = 0] = [definers.start[name], definers.start[name + 1]];
    if (from === to) continue;
    const found = definers.slots.subarray(from, to);
    const fileOf = (slot: number): number => slots.slotFile[slot] ?? -1;
    if (found.some((slot) => fileOf(slot) === file)) continue;
    const isCommon = found.length > COMMON_FILES;
    const seen = found.filter((slot) => visible[fileOf(slot)] === file);
    const meant = seen.length > 0 || isCommon ? seen : found.filter((slot) => groups[fileOf(slot)] === groups[file]);
    const count = names.counts[place] ?? 1;
    const weight = nameWeight(table.names[name] ?? "") * (isCommon ? COMMON : 1) * Math.sqrt(count);
    for (const slot of meant) addEdge(edges, slot, weight / meant.length);
  }
}

function nameWeight(name: string): number {
  if (name.startsWith("_") && !name.startsWith("__")) return PRIVATE;
  return name.length >= 8 && isDistinctive(name) && /[a-z][A-Z]|_|-/.test(name) ? DISTINCTIVE : 1;
}
