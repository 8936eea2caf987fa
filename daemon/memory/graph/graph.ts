/**
 * The graph of a workspace: who uses what, what breaks, how things connect, what is central, where a new thing goes.
 * Every question is answered at once from facts at hand; the same view gives the same answer in the same order.
 */
import type { CodeView } from "../code/facts.ts";
import type { History } from "../history/history.ts";
import { type About, aboutName, type NamePlace } from "./about.ts";
import { type CentralFile, centralFiles, rankedSymbols } from "./central.ts";
import { type Connections, type ConnectOptions, connect } from "./connect.ts";
import { nameTable } from "./file-names.ts";
import { type Impact, type ImpactOptions, impactOf } from "./impact.ts";
import { type FileImport, linkCache } from "./links.ts";
import { buildNameGraph, type NameGraph } from "./name-graph.ts";
import { type Owners, ownersOf } from "./owners.ts";
import { type Place, placesFor, type Search } from "./place.ts";
import { type Interest, rank } from "./rank.ts";
import { type Uses, usesOf } from "./references.ts";
import { fitMap, type MapBudget, type RepoMap } from "./repo-map.ts";
import { type Found, findSymbols, findTarget, type SymbolNode } from "./symbols.ts";
import { isTestFile, isTestPath, subjectOf } from "./test-paths.ts";
import { type TestLink, testsOf } from "./tests.ts";
import { createWorld, type Stop, type World } from "./world.ts";

export interface GraphPorts {
  readonly view: () => CodeView;
  readonly history: () => History | undefined;
  /** A file of the workspace as it is now; undefined when it cannot be read. Asked for small configuration files only. */
  readonly readText: (path: string) => string | undefined;
}

/** What could not be found, or is more than one thing: the candidates' ids name each of them. */
export type Unclear = Extract<Found, { readonly ok: false }>;
export type Answer<T> = { readonly ok: true; readonly value: T } | Unclear;

export interface Graph {
  /** All that `name`, `Container.name`, `path#name` or `path:line` may mean, the likeliest first. */
  symbols(query: string, limit?: number): readonly SymbolNode[];
  /** What a name at a place means, and who uses it. Which tests import it is told once `readImports` was true. */
  about(place: NamePlace, stop: Stop): About;
  /** Reads who imports whom, file by file until `stop` says so: true when all is read. */
  readImports(stop: Stop): boolean;
  /** Where a symbol is used, or a file imported. */
  uses(query: string, options?: { readonly stop?: Stop }): Answer<Uses>;
  impact(query: string, options?: ImpactOptions): Answer<Impact>;
  connect(from: string, to: string, options?: ConnectOptions): Answer<Connections>;
  central(limit: number, interest?: Partial<Interest>): readonly CentralFile[];
  repoMap(options: MapBudget & Partial<Interest>): RepoMap;
  place(description: string, search: Search, limit?: number): readonly Place[];
  /** Tests of a source; for a test the sources that it tests. */
  testsOf(path: string): readonly TestLink[];
  owners(path: string): Owners;
  importsOf(path: string): readonly FileImport[];
  importersOf(path: string): readonly string[];
}

const MAX_SYMBOLS = 50;
const MAX_PLACES = 3;
const MAX_MAP_SYMBOLS = 20_000;

export function createGraph(ports: GraphPorts): Graph {
  const world = worldKeeper(ports);
  const table = nameTable();
  let knowsImports = false;
  const names = keeper((current: World) => buildNameGraph(current, table));
  const about = <T>(query: string, ask: (found: Extract<Found, { ok: true }>["target"]) => T): Answer<T> => {
    const found = findTarget(world().view, query);
    return found.ok ? { ok: true, value: ask(found.target) } : found;
  };
  const ranked = (interest: Partial<Interest>): { graph: NameGraph; ranking: ReturnType<typeof rank> } => {
    const graph = names(world());
    return { graph, ranking: rank(graph, table, { focus: [], mentioned: [], ...interest }) };
  };
  return {
    symbols: (query, limit = MAX_SYMBOLS) => findSymbols(world().view, query, limit),
    about: (place, stop) => aboutName(world(), place, { stop, knowsImports }),
    readImports(stop) {
      knowsImports ||= world().links.readOn(stop, rememberKind);
      return knowsImports;
    },
    uses: (query, options) => about(query, (target) => usesOf(world(), target, options)),
    impact: (query, options) => about(query, (target) => impactOf(world(), target, options)),
    connect(from, to, options) {
      const end = findTarget(world().view, to);
      return end.ok ? about(from, (start) => connect(world(), start, end.target, options)) : end;
    },
    central(limit, interest = {}) {
      const { graph, ranking } = ranked(interest);
      return centralFiles(world(), graph, ranking, limit);
    },
    repoMap({ tokens, count, focus = [], mentioned = [] }) {
      const { graph, ranking } = ranked({ focus, mentioned });
      const choice = { focus, mentioned, limit: MAX_MAP_SYMBOLS };
      const symbols = rankedSymbols(world(), graph, table, ranking, choice);
      return fitMap(world().view, symbols, { tokens, count });
    },
    place: (description, search, limit = MAX_PLACES) => placesFor(world(), description, search, limit),
    testsOf: (path) => testsOf(world(), path),
    owners: (path) => ownersOf(world(), path),
    importsOf: (path) => world().links.importsOf(path),
    importersOf: (path) => world().links.importersOf(path),
  };
}

/** What tests are is asked of all paths at once, so it is remembered of each here rather than in the next question. */
function rememberKind(path: string): void {
  for (const tell of [isTestPath, isTestFile, subjectOf]) tell(path);
}

/** The world of the view as it is now, kept while view and history are the same. */
function worldKeeper({ view, history, readText }: GraphPorts): () => World {
  const links = linkCache(readText);
  let last: World | undefined;
  return () => {
    const now = view();
    const past = history();
    if (last !== undefined && last.view.version === now.version && last.history === past) return last;
    const known = last?.view.version === now.version ? last.links : links(now);
    last = createWorld({ view: now, links: known, history: past, readText });
    return last;
  };
}

function keeper<From extends object, To>(make: (from: From) => To): (from: From) => To {
  let last: { readonly from: From; readonly to: To } | undefined;
  return (from) => {
    if (last?.from !== from) last = { from, to: make(from) };
    return last.to;
  };
}
