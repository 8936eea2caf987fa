/** The aliases of tsconfig.json and jsconfig.json: "baseUrl" and "paths", inherited through "extends". */
import { folderOf, foldersUp, joinPath } from "../paths.ts";
import { entriesOf, field, parseJson, textOf, textsOf } from "./json.ts";
import type { SourceTree } from "./tree.ts";

interface Aliases {
  readonly base: string | undefined;
  /** Pattern with at most one star → workspace paths with the same star. */
  readonly patterns: readonly Pattern[];
}

interface Pattern {
  readonly head: string;
  /** Undefined when the pattern has no star: only the whole name fits. */
  readonly tail: string | undefined;
  readonly targets: readonly string[];
}

const MAX_EXTENDS = 5;

/** Workspace paths, without ending, that a bare import may mean; the closest pattern's first. */
export function aliasFinder(tree: SourceTree): (from: string, target: string) => readonly string[] {
  const byFolder = new Map<string, Aliases | undefined>();
  const ofFolder = (folder: string): Aliases | undefined => {
    if (byFolder.has(folder)) return byFolder.get(folder);
    const config = ["tsconfig.json", "jsconfig.json"]
      .map((name) => joinPath(folder, name) ?? name)
      .find((path) => tree.paths.has(path));
    const own = config === undefined ? undefined : readAliases(config, tree, MAX_EXTENDS);
    const empty = own === undefined || (own.base === undefined && own.patterns.length === 0);
    const found = empty && folder !== "" ? ofFolder(folderOf(folder)) : own;
    byFolder.set(folder, found);
    return found;
  };
  return (from, target) => {
    const aliases = ofFolder(foldersUp(folderOf(from))[0] ?? "");
    return aliases === undefined ? [] : applyAliases(aliases, target);
  };
}

function applyAliases({ base, patterns }: Aliases, target: string): string[] {
  const matching = patterns.filter((pattern) => fits(pattern, target));
  matching.sort((first, second) => second.head.length - first.head.length);
  const aliased = matching.flatMap(({ head, tail, targets }) => {
    const star = target.slice(head.length, target.length - (tail ?? "").length);
    return targets.map((path) => path.replace("*", () => star));
  });
  const based = base === undefined ? undefined : joinPath(base, target);
  return based === undefined ? aliased : [...aliased, based];
}

function fits({ head, tail }: Pattern, target: string): boolean {
  if (tail === undefined) return target === head;
  return target.length >= head.length + tail.length && target.startsWith(head) && target.endsWith(tail);
}

function readAliases(config: string, tree: SourceTree, depth: number): Aliases | undefined {
  const json = parseJson(tree.readText(config));
  const folder = folderOf(config);
  const inherited = depth === 0 ? undefined : parentOf(json, folder, tree, depth);
  const baseUrl = textOf(field(json, "compilerOptions", "baseUrl"));
  const base = baseUrl === undefined ? inherited?.base : joinPath(folder, baseUrl);
  const paths = field(json, "compilerOptions", "paths");
  if (paths === undefined) return { base, patterns: inherited?.patterns ?? [] };
  const root = baseUrl === undefined ? (inherited?.base ?? folder) : (base ?? folder);
  return { base, patterns: entriesOf(paths).map(([pattern, targets]) => patternOf(pattern, targets, root)) };
}

function patternOf(pattern: string, targets: unknown, root: string): Pattern {
  const star = pattern.indexOf("*");
  const found = textsOf(targets).map((target) => joinPath(root, target));
  return {
    head: star < 0 ? pattern : pattern.slice(0, star),
    tail: star < 0 ? undefined : pattern.slice(star + 1),
    targets: found.filter((path) => path !== undefined),
  };
}

function parentOf(json: unknown, folder: string, tree: SourceTree, depth: number): Aliases | undefined {
  const parent = textsOf(field(json, "extends")).at(-1);
  if (parent === undefined || !parent.startsWith(".")) return undefined;
  const path = joinPath(folder, parent);
  const found = [path, `${path}.json`].find((candidate) => candidate !== undefined && tree.paths.has(candidate));
  return found === undefined ? undefined : readAliases(found, tree, depth - 1);
}
