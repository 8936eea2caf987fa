/** How sure it is that a name used in a file means one definition and no other: by import, nearness and rarity. */
import { endingOf, folderOf, nameOf, stemOf } from "./paths.ts";
import { isPlainName } from "./plain-names.ts";
import { reachOf } from "./reach.ts";
import { isLocal, type SymbolNode } from "./symbols.ts";
import type { Reach, World } from "./world.ts";

export const CONFIDENCES = ["certain", "likely", "possible"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export interface Evidence {
  readonly definition: SymbolNode;
  readonly confidence: Confidence;
  /** For people: "imports Cart from src/cart.ts". */
  readonly why: string;
}

/** Languages that see each other's names. */
const FAMILIES: readonly RegExp[] = [
  /^\.([mc]?[jt]sx?|vue|svelte|astro|html)$/,
  /^\.pyi?$/,
  /^\.(java|kts?|scala|groovy)$/,
  /^\.(c|h|cc|cpp|cxx|hpp|hh|hxx|inl|mm?|swift)$/,
  /^\.(css|scss|sass|less)$/,
];
/** Files of one folder see each other without an import. */
const BY_FOLDER = /^\.(go|java|kts?|scala|cs|swift|php|groovy)$/;
/** Names are often visible without any import that can be followed. */
const WITHOUT_IMPORT = /^\.(rb|rake|php|swift|cs|c|h|cc|cpp|hpp|cxx|hh|sh|bash|sql)$/;

/** Only the definitions that the file may mean at all; the surest first, otherwise in the order given. */
export function evidenceFor(world: World, from: string, name: string, definitions: readonly SymbolNode[]): Evidence[] {
  const mine = definitions.filter((definition) => canMean(world, from, definition));
  const reach = reachOf(world, from, name);
  const seen = mine.map((definition) => ({ definition, ...sightOf(world, from, definition, reach) }));
  const isOwnName = seen.some(({ definition, rank }) => rank === 0 && definition.container === "");
  const sighted = seen.filter(({ rank }) => rank !== UNSEEN);
  const best = Math.min(...seen.map(({ rank }) => rank));
  const atBest = new Set(sighted.filter(({ rank }) => rank === best).map(({ definition }) => definition.id)).size;
  const isOnly = new Set(mine.map(({ id }) => id)).size === 1;
  const results = seen.flatMap(({ definition, rank, why }): Evidence[] => {
    if (rank !== UNSEEN) return [{ definition, why, confidence: confidenceOf(rank, best, atBest, definition, isOnly) }];
    if (reach.isExternal || isOwnName || best <= NAMED) return [];
    return [unseen(from, definition, mine, sighted.length)];
  });
  return results.sort((a, b) => CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence));
}

const OWN = 0;
const NAMED = 1;
const WHOLE = 2;
const BESIDE = 3;
const OTHER_NAMES = 4;
const UNSEEN = 9;

function canMean({ view }: World, from: string, { path, index }: SymbolNode): boolean {
  if (path === from) return true;
  const facts = view.facts(path);
  const symbol = facts?.symbols[index];
  if (facts === undefined || symbol === undefined || isLocal(facts, symbol)) return false;
  return sameFamily(from, path);
}

function sameFamily(first: string, second: string): boolean {
  const [a, b] = [endingOf(first), endingOf(second)];
  return a === b || FAMILIES.some((family) => family.test(a) && family.test(b));
}

function sightOf(
  world: World,
  from: string,
  { path, name, container }: SymbolNode,
  reach: Reach,
): { rank: number; why: string } {
  if (path === from) return { rank: OWN, why: "same file" };
  const direct = reach.files.get(path) ?? headerOf(path, reach);
  if (direct?.how === "named") return { rank: NAMED, why: `imports ${name} from ${direct.told}` };
  const holder = container.slice(container.lastIndexOf(".") + 1);
  const viaHolder = holder === "" ? undefined : reachOf(world, from, holder).files.get(path);
  if (viaHolder?.how === "named") return { rank: WHOLE, why: `imports ${holder} from ${viaHolder.told}` };
  if (direct?.how === "whole") return { rank: WHOLE, why: `imports ${direct.told}` };
  if (folderOf(path) === folderOf(from) && BY_FOLDER.test(endingOf(from))) return { rank: BESIDE, why: "same package" };
  if (direct !== undefined) return { rank: OTHER_NAMES, why: `imports other names from ${direct.told}` };
  return { rank: UNSEEN, why: "" };
}

/** What a header declares is defined beside it, or somewhere under the same name. */
function headerOf(path: string, { files }: Reach): { how: string; told: string } | undefined {
  if (!/\.(c|cc|cpp|cxx|m|mm)$/.test(path)) return undefined;
  const stem = stemOf(path);
  for (const [header, reached] of files)
    if (/\.(h|hpp|hh|hxx)$/.test(header) && stemOf(header) === stem) return { how: reached.how, told: nameOf(header) };
  return undefined;
}

function confidenceOf(
  rank: number,
  best: number,
  atBest: number,
  { container, name }: SymbolNode,
  isOnly: boolean,
): Confidence {
  if (rank > best) return "possible";
  if (rank === NAMED) return atBest === 1 ? "certain" : "likely";
  if (rank === OTHER_NAMES) return container === "" ? "possible" : "likely";
  // Whose member it is, only types would tell.
  if (rank === WHOLE && container !== "" && (!isOnly || isPlainName(name))) return "likely";
  return atBest === 1 ? "certain" : "likely";
}

function unseen(from: string, definition: SymbolNode, all: readonly SymbolNode[], sighted: number): Evidence {
  const count = new Set(all.map(({ id }) => id)).size;
  if (sighted > 0) return { definition, confidence: "possible", why: "has the name, but nearer ones have it too" };
  if (count === 1) {
    const isMember = definition.container !== "";
    const isSure = !isMember && isDistinctive(definition.name) && WITHOUT_IMPORT.test(endingOf(from));
    const confidence = isSure ? "certain" : isLikelyAlone(from, definition) ? "likely" : "possible";
    return { definition, confidence, why: "the only definition of this name" };
  }
  const beside = new Set(all.filter(({ path }) => folderOf(path) === folderOf(from)).map(({ id }) => id));
  if (beside.size === 1 && beside.has(definition.id) && isDistinctive(definition.name))
    return { definition, confidence: "likely", why: `the nearest of ${count} definitions` };
  return { definition, confidence: "possible", why: `one of ${count} definitions` };
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
