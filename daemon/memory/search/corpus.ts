/** The segments of an index as one list of documents and chunks, seen through the files of one workspace. */
import type { ChunkVectors } from "../index/chunk-vectors.ts";
import { wordKey } from "../index/hash.ts";
import { createPostingsReader, findKey, type Postings } from "../index/postings.ts";
import type { Field, Segment } from "../index/segment.ts";

export interface CorpusSegment {
  readonly segment: Segment;
  /** Null where they are not made yet. */
  readonly vectors: ChunkVectors | null;
  readonly firstDocument: number;
  readonly firstChunk: number;
  readonly documentOfChunk: Uint32Array;
  /** Words of each document. */
  readonly wordsOf: Uint32Array;
}

/** One state of one workspace; made anew when a file changes. */
export interface Corpus {
  readonly segments: readonly CorpusSegment[];
  readonly documents: number;
  readonly chunks: number;
  /** Sorted. */
  readonly paths: readonly string[];
  /** Of each path its document, or -1 for a file that has none. */
  readonly documentOf: Int32Array;
  /** 1 for documents that a path of this workspace has. */
  readonly live: Uint8Array;
  readonly liveDocuments: number;
  readonly liveChunks: number;
  readonly chunkWords: number;
  readonly identifierCount: number;
  readonly symbolWords: number;
}

/** What does not depend on who looks: kept as long as the segment. */
export type SegmentInMemory = Omit<CorpusSegment, "firstDocument" | "firstChunk">;

export function segmentInMemory(segment: Segment, vectors: ChunkVectors | null): SegmentInMemory {
  const documentOfChunk = new Uint32Array(segment.chunks);
  const wordsOf = new Uint32Array(segment.documents);
  for (let document = 0; document < segment.documents; document++) {
    const to = segment.chunkStarts[document + 1] ?? 0;
    for (let chunk = segment.chunkStarts[document] ?? 0; chunk < to; chunk++) {
      documentOfChunk[chunk] = document;
      wordsOf[document] = (wordsOf[document] ?? 0) + (segment.chunkLengths[chunk] ?? 0);
    }
  }
  return { segment, vectors, documentOfChunk, wordsOf };
}

export function createCorpus(
  segments: readonly SegmentInMemory[],
  paths: readonly string[],
  placeOf: (path: string) => { readonly segment: number; readonly document: number } | undefined,
): Corpus {
  const placed: CorpusSegment[] = [];
  let documents = 0;
  let chunks = 0;
  for (const own of segments) {
    placed.push({ ...own, firstDocument: documents, firstChunk: chunks });
    documents += own.segment.documents;
    chunks += own.segment.chunks;
  }
  const documentOf = new Int32Array(paths.length).fill(-1);
  const live = new Uint8Array(documents);
  for (const [index, path] of paths.entries()) {
    const place = placeOf(path);
    const own = place === undefined ? undefined : placed[place.segment];
    if (own === undefined || place === undefined) continue;
    documentOf[index] = own.firstDocument + place.document;
    live[own.firstDocument + place.document] = 1;
  }
  return { segments: placed, documents, chunks, paths, documentOf, live, ...lengthsOf(placed, live) };
}

function lengthsOf(segments: readonly CorpusSegment[], live: Uint8Array) {
  const sums = { liveDocuments: 0, liveChunks: 0, chunkWords: 0, identifierCount: 0, symbolWords: 0 };
  for (const { segment, firstDocument, wordsOf } of segments)
    for (let document = 0; document < segment.documents; document++) {
      if (live[firstDocument + document] !== 1) continue;
      const [from = 0, to = 0] = [segment.chunkStarts[document], segment.chunkStarts[document + 1]];
      sums.liveDocuments++;
      sums.liveChunks += to - from;
      sums.chunkWords += wordsOf[document] ?? 0;
      sums.identifierCount += segment.identifierLengths[document] ?? 0;
      sums.symbolWords += segment.symbolLengths[document] ?? 0;
    }
  return sums;
}

const readPostings = createPostingsReader();

/** The list of a word in a segment; overwritten by the next call. Undefined where the segment has none. */
export function postingsOf({ segment }: CorpusSegment, field: Field, key: number): Postings | undefined {
  const { keys, offsets, lists } = segment.fields[field];
  const place = findKey(keys, key);
  return place < 0 ? undefined : readPostings(lists, offsets[place] ?? 0, offsets[place + 1] ?? 0);
}

/** Documents that hold a whole identifier, upper and lower case alike, live or not. */
export function eachMentioning(corpus: Corpus, identifier: string, onDocument: (document: number) => void): void {
  const key = wordKey(identifier.toLowerCase());
  for (const segment of corpus.segments) {
    const postings = postingsOf(segment, "identifiers", key);
    if (postings === undefined) continue;
    for (let index = 0; index < postings.length; index++)
      onDocument(segment.firstDocument + (postings.documents[index] ?? 0));
  }
}
