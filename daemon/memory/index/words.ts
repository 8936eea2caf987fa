/**
 * From a text to counted words. Every word of the text is split and stemmed once in the life of a thread; after that an
 * occurrence costs one look-up by its hash.
 */
import { grown } from "./grow.ts";
import { FIRST_SEED, hashUnit, hashUnitAgain, SECOND_SEED, wordKey } from "./hash.ts";

export interface WordSplitter {
  /** In lower case, as often as they stand there. */
  parts(word: string): readonly string[];
  /** Of one part its stem, which a query's terms are compared with; undefined for a part that is no term. */
  term(part: string): string | undefined;
  /** Of one part its rows in the table of word vectors. */
  rows(part: string): readonly number[];
}

/** A part of words, looked up once. */
interface Part {
  /** -1: no term. */
  readonly term: number;
  readonly rows: readonly number[];
}

/** Words that one thread has met. All lists are flat: entry `word` holds `starts[word]` to `starts[word + 1]`. */
export interface WordTable {
  /** The number of the word that stands from `start` to `end`; `first` and `second` are its hash (hash.ts). */
  wordAt(text: string, start: number, end: number, first: number, second: number): number;
  /** Of each word the number of its identifier, which is the word in lower case; -1 for a number, which is none. */
  identifiers(): Int32Array;
  identifierKeys(): Float64Array;
  readonly identifierCount: number;
  termStarts(): Int32Array;
  terms(): Int32Array;
  rowStarts(): Int32Array;
  rows(): Uint16Array;
  /** Number of a term, by its text. */
  termOf(text: string): number;
  termKeys(): Float64Array;
  readonly termCount: number;
  readonly size: number;
}

const FIRST_CAPACITY = 1 << 16;

export function createWordTable(splitter: WordSplitter): WordTable {
  let capacity = FIRST_CAPACITY;
  let slots = new Int32Array(capacity).fill(-1);
  let firsts = new Int32Array(capacity);
  let seconds = new Int32Array(capacity);
  let identifiers = new Int32Array(capacity);
  let identifierKeys = new Float64Array(capacity);
  let termStarts = new Int32Array(capacity + 1);
  let rowStarts = new Int32Array(capacity + 1);
  let terms = new Int32Array(capacity * 4);
  let rows = new Uint16Array(capacity * 4);
  let termKeys = new Float64Array(capacity);
  let size = 0;
  const known = new Map<string, number>();
  const knownIdentifiers = new Map<number, number>();
  const parts = new Map<string, Part>();

  function wordAt(text: string, start: number, end: number, first: number, second: number): number {
    const mask = capacity - 1;
    for (let slot = (first ^ (second >>> 7)) & mask; ; slot = (slot + 1) & mask) {
      const word = slots[slot] ?? -1;
      if (word < 0) return add(text.slice(start, end), first, second);
      if (firsts[word] === first && seconds[word] === second) return word;
    }
  }

  function add(word: string, first: number, second: number): number {
    if (size * 2 >= capacity) enlarge();
    const index = size++;
    firsts[index] = first;
    seconds[index] = second;
    place(index, first, second);
    identifiers[index] = isDigit(word.charCodeAt(0)) ? -1 : identifierOf(word);
    appendParts(index, splitter.parts(word));
    return index;
  }

  function appendParts(index: number, texts: readonly string[]): void {
    let term = termStarts[index] ?? 0;
    let row = rowStarts[index] ?? 0;
    for (const text of texts) {
      const part = partOf(text);
      if (part.term >= 0) {
        terms = grown(terms, term + 1, (length) => new Int32Array(length));
        terms[term++] = part.term;
      }
      rows = grown(rows, row + part.rows.length, (length) => new Uint16Array(length));
      for (const number of part.rows) rows[row++] = number;
    }
    termStarts[index + 1] = term;
    rowStarts[index + 1] = row;
  }

  function partOf(text: string): Part {
    const present = parts.get(text);
    if (present !== undefined) return present;
    const term = splitter.term(text);
    const part = { term: term === undefined ? -1 : termOf(term), rows: splitter.rows(text) };
    parts.set(text, part);
    return part;
  }

  function identifierOf(word: string): number {
    const key = wordKey(word.toLowerCase());
    const present = knownIdentifiers.get(key);
    if (present !== undefined) return present;
    const identifier = knownIdentifiers.size;
    knownIdentifiers.set(key, identifier);
    identifierKeys = grown(identifierKeys, identifier + 1, (length) => new Float64Array(length));
    identifierKeys[identifier] = key;
    return identifier;
  }

  function termOf(text: string): number {
    const present = known.get(text);
    if (present !== undefined) return present;
    const term = known.size;
    known.set(text, term);
    termKeys = grown(termKeys, term + 1, (length) => new Float64Array(length));
    termKeys[term] = wordKey(text);
    return term;
  }

  function place(word: number, first: number, second: number): void {
    const mask = capacity - 1;
    let slot = (first ^ (second >>> 7)) & mask;
    while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
    slots[slot] = word;
  }

  function enlarge(): void {
    capacity *= 2;
    slots = new Int32Array(capacity).fill(-1);
    firsts = grown(firsts, capacity, (length) => new Int32Array(length));
    seconds = grown(seconds, capacity, (length) => new Int32Array(length));
    identifiers = grown(identifiers, capacity, (length) => new Int32Array(length));
    termStarts = grown(termStarts, capacity + 1, (length) => new Int32Array(length));
    rowStarts = grown(rowStarts, capacity + 1, (length) => new Int32Array(length));
    for (let word = 0; word < size; word++) place(word, firsts[word] ?? 0, seconds[word] ?? 0);
  }

  return {
    wordAt,
    identifiers: () => identifiers,
    identifierKeys: () => identifierKeys,
    get identifierCount() {
      return knownIdentifiers.size;
    },
    termStarts: () => termStarts,
    terms: () => terms,
    rowStarts: () => rowStarts,
    rows: () => rows,
    termOf,
    termKeys: () => termKeys,
    get termCount() {
      return known.size;
    },
    get size() {
      return size;
    },
  };
}

const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;

/** What a code unit below 128 is; everything above counts as a letter, but for spaces and punctuation of Unicode. */
const CLASSES = new Uint8Array(128).map((_, unit) => {
  const character = String.fromCharCode(unit);
  if (/[A-Za-z_$]/.test(character)) return LETTER;
  return /[0-9]/.test(character) ? DIGIT : OTHER;
});

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isLetterBeyondAscii(unit: number): boolean {
  // Latin-1 punctuation, general punctuation, arrows to dingbats, CJK punctuation, full-width forms, byte order mark.
  return (
    unit >= 0xc0 &&
    (unit < 0x2000 || unit > 0x2bff) &&
    (unit < 0x3000 || unit > 0x303f) &&
    (unit < 0xff00 || unit > 0xffef) &&
    unit !== 0xfeff
  );
}

/** Words longer than this are data, not words. */
const MAX_WORD = 100;
const MAX_NUMBER = 6;

/** Hears of every word of a text in order, with its hash, and of the start of every line but the first. */
export interface WordListener {
  word(start: number, end: number, first: number, second: number): void;
  line(): void;
}

export function eachWord(text: string, listener: WordListener): void {
  const length = text.length;
  let index = 0;
  while (index < length) {
    const unit = text.charCodeAt(index);
    const kind = unit < 128 ? (CLASSES[unit] ?? OTHER) : isLetterBeyondAscii(unit) ? LETTER : OTHER;
    if (kind === OTHER) {
      if (unit === 10) listener.line();
      index++;
      continue;
    }
    const start = index++;
    let first = hashUnit(FIRST_SEED, unit);
    let second = hashUnitAgain(SECOND_SEED, unit);
    for (; index < length; index++) {
      const next = text.charCodeAt(index);
      if (next < 128 ? CLASSES[next] === OTHER : !isLetterBeyondAscii(next)) break;
      first = hashUnit(first, next);
      second = hashUnitAgain(second, next);
    }
    const size = index - start;
    if (size >= 2 && size <= (kind === DIGIT ? MAX_NUMBER : MAX_WORD)) listener.word(start, index, first, second);
  }
}
