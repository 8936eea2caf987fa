/** What is central: personalised PageRank over the files joined by names. */
import type { NameTable } from "./file-names.ts";
import type { NameGraph } from "./name-graph.ts";
import { stemOf } from "./paths.ts";
import { isSupporting, isTestPath } from "./test-paths.ts";

export interface Interest {
  /** Paths that are worked on: what they use counts most. */
  readonly focus: readonly string[];
  /** Identifiers, file names and paths that were spoken of. */
  readonly mentioned: readonly string[];
}

export interface Ranking {
  /** Of each file in the graph's order; they add up to 1. */
  readonly files: Float64Array;
  /** Of each slot: the share of its file's rank that comes through it. */
  readonly slots: Float64Array;
}

const DAMPING = 0.85;
const TOLERANCE = 1e-7;
const MAX_ROUNDS = 60;
const MENTIONED = 10;
/** Share of attention that stays with everything when something is in focus. */
const ELSEWHERE = 0.1;
/** A test or an example says less about what matters than code that is shipped. */
const SUPPORTING = 0.3;

export function rank(graph: NameGraph, table: NameTable, interest: Interest): Ranking {
  const weights = weighted(graph, table, interest);
  const totals = totalsOf(graph, weights);
  const start = attention(graph.paths, interest);
  let files = start;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = spread(graph, { weights, totals, start, files });
    const change = next.reduce((sum, value, file) => sum + Math.abs(value - (files[file] ?? 0)), 0);
    files = next;
    if (change < TOLERANCE) break;
  }
  return { files, slots: slotShares(graph, { weights, totals, files }) };
}

/** What is in focus needs no heavier edges: a file's edges share its rank whatever they weigh together. */
function weighted(
  { edgeWeight, edgeSlot, slotName }: NameGraph,
  table: NameTable,
  { mentioned }: Interest,
): Float64Array {
  const names = new Set(mentioned.map((name) => table.known(name)).filter((name) => name !== undefined));
  if (names.size === 0) return edgeWeight;
  return edgeWeight.map((weight, edge) =>
    names.has(slotName[edgeSlot[edge] ?? 0] ?? -1) ? weight * MENTIONED : weight,
  );
}

function totalsOf({ paths, edgeStart }: NameGraph, weights: Float64Array): Float64Array {
  const totals = new Float64Array(paths.length);
  for (let file = 0; file < paths.length; file++) {
    let sum = 0;
    for (let edge = edgeStart[file] ?? 0; edge < (edgeStart[file + 1] ?? 0); edge++) sum += weights[edge] ?? 0;
    totals[file] = sum;
  }
  return totals;
}

/** Where a reader starts, as shares of 1. */
function attention(paths: readonly string[], { focus, mentioned }: Interest): Float64Array {
  const focused = new Set(focus);
  const words = new Set(mentioned.map((word) => word.toLowerCase()));
  const base = Float64Array.from(paths, (path) => (isTestPath(path) || isSupporting(path) ? SUPPORTING : 1));
  const chosen = Float64Array.from(paths, (path) => {
    if (focused.has(path)) return 1;
    return words.has(path.toLowerCase()) || words.has(stemOf(path).toLowerCase()) ? 0.5 : 0;
  });
  const [all, some] = [sumOf(base), sumOf(chosen)];
  const elsewhere = some === 0 ? 1 : ELSEWHERE;
  return base.map(
    (value, file) => (elsewhere * value) / all + (some === 0 ? 0 : ((1 - elsewhere) * (chosen[file] ?? 0)) / some),
  );
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

interface Flow {
  readonly weights: Float64Array;
  readonly totals: Float64Array;
  readonly files: Float64Array;
}

/** One round. What a file without edges holds goes back to where readers start. */
function spread(
  graph: NameGraph,
  { weights, totals, start, files }: Flow & { readonly start: Float64Array },
): Float64Array {
  const { edgeStart, edgeSlot, slotFile } = graph;
  const next = new Float64Array(files.length);
  let idle = 0;
  for (let file = 0; file < files.length; file++) {
    const [rankHere = 0, total = 0] = [files[file], totals[file]];
    if (total === 0) idle += rankHere;
    else {
      const share = (DAMPING * rankHere) / total;
      const end = edgeStart[file + 1] ?? 0;
      for (let edge = edgeStart[file] ?? 0; edge < end; edge++) {
        const to = slotFile[edgeSlot[edge] ?? 0] ?? 0;
        next[to] = (next[to] ?? 0) + share * (weights[edge] ?? 0);
      }
    }
  }
  const back = 1 - DAMPING + DAMPING * idle;
  for (let file = 0; file < files.length; file++) next[file] = (next[file] ?? 0) + back * (start[file] ?? 0);
  return next;
}

function slotShares(graph: NameGraph, { weights, totals, files }: Flow): Float64Array {
  const { edgeStart, edgeSlot, slotFile } = graph;
  const shares = new Float64Array(slotFile.length);
  for (let file = 0; file < files.length; file++) {
    const total = totals[file] ?? 0;
    if (total === 0) continue;
    for (let edge = edgeStart[file] ?? 0; edge < (edgeStart[file + 1] ?? 0); edge++) {
      const slot = edgeSlot[edge] ?? 0;
      shares[slot] = (shares[slot] ?? 0) + ((files[file] ?? 0) * (weights[edge] ?? 0)) / total;
    }
  }
  return shares;
}
