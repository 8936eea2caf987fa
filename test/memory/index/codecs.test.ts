import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FileFacts, REFERENCE_KINDS, SYMBOL_KINDS } from "../../../daemon/memory/code/facts.ts";
import {
  areChunkRows,
  chunkVectors,
  countRows,
  decodeVectors,
  encodeChunkRows,
  encodeVectors,
  rowWeights,
  UNIT,
} from "../../../daemon/memory/index/chunk-vectors.ts";
import { createCounter } from "../../../daemon/memory/index/counter.ts";
import { decodeFacts, encodeFacts } from "../../../daemon/memory/index/facts-codec.ts";
import { createByteReader, createByteWriter } from "../../../daemon/memory/index/grow.ts";
import { wordKey } from "../../../daemon/memory/index/hash.ts";
import { createPostingsLog, createPostingsReader, findKey } from "../../../daemon/memory/index/postings.ts";
import { createWordSplitter } from "../../../daemon/memory/index/word-splitter.ts";
import { createWordTable, eachWord } from "../../../daemon/memory/index/words.ts";
import { loadWordTable } from "../../../daemon/memory/vector/word-table.ts";

const line = fc.integer({ min: 1, max: 100_000 });
const text = fc.string({ unit: "grapheme", maxLength: 12 });
const symbol = fc
  .record({
    name: text,
    kind: fc.constantFrom(...SYMBOL_KINDS),
    startLine: line,
    length: fc.nat(500),
    line,
    column: fc.nat(300),
    signature: text,
    doc: text,
    parent: fc.integer({ min: -1, max: 50 }),
  })
  .map(({ length, ...own }) => ({ ...own, endLine: own.startLine + length }));
const reference = fc.record({
  name: text,
  kind: fc.constantFrom(...REFERENCE_KINDS),
  line,
  within: fc.integer({ min: -1, max: 50 }),
});
const facts: fc.Arbitrary<FileFacts> = fc.record({
  language: fc.option(fc.constantFrom("typescript", "go", "python")),
  symbols: fc.array(symbol, { maxLength: 20 }),
  references: fc.array(reference, { maxLength: 20 }),
  imports: fc.array(fc.record({ target: text, line, names: fc.array(text, { maxLength: 3 }) }), { maxLength: 5 }),
  broken: fc.boolean(),
});

describe("facts as bytes", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(facts, (own) => {
        expect(decodeFacts(encodeFacts(own))).toEqual(own);
      }),
    );
  });

  it("are undefined or facts when the bytes are cut or changed, and nothing is thrown", () => {
    fc.assert(
      fc.property(facts, fc.nat(), fc.nat(255), (own, at, byte) => {
        const bytes = encodeFacts(own);
        expect(decodeFacts(bytes.subarray(0, at % bytes.length))).toBeUndefined();
        bytes[at % bytes.length] = byte;
        expect(decodeFacts(bytes)?.symbols ?? []).toBeInstanceOf(Array);
      }),
    );
  });
});

describe("whole numbers and texts", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.maxSafeNat(), text)), (pairs) => {
        const writer = createByteWriter(1);
        for (const [number, own] of pairs) {
          writer.varint(number);
          writer.text(own);
        }
        const reader = createByteReader(writer.written());
        expect(pairs.map(() => [reader.varint(), reader.text()])).toEqual(pairs);
        expect(reader.done).toBe(true);
      }),
    );
  });
});

describe("lists of words", () => {
  const entries = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 70_000 })), { maxLength: 200 });

  it("hold each word's documents and counts", () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 30 }), (documents) => {
        const log = createPostingsLog();
        const keys = Float64Array.from({ length: 31 }, (_, word) => wordKey(`word ${word}`));
        const wanted = new Map<number, [number, number][]>();
        for (const [document, words] of documents.entries())
          for (const [word, count] of new Map(words)) {
            log.add(word, document, count);
            wanted.set(word, [...(wanted.get(word) ?? []), [document, Math.min(count, 0xffff)]]);
          }
        const writer = createByteWriter();
        const dictionary = log.encode(keys, 31, writer);
        expect([...dictionary.keys]).toEqual([...dictionary.keys].sort((first, second) => first - second));
        const read = createPostingsReader();
        for (let word = 0; word < 31; word++) {
          const place = findKey(dictionary.keys, keys[word] ?? 0);
          expect(place >= 0).toBe(wanted.has(word));
          if (place < 0) continue;
          const list = read(writer.written(), dictionary.offsets[place] ?? 0, dictionary.offsets[place + 1] ?? 0);
          const found = [...list.documents.slice(0, list.length)].map((own, index) => [own, list.counts[index]]);
          expect(found).toEqual(wanted.get(word));
        }
      }),
    );
  });

  it("read any bytes without an end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(createPostingsReader()(bytes, 0, bytes.length).length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

it("counts, tells once, and forgets", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(20_000))), (rounds) => {
      const counter = createCounter();
      for (const round of rounds) {
        for (const number of round) counter.add(number, 2);
        const told = new Map<number, number>();
        counter.drain((number, count) => told.set(number, count));
        expect([...told.keys()]).toEqual([...new Set(round)]);
        expect([...told.values()].reduce((sum, count) => sum + count, 0)).toBe(round.length * 2);
      }
    }),
  );
});

describe("words of a text", () => {
  const wordsOf = (source: string) => {
    const words: string[] = [];
    let lines = 0;
    eachWord(source, { word: (start, end) => words.push(source.slice(start, end)), line: () => void lines++ });
    return { words, lines };
  };

  it("are runs of letters, digits, _ and $ of two characters and more", () => {
    expect(wordsOf("const $a = renderTotal(x_1, b);\n// größe 2048 日本語 — a…b\n").words).toEqual([
      ...["const", "$a", "renderTotal", "x_1", "größe", "2048", "日本語"],
    ]);
  });

  it("are no data: very long words and numbers are left out", () => {
    expect(wordsOf(`${"x".repeat(100)} ${"y".repeat(101)} 123456 1234567`).words).toEqual(["x".repeat(100), "123456"]);
  });

  it("have lines as often as there are line ends", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\n", " ", "\r\n") }), (source) => {
        expect(wordsOf(source).lines).toBe(source.split("\n").length - 1);
      }),
    );
  });

  it("are found again by their hash, in any case", async () => {
    const table = await loadWordTable();
    const words = createWordTable(createWordSplitter((part) => table.rowsOf(part)));
    const numbers: number[] = [];
    const source = `renderTotal RenderTotal ${Array.from({ length: 40_000 }, (_, word) => `w${word}`).join(" ")} renderTotal`;
    eachWord(source, {
      word: (start, end, first, second) => numbers.push(words.wordAt(source, start, end, first, second)),
      line: () => {},
    });
    expect(numbers.at(-1)).toBe(numbers[0]);
    expect(new Set(numbers).size).toBe(40_002);
    expect(words.identifiers()[numbers[0] ?? 0]).toBe(words.identifiers()[numbers[1] ?? 0]);
    expect(words.identifierKeys()[words.identifiers()[numbers[0] ?? 0] ?? 0]).toBe(wordKey("rendertotal"));
  });
});

it("names texts by whole numbers below 2^52 that differ", () => {
  const keys = Array.from({ length: 100_000 }, (_, word) => wordKey(`name${word}`));
  expect(keys.every((key) => Number.isInteger(key) && key >= 0 && key < 2 ** 52)).toBe(true);
  expect(new Set(keys).size).toBe(keys.length);
});

describe("vectors of chunks", () => {
  const chunks = [["render", "total", "total"], ["parse", "cookie"], []];

  async function rowsOf() {
    const table = await loadWordTable();
    const starts = [0];
    const rows: number[] = [];
    const counts: number[] = [];
    for (const words of chunks) {
      const own = Map.groupBy(
        words.flatMap((word) => table.rowsOf(word)),
        (row) => row,
      );
      for (const [row, all] of own) {
        rows.push(row);
        counts.push(all.length);
      }
      starts.push(rows.length);
    }
    const bytes = encodeChunkRows({
      starts: Uint32Array.from(starts),
      rows: Uint16Array.from(rows),
      counts: Uint8Array.from(counts),
    });
    return { table, bytes };
  }

  it("are the table's own, but for rounding", async () => {
    const { table, bytes } = await rowsOf();
    const frequencies = new Uint32Array(table.size);
    countRows(bytes, frequencies, () => true);
    const weights = rowWeights({ generation: 1, table: table.name, chunks: 3, frequencies });
    const { units, lengths } = chunkVectors(bytes, 3, table, weights);
    for (const [chunk, words] of chunks.entries()) {
      const counts = Map.groupBy(
        words.flatMap((word) => table.rowsOf(word)),
        (row) => row,
      );
      const exact = new Float64Array(table.dimensions);
      for (const [row, all] of counts)
        for (let place = 0; place < exact.length; place++)
          exact[place] =
            (exact[place] ?? 0) +
            Math.log1p(all.length) * (weights[row] ?? 0) * (table.rows[row * table.dimensions + place] ?? 0);
      const norm = Math.hypot(...exact);
      expect(lengths[chunk]).toBeCloseTo(norm, 3);
      for (let place = 0; place < exact.length; place++)
        expect(
          Math.abs((units[chunk * table.dimensions + place] ?? 0) - ((exact[place] ?? 0) / (norm || 1)) * UNIT),
        ).toBeLessThanOrEqual(0.51);
    }
  });

  it("come back from bytes, and only from the right number of them", async () => {
    const { table, bytes } = await rowsOf();
    const made = chunkVectors(bytes, 3, table, new Float32Array(table.size).fill(1));
    const stored = encodeVectors(made);
    expect(decodeVectors(stored, 3, table.dimensions)).toEqual(made);
    expect(decodeVectors(stored, 2, table.dimensions)).toBeUndefined();
    expect(decodeVectors(stored.subarray(1), 3, table.dimensions)).toBeUndefined();
  });

  it("are not made of damaged bytes", async () => {
    const { bytes } = await rowsOf();
    expect(areChunkRows(bytes, 3)).toBe(true);
    expect(areChunkRows(bytes, 4)).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(9), (any, count) => {
        expect([true, false]).toContain(areChunkRows(any, count));
      }),
    );
    expect(areChunkRows(Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 1), 1)).toBe(false);
  });
});
