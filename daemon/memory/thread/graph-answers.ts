/** Answers questions about how code hangs together. */
import type { Answer, Params } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { Answer as GraphAnswer } from "../graph/graph.ts";
import type { SymbolNode } from "../graph/symbols.ts";
import type { TestRun } from "../graph/test-commands.ts";
import { isTestPath } from "../graph/test-paths.ts";
import type { TestLink } from "../graph/tests.ts";
import { analyseQuery } from "../search/query.ts";
import { rank } from "../search/ranking.ts";
import { fullName } from "../search/results.ts";
import { paged } from "./pages.ts";
import { sourceLine } from "./source-lines.ts";
import { matchSymbols } from "./symbols.ts";
import type { Workspace } from "./workspace.ts";

type Meta = "tookMs" | "degraded" | "stale";
type Named = { readonly symbol: string; readonly path?: string | undefined; readonly line?: number | undefined };

const PAGE = 100;
const TESTS = 100;
/** A question that would take longer is answered with what was found. */
const TIME_MS = 5000;

/** A question ends when nobody waits, and when it took too long. */
function stopOf(clock: Clock, signal: AbortSignal): () => boolean {
  const endAt = clock.monotonic() + TIME_MS;
  return () => signal.aborted || clock.monotonic() > endAt;
}

/** As the graph takes it: path and line tell apart those that have one name. */
function queryOf({ symbol, path, line }: Named): string {
  if (path === undefined) return symbol;
  if (symbol === "" || symbol === path) return line === undefined ? path : `${path}:${line}`;
  return line === undefined ? `${path}#${symbol}` : `${path}:${line}`;
}

/** Throws `memory.unknown_symbol`, with the candidates when there are several. */
function unwrapped<Value>(answer: GraphAnswer<Value>, query: string): Value {
  if (answer.ok) return answer.value;
  if (answer.reason === "unknown") throw nexusError("memory.unknown_symbol", `“${query}”.`);
  const candidates = answer.candidates.slice(0, 10).map(({ id }) => id);
  throw nexusError("memory.ambiguous_symbol", `“${query}” may be ${candidates.join(", ")}.`);
}

export function uses(
  workspace: Workspace,
  params: Params<"memory/uses">,
  clock: Clock,
  signal: AbortSignal,
): Omit<Answer<"memory/uses">, Meta> {
  const query = queryOf(params);
  const { uses: found } = unwrapped(workspace.graph.uses(query, { stop: stopOf(clock, signal) }), query);
  const { items, nextCursor } = paged(found, params, `${workspace.view.version}`, PAGE);
  return {
    definitions: definitionsOf(workspace, query),
    uses: items.map(({ path, line, kind, within, confidence }) => ({
      path,
      line,
      kind,
      within: within === undefined ? null : nameOf(within),
      text: sourceLine(workspace.root, path, line),
      isTest: isTestPath(path),
      isSure: confidence === "certain",
    })),
    total: found.length,
    nextCursor,
  };
}

export function impact(
  workspace: Workspace,
  params: Params<"memory/impact">,
  clock: Clock,
  signal: AbortSignal,
): Omit<Answer<"memory/impact">, Meta> {
  const query = queryOf(params);
  const { depth } = params;
  const options = { stop: stopOf(clock, signal), ...(depth === undefined ? {} : { depth }) };
  const found = unwrapped(workspace.graph.impact(query, options), query);
  const places = new Map(found.dependants.map(({ id }, place) => [id, place]));
  const nodes = [
    ...found.dependants.map(({ id, path, line, distance, explanation, through }, place) => ({
      id: place,
      parent: places.get(through ?? "") ?? null,
      depth: distance,
      path,
      symbol: id === path ? null : id.slice(path.length + 1),
      kind: null,
      line,
      why: withoutSubject(explanation, [path, id.slice(path.length + 1), id.slice(id.search(/[^.#]*$/))]),
      isTest: false,
    })),
    ...found.partners.map(({ path, commits, share }, index) => ({
      id: found.dependants.length + index,
      parent: null,
      depth: 1,
      path,
      symbol: null,
      kind: null,
      line: 1,
      why: `changed together in ${commits} commits (${Math.round(share * 100)} %), although no code connects them`,
      isTest: isTestPath(path),
    })),
  ];
  const { items, nextCursor } = paged(nodes, params, `${workspace.view.version}`, PAGE);
  return {
    definitions: definitionsOf(workspace, query),
    nodes: items,
    total: nodes.length,
    files: new Set(found.files).size,
    tests: params.cursor === undefined ? testsToRun(found.tests, found.runs) : [],
    ...(params.cursor === undefined ? { runs: runsOf(found.runs) } : {}),
    risk: { level: found.risk.level, reasons: [...found.risk.reasons] },
    nextCursor,
  };
}

function testsToRun(tests: readonly TestLink[], runs: readonly TestRun[]) {
  const commandOf = new Map<string, string>();
  for (const { command, folder, tests: own } of runs)
    for (const test of own) commandOf.set(test, folder === "" ? command : `cd ${folder} && ${command}`);
  return tests.slice(0, TESTS).map(({ path, why }) => {
    return { path, why: withoutSubject(why, [path]), command: commandOf.get(path) ?? null };
  });
}

/** "checkout calls total" beside "checkout" is "calls total". */
function withoutSubject(why: string, subjects: readonly string[]): string {
  const subject = subjects.find((each) => each !== "" && why.startsWith(`${each} `));
  return subject === undefined ? why : why.slice(subject.length + 1);
}

const RUNS = 20;

function runsOf(runs: readonly TestRun[]): Answer<"memory/impact">["runs"] {
  return runs.slice(0, RUNS).map(({ command, folder, tests, why }) => ({ command, folder, tests: [...tests], why }));
}

export function connect(
  workspace: Workspace,
  params: Params<"memory/connect">,
  clock: Clock,
  signal: AbortSignal,
): Omit<Answer<"memory/connect">, Meta> {
  const [from, to] = [queryOf(params.from), queryOf(params.to)];
  const { ways } = unwrapped(workspace.graph.connect(from, to, { stop: stopOf(clock, signal) }), `${from}” or “${to}`);
  return {
    chains: ways.slice(0, 5).map((way) => {
      const [first] = way;
      const start = { ...placeOf(first?.from ?? "", undefined), relation: null };
      return [start, ...way.map(({ to: id, how, at }) => ({ ...placeOf(id, at), relation: how }))].slice(0, 20);
    }),
  };
}

/** "src/cart.ts#Cart.total", or a path. */
function placeOf(id: string, at: { readonly path: string; readonly line: number } | undefined) {
  const mark = id.indexOf("#");
  const [path, symbol] = mark < 0 ? [id, null] : [id.slice(0, mark), id.slice(mark + 1)];
  return { path, symbol, line: at?.path === path ? at.line : 1 };
}

export function map(
  workspace: Workspace,
  params: Params<"memory/map">,
  count: (text: string) => number,
): Omit<Answer<"memory/map">, Meta> {
  const { tokens = 2000, focus = [] } = params;
  const made = workspace.graph.repoMap({ tokens, count, focus });
  return { text: made.text, tokens: made.tokens, files: made.files, totalFiles: workspace.view.files.length };
}

export function place(workspace: Workspace, params: Params<"memory/place">): Omit<Answer<"memory/place">, Meta> {
  const search = (text: string, limit: number) => rank(workspace.ranked(), analyseQuery(text), { limit });
  return {
    places: workspace.graph
      .place(params.description, search, params.limit ?? 5)
      .map(({ folder, file, test, siblings, score, why }) => ({
        path: folder === "" ? file : `${folder}/${file}`,
        score,
        why: [why, ...(test === undefined ? [] : [`its test would be ${test}`])],
        example: siblings[0] ?? null,
      })),
  };
}

export function file(workspace: Workspace, params: Params<"memory/file">): Omit<Answer<"memory/file">, Meta> {
  const { view, graph } = workspace;
  const { path } = params;
  const known = view.file(path);
  const facts = view.facts(path);
  if (known === undefined || facts === undefined) throw nexusError("memory.unknown_path", `“${path}”.`);
  const history = workspace.history()?.history;
  const time = (at: number) => new Date(at * 1000).toISOString();
  return {
    path,
    language: known.language,
    bytes: known.bytes,
    lines: known.lines,
    broken: facts.broken,
    symbols: facts.symbols.slice(0, 200).map((_, index) => entryAt(workspace, path, index)),
    symbolCount: facts.symbols.length,
    imports: [...new Set(graph.importsOf(path).flatMap(({ files }) => files))].slice(0, 50),
    importedBy: graph.importersOf(path).slice(0, 50),
    tests: graph
      .testsOf(path)
      .slice(0, 50)
      .map((test) => ({ path: test.path, why: test.why, command: null })),
    owners: (history?.owners(path, 10) ?? []).map(({ author, commits, share, lastAt }) => ({
      author,
      commits,
      share,
      lastAt: time(lastAt),
    })),
    commits: (history?.recent(path, 10) ?? []).map(({ hash, subject, author, at }) => ({
      hash,
      subject,
      author,
      at: time(at),
    })),
    changedWith: [...(history?.changedWith(path, 10) ?? [])],
  };
}

export function symbols(workspace: Workspace, params: Params<"memory/symbols">): Omit<Answer<"memory/symbols">, Meta> {
  const { path, query = "", languages, kinds, limit = PAGE } = params;
  const { view } = workspace;
  if (path !== undefined && view.file(path) === undefined) throw nexusError("memory.unknown_path", `“${path}”.`);
  const accepts = (candidate: string) =>
    (path === undefined || candidate === path) &&
    (languages === undefined || languages.includes(view.file(candidate)?.language ?? "text"));
  const found = matchSymbols(view, query, { accepts, kinds, limit: MOST_SYMBOLS });
  const { items, nextCursor } = paged(found, { ...params, limit }, `${view.version}`, PAGE);
  return { symbols: items.map((match) => entryAt(workspace, match.path, match.place)), nextCursor };
}

const MOST_SYMBOLS = 5000;

export function hotspots(
  workspace: Workspace,
  params: Params<"memory/hotspots">,
): Omit<Answer<"memory/hotspots">, Meta> {
  const all = workspace.history()?.history.hotSpots(1000) ?? [];
  const present = all.filter(({ path }) => workspace.view.file(path) !== undefined);
  const { items, nextCursor } = paged(present, params, `${workspace.view.version}`, 50);
  return { hotspots: items, nextCursor };
}

function definitionsOf(workspace: Workspace, query: string) {
  return workspace.graph.symbols(query, 20).map(({ path, index }) => entryAt(workspace, path, index));
}

export function entryAt({ view }: Workspace, path: string, index: number): Answer<"memory/symbols">["symbols"][number] {
  const all = view.facts(path)?.symbols ?? [];
  const symbol = all[index];
  if (symbol === undefined) throw nexusError("memory.unknown_symbol", `Number ${index} of ${path}.`);
  const { kind, line, startLine, endLine, signature, doc } = symbol;
  return { symbol: fullName(all, index), kind, path, line, startLine, endLine, signature, doc };
}

export function nameOf({ container, name }: SymbolNode): string {
  return container === "" ? name : `${container}.${name}`;
}
