/** What the ranking looks at, made from a view and kept until the view, the history or the words' table changes. */

import type { CommitHistory } from "../history/open.ts";
import type { RowFrequencies } from "../index/chunk-vectors.ts";
import type { Repository } from "../index/repository.ts";
import type { WorkspaceView } from "../index/workspace-view.ts";
import type { Corpus } from "../search/corpus.ts";
import { messageMatrix } from "../search/message-vectors.ts";
import { type PathVectors, pathVectors } from "../search/path-vectors.ts";
import type { Query } from "../search/query.ts";
import type { RankedView } from "../search/ranking.ts";
import { rowCounts, type WordTable } from "../vector/word-table.ts";

export interface RankedParts {
  readonly view: WorkspaceView;
  readonly repository: Repository;
  readonly table: WordTable;
  history(): CommitHistory | undefined;
}

export function createRanked(parts: RankedParts): () => RankedView {
  const { view, repository, table } = parts;
  let ofPaths:
    | { readonly corpus: Corpus; readonly frequencies: RowFrequencies | undefined; readonly value: PathVectors }
    | undefined;
  const ofPath = new Map<string, Float32Array>();
  let matrix:
    | { readonly key: unknown; readonly paths: unknown; readonly table: string; readonly value: Float32Array }
    | undefined;

  function messageVectors(): Float32Array | undefined {
    const history = parts.history();
    if (history === undefined) return undefined;
    const paths = view.paths();
    if (matrix?.key !== history || matrix.paths !== paths || matrix.table !== table.name) {
      const messages = history.messageVectors((text) => table.textVector(text));
      const value = messageMatrix(paths, messages, (text) => table.textVector(text), table.dimensions);
      matrix = { key: history, paths, table: table.name, value };
    }
    return matrix.value;
  }

  /** Weights of words are those of the generation of vectors, so that both fit. */
  function currentPathVectors(): PathVectors {
    const corpus = view.corpus();
    const frequencies = repository.frequencies();
    if (ofPaths?.corpus !== corpus || ofPaths.frequencies !== frequencies) {
      // A save changes the corpus, and of its paths at most one.
      if (ofPaths?.frequencies !== frequencies || ofPath.size > 2 * corpus.paths.length) ofPath.clear();
      const value = pathVectors(corpus, table.dimensions, (path) => knownVector(path, frequencies));
      ofPaths = { corpus, frequencies, value };
    }
    return ofPaths.value;
  }

  function knownVector(path: string, frequencies: RowFrequencies | undefined): Float32Array {
    const known = ofPath.get(path);
    if (known !== undefined) return known;
    const made = pathVector(path, frequencies);
    ofPath.set(path, made);
    return made;
  }

  const counts = rowCounts(table);
  function pathVector(path: string, frequencies: RowFrequencies | undefined): Float32Array {
    counts.clear();
    for (const [word] of path.matchAll(/[A-Za-z0-9_$]+/g)) counts.add(word);
    const sum = new Float32Array(table.dimensions);
    for (let place = 0; place < counts.distinct; place++) {
      const row = counts.rowAt(place);
      const factor = Math.log1p(counts.countOf(row)) * rarityOf(row, frequencies);
      for (let index = 0; index < sum.length; index++)
        sum[index] = (sum[index] ?? 0) + factor * (table.rows[row * table.dimensions + index] ?? 0);
    }
    return sum;
  }

  function queryVector(query: Query): Float32Array | undefined {
    const frequencies = repository.frequencies();
    // Vectors of another table say nothing about this one's.
    if (frequencies?.table !== table.name || query.words.length === 0) return undefined;
    const vector = table.queryVector(query.words, (row) => rarityOf(row, frequencies));
    return vector.some((component) => component !== 0) ? vector : undefined;
  }

  return () => ({
    corpus: view.corpus(),
    pathIndex: view.pathIndex(),
    history: parts.history(),
    messageVectors: messageVectors(),
    pathVectors: currentPathVectors(),
    queryVector,
  });
}

function rarityOf(row: number, frequencies: RowFrequencies | undefined): number {
  return frequencies === undefined ? 1 : Math.log1p(frequencies.chunks / (1 + (frequencies.frequencies[row] ?? 0)));
}
