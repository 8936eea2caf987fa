/**
 * Files joined by the names that they share, after Aider's repository map: an edge leads from a file that uses a name to
 * one that defines it. Numbers in typed arrays, so that ranking thousands of files takes milliseconds.
 */
import { isDistinctive } from "./evidence.ts";
import type { FileNames, NameTable } from "./file-names.ts";
import { endingOf, folderOf, stemOf } from "./paths.ts";
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
/** A name like a type's: what a project is about is often called by one plain word. */
const TYPE_LIKE = 4;
const PRIVATE = 0.1;
const COMMON = 0.1;
const MEMBER = 0.3;
/** Defined in more files than these, a name tells little, and only imports can say which is meant. */
const COMMON_FILES = 5;
const PASSING = /^(index|mod|lib|__init__)$/;
/** Here a file sees others without an import that can be followed: all of them, or those of its folder. */
const SEES_ALL = /^\.(rb|rake|php|swift|cs|c|cc|cpp|cxx|h|hh|hpp|hxx|m|mm|sh|bash|sql)$/;
const SEES_FOLDER = /^\.(go|java|kts?|scala|groovy)$/;

export function buildNameGraph(world: World, table: NameTable): NameGraph {
  const paths = world.links.paths.all;
  const files = paths.map((path) => namesAt(world, path, table));
  const slots = makeSlots(files);
  const definers = definersByName(slots, files.length, table.names.length);
  const numbers = new Map(paths.map((path, index) => [path, index]));
  const sights = paths.map((path) => sightOf(path));
  const edges: Edges = { slots: [], weights: [] };
  const edgeStart = new Int32Array(paths.length + 1);
  for (const [file, names] of files.entries()) {
    const visible = visibleFrom(world, paths[file] ?? "", numbers);
    for (const [target, { direct }] of visible) if (direct) addEdge(edges, target, 1);
    if (names !== undefined) addUses(edges, { file, names, slots, definers, visible, sights, table });
    edgeStart[file + 1] = edges.slots.length;
  }
  const edgeSlot = Int32Array.from(edges.slots);
  return { paths, ...slots, edgeStart, edgeSlot, edgeWeight: Float64Array.from(edges.weights) };
}

function namesAt({ view }: World, path: string, table: NameTable): FileNames | undefined {
  const facts = view.facts(path);
  return facts === undefined ? undefined : table.of(facts);
}

interface Slots extends Pick<NameGraph, "slotFile" | "slotName" | "slotSymbol"> {
  readonly slotTop: Uint8Array;
}

function makeSlots(files: readonly (FileNames | undefined)[]): Slots {
  const total = files.reduce((sum, names) => sum + (names?.defined.length ?? 0), files.length);
  const slots = {
    slotFile: new Int32Array(total),
    slotName: new Int32Array(total).fill(-1, 0, files.length),
    slotSymbol: new Int32Array(total).fill(-1, 0, files.length),
    slotTop: new Uint8Array(total),
  };
  for (const file of files.keys()) slots.slotFile[file] = file;
  let at = files.length;
  for (const [file, names] of files.entries()) {
    if (names === undefined) continue;
    slots.slotFile.fill(file, at, at + names.defined.length);
    slots.slotName.set(names.defined, at);
    slots.slotSymbol.set(names.symbols, at);
    slots.slotTop.set(names.top, at);
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

interface Visible {
  readonly direct: boolean;
  /** Undefined: all that it defines. */
  readonly names: ReadonlySet<string> | undefined;
}

/** Imported files, and those that an imported index passes on. */
function visibleFrom({ links }: World, path: string, numbers: ReadonlyMap<string, number>): Map<number, Visible> {
  const visible = new Map<number, Visible>();
  for (const { fact, files } of links.importsOf(path)) {
    const names = namesOf(fact.names);
    for (const file of files) {
      see(visible, numbers.get(file), { direct: true, names });
      if (!PASSING.test(stemOf(file))) continue;
      for (const { files: passed } of links.importsOf(file))
        for (const far of passed) if (far !== path) see(visible, numbers.get(far), { direct: false, names });
    }
  }
  return visible;
}

function namesOf(names: readonly string[]): ReadonlySet<string> | undefined {
  return names.length === 0 || names.includes("*") ? undefined : new Set(names);
}

function see(visible: Map<number, Visible>, file: number | undefined, { direct, names }: Visible): void {
  if (file === undefined) return;
  const known = visible.get(file);
  if (known === undefined) visible.set(file, { direct, names });
  else {
    const both = known.names === undefined || names === undefined ? undefined : new Set([...known.names, ...names]);
    visible.set(file, { direct: known.direct || direct, names: both });
  }
}

/** Files of one sight see each other's names without an import; "" sees none. */
function sightOf(path: string): string {
  const ending = endingOf(path);
  if (SEES_FOLDER.test(ending)) return `${folderOf(path)}/*${ending}`;
  if (!SEES_ALL.test(ending)) return "";
  return /^\.(c|cc|cpp|cxx|h|hh|hpp|hxx|m|mm)$/.test(ending) ? "c" : ending;
}

interface Uses {
  readonly file: number;
  readonly names: FileNames;
  readonly slots: Slots;
  readonly definers: Definers;
  readonly visible: ReadonlyMap<number, Visible>;
  readonly sights: readonly string[];
  readonly table: NameTable;
}

interface Edges {
  readonly slots: number[];
  readonly weights: number[];
}

function addEdge(edges: Edges, slot: number, weight: number): void {
  edges.slots.push(slot);
  edges.weights.push(weight);
}

function addUses(edges: Edges, { file, names, slots, definers, visible, sights, table }: Uses): void {
  const { slotFile, slotTop } = slots;
  for (let place = 0; place < names.used.length; place++) {
    const number = names.used[place] ?? 0;
    const [from = 0, to = 0] = [definers.start[number], definers.start[number + 1]];
    if (from === to) continue;
    const name = table.names[number] ?? "";
    const isCommon = to - from > COMMON_FILES;
    const seen: number[] = [];
    const beside: number[] = [];
    let isOwn = false;
    for (let at = from; at < to; at++) {
      const slot = definers.slots[at] ?? 0;
      const definer = slotFile[slot] ?? 0;
      isOwn ||= definer === file;
      const sight = visible.get(definer);
      if (sight !== undefined && (sight.names === undefined || slotTop[slot] === 0 || sight.names.has(name)))
        seen.push(slot);
      else if (!isCommon && sights[file] !== "" && sights[definer] === sights[file]) beside.push(slot);
    }
    if (isOwn) continue;
    const meant = seen.length > 0 ? seen : beside;
    const weight = (nameWeight(name) * (isCommon ? COMMON : 1) * Math.sqrt(names.counts[place] ?? 1)) / meant.length;
    for (const slot of meant) addEdge(edges, slot, slotTop[slot] === 1 ? weight : weight * MEMBER);
  }
}

function nameWeight(name: string): number {
  if (name.startsWith("_") && !name.startsWith("__")) return PRIVATE;
  if (name.length >= 8 && isDistinctive(name) && /[a-z][A-Z]|_|-/.test(name)) return DISTINCTIVE;
  return /^[A-Z][a-zA-Z]*[a-z]/.test(name) && name.length >= 4 ? TYPE_LIKE : 1;
}
