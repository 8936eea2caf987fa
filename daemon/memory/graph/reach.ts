/** Which files a file's imports lead to for one name, through the files that pass names on. */
import { endingOf, stemOf } from "./paths.ts";
import type { Reach, Reached, World } from "./world.ts";

/** A package that passes on what another passes on, a few times over. */
const MAX_DEPTH = 8;
const MAX_FILES = 300;
const MAX_KEPT = 20_000;
/** Files that exist to pass on what others define. */
const PASSING = /^(index|mod|lib|main|__init__|public[-_]?api|exports?|all|api|prelude|types)$/i;
const INCLUDES = /^\.(c|h|cc|cpp|cxx|hpp|hh|hxx|inl|mm?|rb|php|css|scss|less|sh)$/;

export function reachOf(world: World, from: string, name: string): Reach {
  const key = `${name}\0${from}`;
  const known = world.reaches.get(key);
  if (known !== undefined) return known;
  if (world.reaches.size >= MAX_KEPT) world.reaches.clear();
  const found = findReach(world, from, name);
  world.reaches.set(key, found);
  return found;
}

function findReach(world: World, from: string, name: string): Reach {
  const files = new Map<string, Reached>();
  let frontier = firstStep(world, from, name, files);
  for (let depth = 1; depth < MAX_DEPTH && frontier.length > 0 && files.size < MAX_FILES; depth++)
    frontier = frontier.flatMap((path) => nextStep(world, from, path, name, files));
  const isExternal = world.links
    .importsOf(from)
    .some(({ fact, files: to }) => to.length === 0 && fact.names.includes(name) && !/^[.@/~#]/.test(fact.target));
  return { files, isExternal };
}

/** The files that the import statements lead to; those that may pass the name on are the next to look at. */
function firstStep({ links }: World, from: string, name: string, files: Map<string, Reached>): string[] {
  for (const { fact, files: targets } of links.importsOf(from)) {
    const how = howOf(fact.names, name, targets);
    for (const target of targets)
      if (strength(files.get(target)) < strength({ how })) files.set(target, { how, through: "" });
  }
  return [...files].filter(([, { how }]) => how !== "other").map(([path]) => path);
}

function nextStep(world: World, from: string, path: string, name: string, files: Map<string, Reached>): string[] {
  const how = files.get(path)?.how ?? "whole";
  const reached: string[] = [];
  if (!passesOn(world, path, name)) return reached;
  for (const { fact, files: targets } of world.links.importsOf(path)) {
    if (howOf(fact.names, name, targets) === "other") continue;
    for (const target of targets) {
      if (target === from || strength(files.get(target)) >= strength({ how })) continue;
      files.set(target, { how, through: path });
      reached.push(target);
    }
  }
  return reached;
}

function passesOn({ view }: World, path: string, name: string): boolean {
  if (PASSING.test(stemOf(path)) || INCLUDES.test(endingOf(path))) return true;
  return view.facts(path)?.imports.some(({ names }) => names.includes(name)) ?? false;
}

function strength(reached: Pick<Reached, "how"> | undefined): number {
  return reached === undefined ? 0 : reached.how === "named" ? 3 : reached.how === "whole" ? 2 : 1;
}

function howOf(names: readonly string[], name: string, targets: readonly string[]): Reached["how"] {
  if (names.includes(name) || targets.some((target) => names.length === 1 && stemOf(target) === name)) return "named";
  return names.length === 0 || names.includes("*") ? "whole" : "other";
}
