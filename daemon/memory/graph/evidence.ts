/** How sure it is that a name used in a file means one definition and no other: by import, nearness and rarity. */

import { type Meant, meantBy } from "./meant.ts";
import { endingOf, folderOf } from "./paths.ts";
import { isPlainName } from "./plain-names.ts";
import { reachOf } from "./reach.ts";
import { NAMED, OTHER_NAMES, OWN, type Sight, sightOf, UNSEEN, WHOLE } from "./sight.ts";
import { identityOf, type SymbolNode } from "./symbols.ts";
import type { World } from "./world.ts";

export const CONFIDENCES = ["certain", "likely", "possible"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export interface Evidence {
  readonly definition: SymbolNode;
  readonly confidence: Confidence;
  /** For people: "imports Cart from src/cart.ts". */
  readonly why: string;
}

/** Names are often visible without any import that can be followed. */
const WITHOUT_IMPORT = /^\.(rb|rake|php|swift|cs|c|h|cc|cpp|hpp|cxx|hh|sh|bash|sql)$/;

const kept = new WeakMap<World, Map<string, readonly Evidence[]>>();
const MAX_KEPT = 20_000;

/** Only the definitions that the file may mean at all; the surest first, otherwise by path and line. */
export function evidenceFor(world: World, from: string, name: string): readonly Evidence[] {
  const known = kept.get(world) ?? new Map<string, readonly Evidence[]>();
  kept.set(world, known);
  const key = `${name}\0${from}`;
  const found = known.get(key) ?? findEvidence(world, from, name);
  if (known.size >= MAX_KEPT) known.clear();
  known.set(key, found);
  return found;
}

function findEvidence(world: World, from: string, name: string): Evidence[] {
  if (world.definitionsOf(name).length === 0) return [];
  const reach = reachOf(world, from, name);
  const { definitions: mine, count, whole } = meantBy(world, from, name, reach);
  if (mine.length === 0) return [];
  const sights = mine.map((definition) => sightOf(world, from, definition, reach));
  const best = Math.min(...sights.map(({ rank }) => rank));
  if (best === UNSEEN) return reach.isExternal ? [] : guesses(from, mine, { count, whole });
  const isOwnName = sights.some(({ rank, definition }) => rank === OWN && definition.container === "");
  const nearest = sights.filter(({ rank }) => rank === best);
  const nearestIds = new Set(nearest.map(({ definition }) => identityOf(definition))).size;
  const isOnly = count === 1;
  // What is as near as a name can be leaves no room for others.
  const seen = isOwnName || best === NAMED ? nearest : sights.filter(({ rank }) => rank !== UNSEEN);
  const results = seen.map((sight): Evidence => {
    const { definition, why } = sight;
    return { definition, why, confidence: confidenceOf(sight, best, nearestIds, isOnly) };
  });
  return results.sort((a, b) => CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence));
}

function confidenceOf({ rank, definition }: Sight, best: number, nearestIds: number, isOnly: boolean): Confidence {
  const { container, name } = definition;
  if (rank > best) return "possible";
  if (rank === OTHER_NAMES) return container === "" ? "possible" : "likely";
  // Whose member it is, only types would tell.
  if (rank === WHOLE && container !== "" && (!isOnly || isPlainName(name))) return "likely";
  return nearestIds === 1 ? "certain" : "likely";
}

/** No import leads to any of them. Of very many, each is too unlikely to be named. */
function guesses(from: string, all: readonly SymbolNode[], { count, whole }: Omit<Meant, "definitions">): Evidence[] {
  if (count === 1) return all.map((definition) => guessAlone(from, definition));
  const beside = all.filter(({ path }) => folderOf(path) === folderOf(from));
  const near = beside.every(({ id }) => id === beside[0]?.id) ? beside[0] : undefined;
  const told = whole ? all : beside;
  return told.map((definition): Evidence => {
    const isNear = definition.id === near?.id && isDistinctive(definition.name);
    if (isNear) return { definition, confidence: "likely", why: `the nearest of ${count} definitions` };
    return { definition, confidence: "possible", why: `one of ${count} definitions` };
  });
}

function guessAlone(from: string, definition: SymbolNode): Evidence {
  const { container, name } = definition;
  const isSure = container === "" && isDistinctive(name) && WITHOUT_IMPORT.test(endingOf(from));
  const confidence = isSure ? "certain" : isLikelyAlone(from, definition) ? "likely" : "possible";
  return { definition, confidence, why: "the only definition of this name" };
}

/** A member needs no import of its own; another name does, where imports can be followed. */
function isLikelyAlone(from: string, { name, container }: SymbolNode): boolean {
  if (isPlainName(name)) return false;
  return container !== "" || isDistinctive(name) || WITHOUT_IMPORT.test(endingOf(from));
}

/** Written in several words, or long: hardly another thing's name by chance. */
export function isDistinctive(name: string): boolean {
  return name.length >= 8 || /[a-z][A-Z]|[a-zA-Z]_[a-zA-Z]|^[A-Z][a-z]+[A-Z]/.test(name);
}
