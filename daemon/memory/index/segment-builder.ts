/** Collects file contents until they are made into a segment. One builder a thread; its words outlive its segments. */
import { encodeChunkRows } from "./chunk-vectors.ts";
import { createCounter } from "./counter.ts";
import { createByteWriter, grown } from "./grow.ts";
import { createPostingsLog } from "./postings.ts";
import { CHUNK_LINES, encodeSegment } from "./segment.ts";
import { createWordTable, eachWord, type WordSplitter } from "./words.ts";

export interface BuiltSegment {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly documents: number;
  readonly chunks: number;
  /** Rows of the words' table by chunk (chunk-vectors.ts). */
  readonly chunkRows: Uint8Array<ArrayBuffer>;
}

export interface SegmentBuilder {
  /** Adds a content and answers with its number of chunks. */
  add(text: string, symbolNames: readonly string[]): number;
  readonly documents: number;
  readonly characters: number;
  /** The segment of all that was added since the last call. */
  build(): BuiltSegment;
}

/** Words of a thread before it forgets them: some 100 MB. */
const MAX_WORDS = 400_000;
const MAX_CHUNK_LENGTH = 0xffff;

export function createSegmentBuilder(splitter: WordSplitter): SegmentBuilder {
  let table = createWordTable(splitter);
  const termLog = createPostingsLog();
  const identifierLog = createPostingsLog();
  const symbolLog = createPostingsLog();
  const wordCounts = createCounter();
  const termCounts = createCounter();
  const rowCounts = createCounter();
  const identifierCounts = createCounter();
  const symbolCounts = createCounter();
  const chunkStarts: number[] = [0];
  const chunkLengths: number[] = [];
  const identifierLengths: number[] = [];
  const symbolLengths: number[] = [];
  let rowStarts: number[] = [0];
  let rows = new Uint16Array(1 << 14);
  let rowNumbers = new Uint8Array(1 << 14);
  let rowLength = 0;
  let chunkLength = 0;
  let characters = 0;

  /** What a word stands for is counted once a chunk, however often the word is there. */
  function countWord(word: number, times: number): void {
    const starts = table.termStarts();
    const terms = table.terms();
    const to = starts[word + 1] ?? 0;
    for (let at = starts[word] ?? 0; at < to; at++) termCounts.add(terms[at] ?? 0, times);
    chunkLength += (to - (starts[word] ?? 0)) * times;
    const rowsFrom = table.rowStarts();
    const rowList = table.rows();
    const rowEnd = rowsFrom[word + 1] ?? 0;
    for (let at = rowsFrom[word] ?? 0; at < rowEnd; at++) rowCounts.add(rowList[at] ?? 0, times);
    const identifier = table.identifiers()[word] ?? -1;
    if (identifier >= 0) identifierCounts.add(identifier, times);
  }

  function endChunk(): void {
    const chunk = chunkLengths.length;
    wordCounts.drain(countWord);
    termCounts.drain((term, count) => termLog.add(term, chunk, count));
    rowCounts.drain(addRow);
    rowStarts.push(rowLength);
    chunkLengths.push(Math.min(chunkLength, MAX_CHUNK_LENGTH));
    chunkLength = 0;
  }

  function addRow(row: number, count: number): void {
    rows = grown(rows, rowLength + 1, (size) => new Uint16Array(size));
    rowNumbers = grown(rowNumbers, rowLength + 1, (size) => new Uint8Array(size));
    rows[rowLength] = row;
    rowNumbers[rowLength++] = Math.min(count, 0xff);
  }

  function addWords(text: string): void {
    let line = 0;
    let words = 0;
    eachWord(text, {
      word(start, end, first, second) {
        words++;
        wordCounts.add(table.wordAt(text, start, end, first, second), 1);
      },
      line() {
        if (++line % CHUNK_LINES !== 0) return;
        endChunk();
        words = 0;
      },
    });
    // A last window without a line of its own is none, unless the text has no other.
    if (words > 0 || line % CHUNK_LINES !== 0 || line === 0) endChunk();
  }

  function endDocument(): void {
    const document = identifierLengths.length;
    let length = 0;
    identifierCounts.drain((identifier, count) => {
      length += count;
      identifierLog.add(identifier, document, count);
    });
    identifierLengths.push(length);
    chunkStarts.push(chunkLengths.length);
  }

  function addSymbols(names: readonly string[]): void {
    const document = symbolLengths.length;
    let length = 0;
    for (const name of names)
      for (const part of splitter.parts(name)) {
        const term = splitter.term(part);
        if (term === undefined) continue;
        symbolCounts.add(table.termOf(term), 1);
        length++;
      }
    symbolCounts.drain((term, count) => symbolLog.add(term, document, count));
    symbolLengths.push(length);
  }

  function reset(): void {
    for (const log of [termLog, identifierLog, symbolLog]) log.clear();
    chunkStarts.length = 1;
    for (const list of [chunkLengths, identifierLengths, symbolLengths]) list.length = 0;
    rowStarts = [0];
    rowLength = 0;
    characters = 0;
    if (table.size > MAX_WORDS) table = createWordTable(splitter);
  }

  return {
    add(text, symbolNames) {
      const before = chunkLengths.length;
      addWords(text);
      endDocument();
      addSymbols(symbolNames);
      characters += text.length;
      return chunkLengths.length - before;
    },
    get documents() {
      return identifierLengths.length;
    },
    get characters() {
      return characters;
    },
    build() {
      const documents = identifierLengths.length;
      const chunks = chunkLengths.length;
      const field = (log: typeof termLog, keys: Float64Array, count: number) => {
        const writer = createByteWriter(log.length * 2 + 16);
        const dictionary = log.encode(keys, count, writer);
        return { ...dictionary, lists: writer.written() };
      };
      const bytes = encodeSegment({
        documents,
        chunks,
        chunkStarts: Uint32Array.from(chunkStarts),
        chunkLengths: Uint16Array.from(chunkLengths),
        identifierLengths: Uint32Array.from(identifierLengths),
        symbolLengths: Uint32Array.from(symbolLengths),
        fields: {
          terms: field(termLog, table.termKeys(), table.termCount),
          identifiers: field(identifierLog, table.identifierKeys(), table.identifierCount),
          symbols: field(symbolLog, table.termKeys(), table.termCount),
        },
      });
      const chunkRows = encodeChunkRows({ starts: Uint32Array.from(rowStarts), rows, counts: rowNumbers });
      reset();
      return { bytes, documents, chunks, chunkRows };
    },
  };
}
