/** Scores of documents by their words: the parts of the ranking that come from the segments' lists. */
import { wordKey } from "../index/hash.ts";
import type { Field } from "../index/segment.ts";
import { type Bm25, CHUNK_BM25, IDENTIFIER_BM25, occurrence, rarity } from "./bm25.ts";
import { type Corpus, type CorpusSegment, postingsOf } from "./corpus.ts";
import type { QueryIdentifier } from "./query.ts";

/** One score a document of the corpus; 0 for those that are not live. */
export type DocumentScores = Float32Array;

export interface ChunkScores {
  /** The three best chunks: s1 + .5 s2 + .25 s3. */
  readonly bestThree: DocumentScores;
  /** BM25 of the whole document. */
  readonly whole: DocumentScores;
  /** One score a chunk of the corpus. */
  readonly chunks: Float32Array;
}

/** A word's live entries in one segment, copied out of the reader. */
interface Entries {
  readonly segment: CorpusSegment;
  readonly chunks: Int32Array;
  readonly counts: Uint16Array;
}

const SECOND_CHUNK = 0.5;
const THIRD_CHUNK = 0.25;

export function chunkScores(corpus: Corpus, terms: readonly string[]): ChunkScores {
  const chunks = new Float32Array(corpus.chunks);
  const whole = new Float32Array(corpus.documents);
  const touched = new Uint8Array(corpus.documents);
  for (const term of terms) addTerm(corpus, wordKey(term), { chunks, whole, touched });
  return { bestThree: bestThree(corpus, chunks, touched), whole, chunks };
}

function addTerm(
  corpus: Corpus,
  key: number,
  into: { chunks: Float32Array; whole: Float32Array; touched: Uint8Array },
): void {
  const found: Entries[] = [];
  let chunkCount = 0;
  let documentCount = 0;
  for (const segment of corpus.segments) {
    const entries = liveEntries(corpus, segment, key);
    if (entries === undefined) continue;
    found.push(entries);
    chunkCount += entries.chunks.length;
    documentCount += documentsIn(entries);
  }
  const chunkRarity = rarity(chunkCount, corpus.liveChunks);
  const wholeRarity = rarity(documentCount, corpus.liveDocuments);
  for (const entries of found) {
    scoreChunks(corpus, entries, chunkRarity, into.chunks);
    scoreWhole(corpus, entries, wholeRarity, into);
  }
}

function liveEntries(corpus: Corpus, segment: CorpusSegment, key: number): Entries | undefined {
  const postings = postingsOf(segment, "terms", key);
  if (postings === undefined) return undefined;
  const chunks = new Int32Array(postings.length);
  const counts = new Uint16Array(postings.length);
  const { documentOfChunk } = segment;
  let length = 0;
  for (let index = 0; index < postings.length; index++) {
    const chunk = postings.documents[index] ?? 0;
    if (corpus.live[segment.firstDocument + (documentOfChunk[chunk] ?? 0)] !== 1) continue;
    chunks[length] = chunk;
    counts[length++] = postings.counts[index] ?? 0;
  }
  return { segment, chunks: chunks.subarray(0, length), counts: counts.subarray(0, length) };
}

function documentsIn({ segment, chunks }: Entries): number {
  let documents = 0;
  let last = -1;
  for (const chunk of chunks) {
    const document = segment.documentOfChunk[chunk] ?? 0;
    if (document !== last) documents++;
    last = document;
  }
  return documents;
}

function scoreChunks(corpus: Corpus, { segment, chunks, counts }: Entries, weight: number, into: Float32Array): void {
  const average = corpus.chunkWords / Math.max(corpus.liveChunks, 1);
  for (let index = 0; index < chunks.length; index++) {
    const chunk = chunks[index] ?? 0;
    const score =
      weight * occurrence(counts[index] ?? 0, segment.segment.chunkLengths[chunk] ?? 0, average, CHUNK_BM25);
    const at = segment.firstChunk + chunk;
    into[at] = (into[at] ?? 0) + score;
  }
}

function scoreWhole(
  corpus: Corpus,
  { segment, chunks, counts }: Entries,
  weight: number,
  { whole, touched }: { whole: Float32Array; touched: Uint8Array },
): void {
  const average = corpus.chunkWords / Math.max(corpus.liveDocuments, 1);
  for (let index = 0; index < chunks.length; ) {
    const document: number = segment.documentOfChunk[chunks[index] ?? 0] ?? 0;
    let count = 0;
    for (; index < chunks.length && segment.documentOfChunk[chunks[index] ?? 0] === document; index++)
      count += counts[index] ?? 0;
    const at = segment.firstDocument + document;
    touched[at] = 1;
    const length = segment.wordsOf[document] ?? 0;
    whole[at] = (whole[at] ?? 0) + weight * occurrence(count, length, average, CHUNK_BM25);
  }
}

function bestThree(corpus: Corpus, chunks: Float32Array, touched: Uint8Array): DocumentScores {
  const scores = new Float32Array(corpus.documents);
  for (const { segment, firstDocument, firstChunk } of corpus.segments)
    for (let document = 0; document < segment.documents; document++) {
      if (touched[firstDocument + document] !== 1) continue;
      const from = firstChunk + (segment.chunkStarts[document] ?? 0);
      const to = firstChunk + (segment.chunkStarts[document + 1] ?? 0);
      scores[firstDocument + document] = topThree(chunks, from, to);
    }
  return scores;
}

/** s1 + .5 s2 + .25 s3 of the scores from `from` to `to`; what is below 0 counts as 0. */
export function topThree(scores: Float32Array, from: number, to: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  for (let index = from; index < to; index++) {
    const score = scores[index] ?? 0;
    if (score <= third) continue;
    if (score > first) {
      third = second;
      second = first;
      first = score;
    } else if (score > second) {
      third = second;
      second = score;
    } else third = score;
  }
  return first + SECOND_CHUNK * second + THIRD_CHUNK * third;
}

export function identifierScores(corpus: Corpus, identifiers: readonly QueryIdentifier[]): DocumentScores {
  const words = identifiers.map(({ text, weight }) => ({ key: wordKey(text), weight }));
  return documentScores(corpus, "identifiers", words, IDENTIFIER_BM25);
}

export function symbolScores(corpus: Corpus, terms: readonly string[]): DocumentScores {
  const words = terms.map((term) => ({ key: wordKey(term), weight: 1 }));
  return documentScores(corpus, "symbols", words, CHUNK_BM25);
}

function documentScores(
  corpus: Corpus,
  field: Exclude<Field, "terms">,
  words: readonly { readonly key: number; readonly weight: number }[],
  bm25: Bm25,
): DocumentScores {
  const scores = new Float32Array(corpus.documents);
  const total = field === "identifiers" ? corpus.identifierCount : corpus.symbolWords;
  const average = total / Math.max(corpus.liveDocuments, 1);
  const lists: ListWish = { corpus, field, average, bm25 };
  for (const { key, weight } of words) {
    let found = 0;
    for (const segment of corpus.segments) found += countLive(lists, segment, key);
    const worth = weight * rarity(found, corpus.liveDocuments);
    if (found > 0) for (const segment of corpus.segments) addLive(lists, segment, key, { worth, scores });
  }
  return scores;
}

interface ListWish {
  readonly corpus: Corpus;
  readonly field: Exclude<Field, "terms">;
  readonly average: number;
  readonly bm25: Bm25;
}

/** Reading a list twice costs less than keeping what was read of it. */
function countLive({ corpus, field }: ListWish, segment: CorpusSegment, key: number): number {
  const postings = postingsOf(segment, field, key);
  let found = 0;
  for (let index = 0; index < (postings?.length ?? 0); index++)
    found += corpus.live[segment.firstDocument + (postings?.documents[index] ?? 0)] ?? 0;
  return found;
}

function addLive(
  { corpus, field, average, bm25 }: ListWish,
  segment: CorpusSegment,
  key: number,
  { worth, scores }: { readonly worth: number; readonly scores: Float32Array },
): void {
  const postings = postingsOf(segment, field, key);
  if (postings === undefined) return;
  const { identifierLengths, symbolLengths } = segment.segment;
  const lengths = field === "identifiers" ? identifierLengths : symbolLengths;
  for (let index = 0; index < postings.length; index++) {
    const document: number = postings.documents[index] ?? 0;
    const at = segment.firstDocument + document;
    if (corpus.live[at] !== 1) continue;
    const count = postings.counts[index] ?? 0;
    scores[at] = (scores[at] ?? 0) + worth * occurrence(count, lengths[document] ?? 0, average, bm25);
  }
}
