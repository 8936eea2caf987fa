/** From hits to scores. */
import { expect, it } from "vitest";
import { hitScores } from "../../../daemon/memory/embedding/meaning.ts";
import type { Corpus } from "../../../daemon/memory/search/corpus.ts";

/** Documents a (3 chunks) and b (1) in one segment, c (2) in another, where a second path has b's content too. */
const corpus = {
  segments: [
    { firstDocument: 0, firstChunk: 0, segment: { chunkStarts: Uint32Array.of(0, 3, 4) } },
    { firstDocument: 2, firstChunk: 4, segment: { chunkStarts: Uint32Array.of(0, 2) } },
  ],
  documents: 3,
  chunks: 6,
  paths: ["a", "b", "b2", "c", "gone"],
  documentOf: Int32Array.of(0, 1, 1, 2, -1),
} as unknown as Corpus;

const PLACES: Record<string, { path: string; chunk: number }[]> = {
  a0: [{ path: "a", chunk: 0 }],
  a2: [{ path: "a", chunk: 2 }],
  both: [
    { path: "b", chunk: 0 },
    { path: "c", chunk: 1 },
  ],
  beyond: [
    { path: "b", chunk: 7 },
    { path: "unknown", chunk: 0 },
    { path: "gone", chunk: 0 },
  ],
};
const scoresOf = (hits: readonly { key: string; score: number }[]) => {
  const { scores, chunks } = hitScores(corpus, hits, (key) => PLACES[key] ?? []);
  const rounded = (values: Float32Array) => [...values].map((value) => Math.round(value * 1000) / 1000);
  return { scores: rounded(scores), chunks: rounded(chunks) };
};

it("counts each file's best three from the weakest hit upwards", () => {
  const hits = [
    { key: "a0", score: 0.9 },
    { key: "both", score: 0.8 },
    { key: "a2", score: 0.6 },
    { key: "stale", score: 0.4 },
  ];
  expect(scoresOf(hits)).toEqual({ scores: [0.6, 0.4, 0.4, 0.4, 0], chunks: [0.5, 0, 0.2, 0.4, 0, 0.4] });
});

it("lets a single hit count, and leaves out what stands nowhere", () => {
  expect(scoresOf([{ key: "a0", score: 0.3 }]).scores).toEqual([0.3, 0, 0, 0, 0]);
  expect(scoresOf([{ key: "beyond", score: 0.9 }]).chunks).toEqual([0, 0, 0, 0, 0, 0]);
  expect(scoresOf([]).scores).toEqual([0, 0, 0, 0, 0]);
});
