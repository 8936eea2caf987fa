/** Imports between the files of a view, resolved once for each file and kept while nothing that decides them changes. */
import type { CodeView, FileFacts, ImportFact } from "../code/facts.ts";
import type { ResolveImport } from "./imports/tree.ts";
import { BY_DECLARATION, importResolver, isConfiguration } from "./imports.ts";
import { endingOf, indexPaths, type PathIndex } from "./paths.ts";

export interface FileImport {
  readonly fact: ImportFact;
  /** The likeliest first; empty when it comes from outside the workspace. */
  readonly files: readonly string[];
}

export interface Links {
  readonly paths: PathIndex;
  importsOf(path: string): readonly FileImport[];
  /** Sorted. The first call for a view reads the facts of all its files, unless `readOn` has. */
  importersOf(path: string): readonly string[];
  /** Reads more files until all are read, or `stop` says so; true when all are. `onRead` is told each. */
  readOn(stop: () => boolean, onRead: (path: string) => void): boolean;
}

interface Epoch {
  readonly paths: PathIndex;
  readonly configurations: string;
  readonly resolved: WeakMap<FileFacts, Map<string, readonly FileImport[]>>;
}

/** One for each workspace: answers for a view, with what of the last view still holds. */
export function linkCache(readText: (path: string) => string | undefined): (view: CodeView) => Links {
  let last: Epoch | undefined;
  return (view) => {
    const configurations = configurationText(view, readText);
    const isSame = last?.configurations === configurations && samePaths(last.paths.all, view);
    const paths = isSame && last !== undefined ? last.paths : indexPaths(view.files.map(({ path }) => path));
    last = { paths, configurations, resolved: (isSame ? last?.resolved : undefined) ?? new WeakMap() };
    return linksOf(view, last, readText);
  };
}

function samePaths(paths: readonly string[], { files }: CodeView): boolean {
  return paths.length === files.length && files.every(({ path }, index) => paths[index] === path);
}

function configurationText(view: CodeView, readText: (path: string) => string | undefined): string {
  const paths = view.files.filter(({ path }) => isConfiguration(path)).slice(0, MAX_CONFIGURATIONS);
  return paths.map(({ path }) => `${path}\n${readText(path) ?? ""}`).join("\0");
}

const MAX_CONFIGURATIONS = 2000;

function linksOf(view: CodeView, { paths, resolved }: Epoch, readText: (path: string) => string | undefined): Links {
  const resolve = importResolver({ paths, readText, facts: (path) => view.facts(path) });
  const declared = new Map<string, readonly FileImport[]>();
  const importsOf = (path: string): readonly FileImport[] => {
    const facts = view.facts(path);
    if (facts === undefined) return [];
    const kept = BY_DECLARATION.has(endingOf(path)) ? declared : keptFor(facts, resolved);
    const found = kept.get(path) ?? resolveAll(path, facts, resolve);
    kept.set(path, found);
    return found;
  };
  const importers = new Map<string, string[]>();
  let read = 0;
  function readOn(stop: () => boolean, onRead: (path: string) => void): boolean {
    for (let path = paths.all[read]; path !== undefined; path = paths.all[read]) {
      if (stop()) return false;
      read += 1;
      addImporter(importers, path, importsOf(path));
      onRead(path);
    }
    return true;
  }
  return {
    paths,
    importsOf,
    importersOf(path) {
      readOn(
        () => false,
        () => undefined,
      );
      return importers.get(path) ?? [];
    },
    readOn,
  };
}

/** Facts are shared by files of the same content, which import from different places. */
function keptFor(facts: FileFacts, resolved: Epoch["resolved"]): Map<string, readonly FileImport[]> {
  const kept = resolved.get(facts) ?? new Map<string, readonly FileImport[]>();
  resolved.set(facts, kept);
  return kept;
}

function resolveAll(path: string, facts: FileFacts, resolve: ResolveImport): FileImport[] {
  return [...facts.imports, ...declaredModules(path, facts)].map((fact) => ({ fact, files: resolve(path, fact) }));
}

/** Rust's `mod cart;` brings in a file, but stands among the symbols. */
function declaredModules(path: string, { symbols }: FileFacts): ImportFact[] {
  if (!path.endsWith(".rs")) return [];
  const declared = symbols.filter(({ kind, startLine, endLine }) => kind === "module" && startLine === endLine);
  return declared.map(({ name, line }) => ({ target: name, names: [], line }));
}

function addImporter(importers: Map<string, string[]>, from: string, imports: readonly FileImport[]): void {
  for (const to of new Set(imports.flatMap(({ files }) => files))) {
    const known = importers.get(to);
    if (known === undefined) importers.set(to, [from]);
    else known.push(from);
  }
}
