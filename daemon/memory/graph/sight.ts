/** How near a definition is to a file that may mean it: by what imports lead to, and by folder. */
import { endingOf, folderOf, nameOf, stemOf } from "./paths.ts";
import { reachOf } from "./reach.ts";
import type { SymbolNode } from "./symbols.ts";
import type { Reach, Reached, World } from "./world.ts";

/** The nearer, the smaller. */
export const OWN = 0;
export const NAMED = 1;
export const WHOLE = 2;
const BESIDE = 3;
export const OTHER_NAMES = 4;
export const UNSEEN = 9;

export interface Sight {
  readonly definition: SymbolNode;
  readonly rank: number;
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

const families = new Map<string, string>();

/** The same for languages that see each other's names. */
export function familyOf(ending: string): string {
  const known = families.get(ending);
  if (known !== undefined) return known;
  const family = FAMILIES.find((pattern) => pattern.test(ending))?.source ?? ending;
  // Endings are few, but a repository may hold any number of odd ones.
  if (families.size < 1000) families.set(ending, family);
  return family;
}

/** A name inside of a function is meant in its own file only; another language's names are meant nowhere. */
export function canMean(from: string, { path, local }: SymbolNode): boolean {
  return path === from || (!local && familyOf(endingOf(from)) === familyOf(endingOf(path)));
}

export function sightOf(world: World, from: string, definition: SymbolNode, reach: Reach): Sight {
  const { path, name, container } = definition;
  if (path === from) return { definition, rank: OWN, why: "same file" };
  const direct = reach.files.get(path) ?? headerOf(path, reach);
  if (direct?.how === "named") return { definition, rank: NAMED, why: `imports ${name} from ${told(path, direct)}` };
  const holder = container.slice(container.lastIndexOf(".") + 1);
  const through = holder === "" ? undefined : reachOf(world, from, holder).files.get(path);
  if (through?.how === "named")
    return { definition, rank: WHOLE, why: `imports ${holder} from ${told(path, through)}` };
  if (direct?.how === "whole") return { definition, rank: WHOLE, why: `imports ${told(path, direct)}` };
  if (folderOf(path) === folderOf(from) && BY_FOLDER.test(endingOf(from)))
    return { definition, rank: BESIDE, why: "same package" };
  if (direct === undefined) return { definition, rank: UNSEEN, why: "" };
  return { definition, rank: OTHER_NAMES, why: `imports other names from ${told(path, direct)}` };
}

function told(path: string, { through }: Reached): string {
  return through === "" ? path : `${path} through ${through}`;
}

/** What a header declares is defined beside it, or somewhere under the same name. */
function headerOf(path: string, { files }: Reach): Reached | undefined {
  if (!/\.(c|cc|cpp|cxx|m|mm)$/.test(path)) return undefined;
  const stem = stemOf(path);
  for (const [header, { how }] of files)
    if (/\.(h|hpp|hh|hxx)$/.test(header) && stemOf(header) === stem) return { how, through: nameOf(header) };
  return undefined;
}
