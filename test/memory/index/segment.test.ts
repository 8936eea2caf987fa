import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkVectors } from "../../../daemon/memory/index/chunk-vectors.ts";
import { createPostingsReader } from "../../../daemon/memory/index/postings.ts";
import { decodeSegment, FIELDS, type Segment } from "../../../daemon/memory/index/segment.ts";
import { type BuiltSegment, createSegmentBuilder } from "../../../daemon/memory/index/segment-builder.ts";
import { mergeSegments } from "../../../daemon/memory/index/segment-merge.ts";
import { createWordSplitter } from "../../../daemon/memory/index/word-splitter.ts";
import { loadWordTable } from "../../../daemon/memory/vector/word-table.ts";

const table = await loadWordTable();
const weights = new Float32Array(table.size).fill(1);

function built(texts: readonly string[]): BuiltSegment {
  const builder = createSegmentBuilder(createWordSplitter((word) => table.rowsOf(word)));
  for (const text of texts) builder.add(text, text.split(/\s+/).slice(0, 2));
  return builder.build();
}

function decoded(bytes: Uint8Array): Segment {
  const segment = decodeSegment(bytes);
  if (segment === undefined) throw new Error("no segment");
  return segment;
}

/** All that is in a segment, as plain data. */
function plain(segment: Segment) {
  const read = createPostingsReader();
  const fields = FIELDS.map((field) => {
    const { keys, offsets, lists } = segment.fields[field];
    return [...keys].map((key, place) => {
      const { documents, counts, length } = read(lists, offsets[place] ?? 0, offsets[place + 1] ?? 0);
      return [key, [...documents.slice(0, length)], [...counts.slice(0, length)]];
    });
  });
  const { documents, chunks, chunkStarts, chunkLengths, identifierLengths, symbolLengths } = segment;
  return {
    documents,
    chunks,
    fields,
    lists: [chunkStarts, chunkLengths, identifierLengths, symbolLengths].map(String),
  };
}

const word = fc.constantFrom("render", "Total", "parseCookie", "cart_price", "größe", "x", "404", "日本語", "retry");
const text = fc
  .array(fc.tuple(word, fc.constantFrom(" ", "\n", "\n\n\n", ".")), { maxLength: 120 })
  .map((pieces) => pieces.map(([own, gap]) => own + gap).join(""));

describe("a segment", () => {
  it("is undefined when it is cut anywhere", () => {
    const { bytes } = built(["render the total\n", "retry\n".repeat(50)]);
    for (let length = 0; length < bytes.length; length++) expect(decodeSegment(bytes.slice(0, length))).toBeUndefined();
  });

  it("is undefined when a bit has flipped", () => {
    const { bytes } = built(["render the total\n", "retry\n".repeat(50)]);
    for (let place = 0; place < bytes.length; place++) {
      const own = bytes.slice();
      own[place] = (own[place] ?? 0) ^ (1 << (place % 8));
      expect(decodeSegment(own)).toBeUndefined();
    }
  });

  it("is undefined for any other bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => decodeSegment(bytes.slice()) === undefined));
  });

  it("has windows of 40 lines, and one at least", () => {
    const starts = (source: string) => [...decoded(built([source]).bytes).chunkStarts];
    expect(starts("")).toEqual([0, 1]);
    expect(starts("a line\n".repeat(40))).toEqual([0, 1]);
    expect(starts("a line\n".repeat(41))).toEqual([0, 2]);
    expect(starts("a line\n".repeat(80))).toEqual([0, 2]);
    expect(starts("\n".repeat(200))).toEqual([0, 5]);
  });

  it("does not remember the segment before", () => {
    const builder = createSegmentBuilder(createWordSplitter((own) => table.rowsOf(own)));
    builder.add("something quite different\n", ["different"]);
    builder.build();
    builder.add("render total\n", ["render", "total"]);
    const { bytes, chunkRows } = builder.build();
    expect({ bytes, chunkRows }).toEqual({
      bytes: built(["render total\n"]).bytes,
      chunkRows: built(["render total\n"]).chunkRows,
    });
  });
});

describe("merged segments", () => {
  const groups = fc.array(fc.array(fc.record({ text, stays: fc.boolean() }), { maxLength: 5 }), { maxLength: 4 });

  it("equal one that was built of the same texts at once", () => {
    fc.assert(
      fc.property(groups, (all) => {
        const sources = all.map((group) => {
          const { bytes, chunkRows } = built(group.map((each) => each.text));
          const segment = decoded(bytes);
          const vectors = chunkVectors(chunkRows, segment.chunks, table, weights);
          return { segment, chunkRows, vectors, keeps: (document: number) => group[document]?.stays === true };
        });
        const merged = mergeSegments(sources, table.dimensions);
        const once = built(all.flat().flatMap((each) => (each.stays ? [each.text] : [])));
        const whole = decoded(once.bytes);
        expect(plain(decoded(merged.bytes))).toEqual(plain(whole));
        expect(merged.vectors).toEqual(chunkVectors(merged.chunkRows, whole.chunks, table, weights));
        expect(rounded(merged.vectors?.lengths)).toEqual(
          rounded(chunkVectors(once.chunkRows, whole.chunks, table, weights).lengths),
        );
        expect(merged.documents.flatMap((numbers) => [...numbers])).toEqual(numbersOf(all.flat()));
      }),
    );
  });

  it("have no vectors when one of them has none", () => {
    const { bytes, chunkRows } = built(["render"]);
    const own = { segment: decoded(bytes), chunkRows, keeps: () => true };
    const vectors = chunkVectors(chunkRows, 1, table, weights);
    expect(
      mergeSegments(
        [
          { ...own, vectors },
          { ...own, vectors: undefined },
        ],
        128,
      ).vectors,
    ).toBeUndefined();
  });
});

/** Rows of a chunk come in the order in which their words were first met, so sums differ in their last digits. */
function rounded(lengths: Float32Array | undefined): number[] {
  return [...(lengths ?? [])].map((length) => Math.round(length * 1000) / 1000);
}

function numbersOf(all: readonly { readonly stays: boolean }[]): number[] {
  let next = 0;
  return all.map(({ stays }) => (stays ? next++ : -1));
}
