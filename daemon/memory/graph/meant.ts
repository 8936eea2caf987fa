/** Which definitions of a name a file may mean: all of them, or, of a name that very many things have, those that something leads to. */
import { compareText, endingOf, folderOf, stemOf } from "./paths.ts";
import { canMean, familyOf } from "./sight.ts";
import { identityOf, isCode, type SymbolNode } from "./symbols.ts";
import type { Reach, World } from "./world.ts";

export interface Meant {
  /** By path and place. */
  readonly definitions: readonly SymbolNode[];
  /** How many different things the file might mean. */
  readonly count: number;
  /** False: only those of its own file and folder, and those that its imports lead to. */
  readonly whole: boolean;
}

/** "add" in ten thousand classes: to weigh each of them for each file that says "add" would take minutes. */
const MANY = 64;

export function meantBy(world: World, from: string, name: string, reach: Reach): Meant {
  const { byPath, families } = arranged(world.definitionsOf(name));
  const own = byPath.get(from) ?? [];
  const family = families.get(familyOf(endingOf(from)));
  if (family === undefined) return { definitions: own, count: new Set(own.map(identityOf)).size, whole: true };
  const whole = family.outer.length <= MANY;
  const others = whole ? family.outer : ledTo(world, from, reach, family);
  const definitions = [...new Set([...own, ...others])].filter((definition) => canMean(from, definition));
  definitions.sort((a, b) => compareText(a.path, b.path) || a.index - b.index);
  const count = whole ? new Set(definitions.map(identityOf)).size : family.identities;
  return { definitions, count, whole };
}

interface Family {
  /** What other files can mean. */
  readonly outer: readonly SymbolNode[];
  readonly identities: number;
  readonly byPath: ReadonlyMap<string, readonly SymbolNode[]>;
  readonly byFolder: ReadonlyMap<string, readonly SymbolNode[]>;
  /** By the name of what is around it. */
  readonly byHolder: ReadonlyMap<string, readonly SymbolNode[]>;
  readonly byStem: ReadonlyMap<string, readonly SymbolNode[]>;
}

interface Arranged {
  readonly byPath: ReadonlyMap<string, readonly SymbolNode[]>;
  readonly families: ReadonlyMap<string, Family>;
}

const kept = new WeakMap<readonly SymbolNode[], Arranged>();

function arranged(all: readonly SymbolNode[]): Arranged {
  const known = kept.get(all);
  if (known !== undefined) return known;
  const code = all.filter(isCode);
  const outer = Map.groupBy(
    code.filter(({ local }) => !local),
    ({ path }) => familyOf(endingOf(path)),
  );
  const families = new Map([...outer].map(([family, nodes]) => [family, familyWith(nodes)]));
  const made = { byPath: Map.groupBy(code, ({ path }) => path), families };
  kept.set(all, made);
  return made;
}

function familyWith(outer: readonly SymbolNode[]): Family {
  return {
    outer,
    identities: new Set(outer.map(identityOf)).size,
    byPath: Map.groupBy(outer, ({ path }) => path),
    byFolder: Map.groupBy(outer, ({ path }) => folderOf(path)),
    byHolder: Map.groupBy(outer, ({ container }) => container.slice(container.lastIndexOf(".") + 1)),
    byStem: Map.groupBy(outer, ({ path }) => stemOf(path)),
  };
}

/** What sight.ts could see: the files that are reached, and members of what is imported by its name. */
function ledTo(world: World, from: string, { files }: Reach, family: Family): SymbolNode[] {
  const found = [...(family.byFolder.get(folderOf(from)) ?? [])];
  for (const path of files.keys()) {
    found.push(...(family.byPath.get(path) ?? []));
    if (HEADER.test(path)) found.push(...(family.byStem.get(stemOf(path)) ?? []));
  }
  for (const { fact, files: targets } of world.links.importsOf(from)) {
    const holders = fact.names.length === 1 ? [...fact.names, ...targets.map(stemOf)] : fact.names;
    for (const holder of new Set(holders)) found.push(...(family.byHolder.get(holder) ?? []));
  }
  return found;
}

const HEADER = /\.(h|hpp|hh|hxx)$/;
