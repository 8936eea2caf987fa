/** Answers memory/search. */
import type { Answer, Params, SearchResult } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import { createLineMatcher } from "../../host/line-matcher.ts";
import { breathe } from "../../host/source-files.ts";
import { globMatcher } from "../../security/paths/glob.ts";
import type { Meaning } from "../embedding/vector-search.ts";
import { analyseQuery } from "../search/query.ts";
import { rank } from "../search/ranking.ts";
import { fullName, type ResultPorts, resultOf } from "../search/results.ts";
import { pageOf } from "./pages.ts";
import { sourceText } from "./source-lines.ts";
import { matchSymbols } from "./symbols.ts";
import type { Workspace } from "./workspace.ts";

/** `degraded` is what this answer lacks beyond what the index says of itself. */
type Found = Pick<Answer<"memory/search">, "results" | "nextCursor"> & { readonly degraded?: string[] };

/** Asks vectors beyond the built-in table's, where there are any. */
export type AskMeaning = (workspace: Workspace, text: string, signal: AbortSignal) => Promise<Meaning>;

const LIMIT = 20;
/** Further pages of a ranking end here: what follows is noise. */
const DEEPEST = 200;

export async function search(
  workspace: Workspace,
  params: Params<"memory/search">,
  askMeaning: AskMeaning,
  signal: AbortSignal,
): Promise<Found> {
  switch (params.mode ?? "ranked") {
    case "ranked":
      return rankedSearch(workspace, params, await askMeaning(workspace, params.query, signal));
    case "symbol":
      return symbolSearch(workspace, params);
    case "regex":
      return regexSearch(workspace, params, signal);
  }
}

function rankedSearch(workspace: Workspace, params: Params<"memory/search">, { vectors, degraded }: Meaning): Found {
  const query = analyseQuery(params.query);
  const limit = params.limit ?? LIMIT;
  const { from, key } = pageOf(params, `${workspace.view.version}`);
  const ranked = rank({ ...workspace.ranked(), meaning: vectors?.scores }, query, {
    limit: Math.min(from + limit + 1, DEEPEST),
    accepts: fileFilter(workspace, params),
  });
  const ports = { ...portsOf(workspace), meaningBy: vectors?.model ?? workspace.table.name };
  const results = ranked.slice(from, from + limit).map((file) => resultOf(file, query, ports));
  const nextCursor = ranked.length > from + limit ? key(from + limit) : null;
  return { results, nextCursor, degraded: degraded === null ? [] : [degraded] };
}

function symbolSearch(workspace: Workspace, params: Params<"memory/search">): Found {
  const limit = params.limit ?? LIMIT;
  const { from, key } = pageOf(params, `${workspace.view.version}`);
  const ports = portsOf(workspace);
  const accepts = fileFilter(workspace, { ...params, kinds: undefined });
  const found = matchSymbols(workspace.view, params.query, { accepts, kinds: params.kinds, limit: from + limit + 1 });
  const results = found.slice(from, from + limit).map(({ path, place, symbol, score, how }): SearchResult => {
    const lines = ports.text(path)?.split("\n") ?? [];
    return {
      path,
      symbol: fullName(ports.facts(path)?.symbols ?? [], place),
      kind: symbol.kind,
      startLine: symbol.startLine,
      endLine: symbol.endLine,
      score,
      why: [how, symbol.signature],
      snippet: lines
        .slice(symbol.startLine - 1, Math.min(symbol.endLine, symbol.startLine + 11))
        .join("\n")
        .slice(0, 2000),
      snippetLine: symbol.startLine,
    };
  });
  return { results, nextCursor: found.length > from + limit ? key(from + limit) : null };
}

const FILES_AT_ONCE = 32;
const PATTERN_BUDGET_MS = 500;
const MATCHES_A_FILE = 100;

/** In the order of paths and lines; a page ends as soon as it is full. */
async function regexSearch(workspace: Workspace, params: Params<"memory/search">, signal: AbortSignal): Promise<Found> {
  const limit = params.limit ?? LIMIT;
  const matcher = matcherOf(params.query);
  const accepts = fileFilter(workspace, params);
  const paths = workspace.view.paths().filter(accepts);
  const { from, key } = pageOf(params, `${workspace.view.version}`);
  const ports = portsOf(workspace);
  const results: SearchResult[] = [];
  for (let at = 0; at < paths.length; at += FILES_AT_ONCE) {
    await breathe();
    signal.throwIfAborted();
    const batch = paths.slice(at, at + FILES_AT_ONCE).map((path) => ({ path, text: ports.text(path) ?? "" }));
    const lines = matcher.match(
      batch.map(({ text }) => text),
      MATCHES_A_FILE,
    );
    if (lines === undefined) throw nexusError("memory.bad_pattern", "It takes too long on this code: make it simpler.");
    for (const [index, { path, text }] of batch.entries())
      for (const line of lines[index] ?? []) results.push(lineResult(ports, path, text, line));
    if (results.length > from + limit) break;
  }
  return {
    results: results.slice(from, from + limit),
    nextCursor: results.length > from + limit ? key(from + limit) : null,
  };
}

function matcherOf(pattern: string) {
  try {
    return createLineMatcher(pattern, false, PATTERN_BUDGET_MS);
  } catch (error) {
    throw nexusError("memory.bad_pattern", error instanceof Error ? error.message : String(error));
  }
}

function lineResult(ports: ResultPorts, path: string, text: string, line: number): SearchResult {
  const symbols = ports.facts(path)?.symbols ?? [];
  const place = symbols.findLastIndex((symbol) => symbol.startLine <= line && symbol.endLine >= line);
  const content = text.split("\n")[line - 1] ?? "";
  return {
    path,
    symbol: place < 0 ? null : fullName(symbols, place),
    kind: symbols[place]?.kind ?? null,
    startLine: line,
    endLine: line,
    score: 1,
    why: ["matches the pattern"],
    snippet: content.slice(0, 400),
    snippetLine: line,
  };
}

/** Files that the filters let through. `kinds`: files that define such a symbol. */
function fileFilter(workspace: Workspace, params: Pick<Params<"memory/search">, "paths" | "languages" | "kinds">) {
  const { paths = [], languages, kinds } = params;
  const wanted = paths.filter((glob) => !glob.startsWith("!")).map(globMatcher);
  const unwanted = paths.filter((glob) => glob.startsWith("!")).map((glob) => globMatcher(glob.slice(1)));
  return (path: string) => {
    if (wanted.length > 0 && !wanted.some((matches) => matches(path))) return false;
    if (unwanted.some((matches) => matches(path))) return false;
    if (languages !== undefined && !languages.includes(workspace.view.file(path)?.language ?? "text")) return false;
    return kinds === undefined || workspace.view.facts(path)?.symbols.some(({ kind }) => kinds.includes(kind)) === true;
  };
}

/** Texts are read once an answer. */
function portsOf({ root, view, history, table }: Workspace): ResultPorts {
  const texts = new Map<string, string | undefined>();
  return {
    facts: (path) => view.facts(path),
    lines: (path) => view.file(path)?.lines ?? 1,
    history: history()?.history,
    meaningBy: table.name,
    text(path) {
      if (!texts.has(path)) {
        if (texts.size > FILES_AT_ONCE * 2) texts.clear();
        texts.set(path, sourceText(root, path));
      }
      return texts.get(path);
    },
  };
}
