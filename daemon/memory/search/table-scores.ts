/** Scores by meaning: cosines of chunks, and of each file's past messages, with the query in the words' table. */
import { UNIT } from "../index/chunk-vectors.ts";
import type { Corpus, CorpusSegment } from "./corpus.ts";
import { dotFloats, dotUnits } from "./dot.ts";
import { kthLargest } from "./kth-largest.ts";
import { type PathVectors, scaleOf } from "./path-vectors.ts";
import { topThree } from "./word-scores.ts";

export interface MeaningScores {
  /** One score a path: deviations above the mean of all files, 0 for what is below. */
  readonly scores: Float32Array;
  /** Cosines of the chunks that were compared, by chunk of the corpus; 0 for the others. */
  readonly chunks: Float32Array;
}

/** With more chunks than this, files are compared as a whole first. */
const EXACT_CHUNKS = 60_000;
/** Of a large corpus so many files are compared chunk by chunk: the nearest as a whole, and some to tell what is usual. */
const NEAREST_FILES = 2500;
const USUAL_FILES = 1500;

export function tableScores(corpus: Corpus, ofPaths: PathVectors, query: Float32Array): MeaningScores {
  const chunks = new Float32Array(corpus.chunks);
  const ofDocument = new Float32Array(corpus.documents).fill(Number.NaN);
  const wanted = corpus.chunks > EXACT_CHUNKS ? nearDocuments(corpus, query) : undefined;
  for (const segment of corpus.segments)
    compareSegment({ corpus, ofPaths, query, wanted }, segment, { chunks, ofDocument });
  return { scores: aboveUsual(corpus, ofDocument, wanted?.sample), chunks };
}

interface Wanted {
  readonly documents: Uint8Array;
  readonly sample: Uint8Array;
}

interface Comparison {
  readonly corpus: Corpus;
  readonly ofPaths: PathVectors;
  readonly query: Float32Array;
  readonly wanted: Wanted | undefined;
}

function compareSegment(
  { corpus, ofPaths, query, wanted }: Comparison,
  { segment, vectors, firstDocument, firstChunk }: CorpusSegment,
  { chunks, ofDocument }: { readonly chunks: Float32Array; readonly ofDocument: Float32Array },
): void {
  if (vectors === null) return;
  const { units, lengths } = vectors;
  const size = query.length;
  for (let own = 0; own < segment.documents; own++) {
    const document = firstDocument + own;
    if (corpus.live[document] !== 1 || (wanted !== undefined && wanted.documents[document] !== 1)) continue;
    const from = segment.chunkStarts[own] ?? 0;
    const to = segment.chunkStarts[own + 1] ?? 0;
    const path = dotFloats(query, ofPaths.vectors, document * size);
    for (let chunk = from; chunk < to; chunk++) {
      const length = lengths[chunk] ?? 0;
      const start = chunk * size;
      const at = firstChunk + chunk;
      const content = (dotUnits(query, units, start) * length) / UNIT;
      chunks[at] = (content + path) * scaleOf(ofPaths, { chunk: at, document, units, start, length }, size);
    }
    ofDocument[document] = topThree(chunks, firstChunk + from, firstChunk + to);
  }
}

/** Deviations above the mean, over the files of the view; of a sample where only some were compared. */
function aboveUsual(corpus: Corpus, ofDocument: Float32Array, sample: Uint8Array | undefined): Float32Array {
  const scores = new Float32Array(corpus.paths.length);
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const document of corpus.documentOf) {
    const score = ofDocument[document] ?? Number.NaN;
    if (document < 0 || Number.isNaN(score) || (sample !== undefined && sample[document] !== 1)) continue;
    count++;
    sum += score;
    squares += score * score;
  }
  const mean = sum / Math.max(count, 1);
  const deviation = Math.sqrt(Math.max(squares / Math.max(count, 1) - mean * mean, 0));
  if (deviation === 0) return scores;
  for (let place = 0; place < scores.length; place++) {
    const score = ofDocument[corpus.documentOf[place] ?? -1] ?? Number.NaN;
    if (!Number.isNaN(score)) scores[place] = Math.max(0, (score - mean) / deviation);
  }
  return scores;
}

const centres = new WeakMap<CorpusSegment["segment"], Int8Array>();

/** The documents whose mean vector is nearest, and a sample that does not depend on the query. */
function nearDocuments(corpus: Corpus, query: Float32Array): Wanted {
  const nearness = new Float32Array(corpus.documents);
  for (const segment of corpus.segments) {
    const centre = centreVectors(segment, query.length);
    for (let document = 0; document < segment.segment.documents; document++)
      if (corpus.live[segment.firstDocument + document] === 1)
        nearness[segment.firstDocument + document] = dotUnits(query, centre, document * query.length);
  }
  const limit = kthLargest(nearness, NEAREST_FILES);
  const sample = new Uint8Array(corpus.documents);
  const stride = Math.max(1, Math.floor(corpus.documents / USUAL_FILES));
  for (let document = 0; document < corpus.documents; document += stride) sample[document] = corpus.live[document] ?? 0;
  const documents = sample.map((isSampled, document) =>
    isSampled === 1 || (corpus.live[document] === 1 && (nearness[document] ?? 0) >= limit) ? 1 : 0,
  );
  return { documents, sample };
}

/** Unit sums of each document's chunks; made once a segment. */
function centreVectors({ segment, vectors }: CorpusSegment, dimensions: number): Int8Array {
  const known = centres.get(segment);
  if (known !== undefined) return known;
  const made = new Int8Array(segment.documents * dimensions);
  const sum = new Float32Array(dimensions);
  for (let document = 0; document < segment.documents && vectors !== null; document++) {
    sum.fill(0);
    const to = (segment.chunkStarts[document + 1] ?? 0) * dimensions;
    for (let at = (segment.chunkStarts[document] ?? 0) * dimensions; at < to; at++)
      sum[at % dimensions] = (sum[at % dimensions] ?? 0) + (vectors.units[at] ?? 0);
    const norm = Math.hypot(...sum) || 1;
    for (let place = 0; place < dimensions; place++)
      made[document * dimensions + place] = Math.round(((sum[place] ?? 0) * UNIT) / norm);
  }
  if (vectors !== null) centres.set(segment, made);
  return made;
}

/** Cosines of one vector a path (path-major) with the query, scaled like the table's. */
export function vectorScores(paths: number, vectors: Float32Array, query: Float32Array): Float32Array {
  const { length } = query;
  const scores = new Float32Array(paths);
  let sum = 0;
  let squares = 0;
  for (let place = 0; place < paths; place++) {
    const cosine = dotFloats(query, vectors, place * length);
    scores[place] = cosine;
    sum += cosine;
    squares += cosine * cosine;
  }
  const count = Math.max(paths, 1);
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(squares / count - mean * mean, 0));
  return deviation === 0 ? scores.fill(0) : scores.map((score) => Math.max(0, (score - mean) / deviation));
}
