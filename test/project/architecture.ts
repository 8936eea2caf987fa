/** Checks a tree of source files against a table of what may import what. Pure: files in, problems out. */
import { posix } from "node:path";
import { importsOf, linesWith } from "./source-text.ts";

/** A place is a folder ("daemon/store") or a file, named with or without its ending. */
type Place = string;

export interface Rules {
  /** Programs, and the other programs each may import. */
  readonly programs: Readonly<Record<string, readonly string[]>>;
  /** Places of the daemon from the top band to the bottom one: a band imports all bands below it. */
  readonly bands: readonly (readonly Place[])[];
  /** Within a band: place → the places beside it that it may import. */
  readonly arrows: Readonly<Record<Place, readonly Place[]>>;
  readonly exceptions: readonly {
    readonly from: Place;
    readonly to: Place;
    readonly typeOnly: boolean;
    readonly reason: string;
  }[];
  /** npm package → the places that may import it; every package must be listed. */
  readonly packages: Readonly<Record<string, readonly Place[]>>;
  /** Node's modules that touch nothing but memory, free for all but the places that run in a browser. */
  readonly pureModules: readonly string[];
  /** Node's other modules: name, or "*" for every one not listed → the places that may import it. */
  readonly machineModules: Readonly<Record<string, readonly Place[]>>;
  readonly browserPlaces: readonly Place[];
  readonly globals: readonly {
    readonly name: string;
    readonly pattern: RegExp;
    /** Where the rule holds, and the places in it that are free of it. */
    readonly within: readonly Place[];
    readonly except: readonly Place[];
  }[];
  readonly forbiddenNames: readonly string[];
  readonly maxLines: number;
  /** Longer files, each with the reason. */
  readonly longFiles: Readonly<Record<string, string>>;
}

/** Path with forward slashes, relative to the project → text. */
export type Tree = ReadonlyMap<string, string>;

/** One line a problem: where, what, and which rule; empty when the tree keeps all rules. */
export function architectureProblems(tree: Tree, rules: Rules): string[] {
  const graph = new Map<string, string[]>();
  const problems: string[] = [];
  for (const [path, source] of tree) {
    problems.push(...nameProblems(path, rules), ...lengthProblems(path, source, rules));
    problems.push(...globalProblems(path, source, rules));
    if (areaOf(path, rules) === undefined) problems.push(`${path}: no rule covers this file; give its folder a place`);
    else problems.push(...importProblems(path, source, tree, rules, graph));
  }
  return [...problems, ...cyclesOf(graph).map((cycle) => `import cycle: ${cycle.join(" → ")}`)];
}

function importProblems(
  path: string,
  source: string,
  tree: Tree,
  rules: Rules,
  graph: Map<string, string[]>,
): string[] {
  const targets: string[] = [];
  graph.set(path, targets);
  return importsOf(source).flatMap(({ specifier, typeOnly, line }) => {
    const where = `${path}:${line}`;
    if (specifier === undefined) return [`${where}: imports a computed name, which no rule can judge`];
    if (!specifier.startsWith(".")) return outsideProblems(where, path, specifier, rules);
    const target = posix.join(posix.dirname(path), specifier);
    if (!tree.has(target)) return [`${where}: imports ${specifier}, which is not a source file of the project`];
    targets.push(target);
    return mayImport(path, target, typeOnly, rules) ? [] : [`${where}: imports ${target}; ${ruleFor(path, rules)}`];
  });
}

function outsideProblems(where: string, path: string, specifier: string, rules: Rules): string[] {
  if (specifier.startsWith("node:")) return moduleProblems(where, path, specifier.slice(5), rules);
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const places = rules.packages[name];
  if (places === undefined) return [`${where}: imports the package ${name}, for which there is no rule`];
  if (isIn(path, places)) return [];
  return [`${where}: imports the package ${name}, allowed only in ${places.join(", ")}`];
}

function moduleProblems(where: string, path: string, module: string, rules: Rules): string[] {
  const name = module.split("/", 1).join("");
  const inBrowser = isIn(path, rules.browserPlaces);
  if (!inBrowser && rules.pureModules.includes(module)) return [];
  const places = rules.machineModules[name] ?? rules.machineModules["*"] ?? [];
  if (!inBrowser && isIn(path, places)) return [];
  const rule = inBrowser ? "this code also runs in a browser" : `allowed only in ${places.join(", ")}`;
  return [`${where}: imports node:${module}; ${rule}`];
}

function mayImport(from: string, to: string, typeOnly: boolean, rules: Rules): boolean {
  const source = areaOf(from, rules);
  const target = areaOf(to, rules);
  if (source === undefined || target === undefined) return false;
  if (source === target) return true;
  const excepted = rules.exceptions.some(
    (exception) => isIn(from, [exception.from]) && isIn(to, [exception.to]) && (typeOnly || !exception.typeOnly),
  );
  if (excepted || rules.arrows[source]?.includes(target)) return true;
  const [sourceBand, targetBand] = [bandOf(source, rules), bandOf(target, rules)];
  if (sourceBand >= 0 && targetBand >= 0) return sourceBand < targetBand;
  return rules.programs[programOf(from)]?.includes(programOf(to)) ?? false;
}

/** The place of a daemon file, or the program of any other; undefined where no rule covers the file. */
function areaOf(path: string, rules: Rules): Place | undefined {
  const places = rules.bands.flat().filter((place) => isIn(path, [place]));
  const program = programOf(path);
  if (program !== "daemon") return program in rules.programs ? program : undefined;
  return places.sort((first, second) => second.length - first.length)[0];
}

function ruleFor(path: string, rules: Rules): string {
  const area = areaOf(path, rules) ?? path;
  const band = bandOf(area, rules);
  const programs = rules.programs[programOf(path)] ?? [];
  const below = rules.bands.slice(band + 1).flat();
  const allowed = band < 0 ? programs : [...(rules.arrows[area] ?? []), ...below, ...programs];
  return `${area} may import ${allowed.length === 0 ? "nothing else" : `only ${allowed.join(", ")}`}`;
}

function bandOf(area: Place, rules: Rules): number {
  return rules.bands.findIndex((band) => band.includes(area));
}

function programOf(path: string): string {
  return path.split("/", 1).join("");
}

function isIn(path: string, places: readonly Place[]): boolean {
  const withoutEnding = path.replace(/\.tsx?$/, "");
  return places.some((place) => path === place || withoutEnding === place || path.startsWith(`${place}/`));
}

function nameProblems(path: string, rules: Rules): string[] {
  const names = path.split("/").map((part) => part.replace(/\..*$/, ""));
  return names
    .filter((name) => rules.forbiddenNames.includes(name))
    .map((name) => `${path}: "${name}" says nothing about what is inside; name it after its purpose`);
}

function lengthProblems(path: string, source: string, rules: Rules): string[] {
  const lines = source.replace(/\n$/, "").split("\n").length;
  if (lines <= rules.maxLines || path in rules.longFiles) return [];
  return [`${path}: ${lines} lines; at most ${rules.maxLines}, or a reason in the table`];
}

function globalProblems(path: string, source: string, rules: Rules): string[] {
  return rules.globals
    .filter(({ within, except }) => isIn(path, within) && !isIn(path, except))
    .flatMap(({ name, pattern, except }) =>
      linesWith(source, pattern).map((line) => `${path}:${line}: uses ${name}, allowed only in ${except.join(", ")}`),
    );
}

/** Each cycle once, as the files along it. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const finished = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push([...path.slice(start), file]);
    if (start >= 0 || finished.has(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}
