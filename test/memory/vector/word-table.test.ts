import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { dot, quantise } from "../../../daemon/memory/vector/unit-vector.ts";
import { loadWordTable, readWordTable, rowCounts } from "../../../daemon/memory/vector/word-table.ts";
import { stemOf, subWords, wordsOf } from "../../../daemon/memory/vector/word-tokens.ts";

const table = await loadWordTable();
const read = (name: string) => readFileSync(new URL(`./code-words/${name}`, import.meta.url), "utf8");
const stems = read("stems.tsv")
  .trim()
  .split("\n")
  .map((line) => line.split("\t"));
const pairs: { a: string; b: string; cosine: number }[] = JSON.parse(read("check.json"));

it.each(stems)("stems %s to %s", (word, stem) => {
  expect(stemOf(word ?? "")).toBe(stem);
});

it.each(pairs)("finds “$a” and “$b” as near as they were trained", ({ a, b, cosine }) => {
  expect(Math.abs(dot(table.textVector(a), table.textVector(b)) - cosine)).toBeLessThan(1e-4);
});

it("splits identifiers into stemmed sub-words", () => {
  expect(wordsOf("parseHTTPCookies_v2(__init__, 9to5)")).toEqual(["parseHTTPCookies_v2", "__init__", "to5"]);
  expect(subWords("parseHTTPCookies_v2")).toEqual(["pars", "http", "cooky", "2"]);
});

it("knows the rows of an identifier, and none of a word outside its vocabulary", () => {
  expect(table.rowsOf("parseCookies").map((row) => table.vocabulary[row])).toEqual(["pars", "cooky"]);
  expect(table.rowsOf("zzqqxy")).toEqual([]);
});

it("weighs a chunk's rows by count and by rarity, and gives unit length", () => {
  const counts = rowCounts(table);
  for (const word of ["cookie", "cookie", "server"]) counts.add(word);
  const plain = table.chunkVector(counts, () => 1);
  expect(dot(plain, table.textVector("cookie server cookie"))).toBeCloseTo(1, 5);
  const [cookie = -1] = table.rowsOf("cookie");
  const onlyCookie = table.chunkVector(counts, (row) => (row === cookie ? 1 : 0));
  expect(dot(onlyCookie, table.textVector("cookie"))).toBeCloseTo(1, 5);
});

it("forgets the counts of the chunk before", () => {
  const counts = rowCounts(table);
  counts.add("server", 3);
  counts.clear();
  counts.add("cookie");
  expect(counts.distinct).toBe(1);
  expect(
    dot(
      table.chunkVector(counts, () => 1),
      table.textVector("cookie"),
    ),
  ).toBeCloseTo(1, 5);
});

it("counts each term of a query once", () => {
  const once = table.queryVector(["cookie", "server"], () => 1);
  expect(
    dot(
      once,
      table.queryVector(["cookie", "cookies", "server", "cookie"], () => 1),
    ),
  ).toBeCloseTo(1, 5);
});

it("gives zeros for words that it does not know", () => {
  expect(table.textVector("zzqqxy").every((value) => value === 0)).toBe(true);
  expect(table.chunkVector(rowCounts(table), () => 1).every((value) => value === 0)).toBe(true);
});

it("keeps a vector's direction in one byte a number", () => {
  const vector = table.textVector("parse the configuration file");
  const bytes = new Int8Array(256);
  quantise(vector, bytes, 128);
  expect(bytes.subarray(0, 128).every((value) => value === 0)).toBe(true);
  const back = Float32Array.from(bytes.subarray(128), (value) => value / 127);
  expect(dot(vector, back) / Math.sqrt(dot(back, back))).toBeGreaterThan(0.999);
});

it("takes any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const vector = table.textVector(text);
      const length = Math.sqrt(dot(vector, vector));
      return length === 0 || Math.abs(length - 1) < 1e-5;
    }),
  );
});

it.each([
  ["a file is missing", { "rows.int8": 128 }],
  ["files do not fit each other", { "rows.int8": 127, "scale-weight.f32": 8, "vocabulary.txt": 1 }],
  ["a scale is no number", { "rows.int8": 128, "scale-weight.f32": 8, "vocabulary.txt": 1 }],
])("says so when %s", async (_, sizes) => {
  const folder = mkdtempSync(join(tmpdir(), "nexus-table-"));
  mkdirSync(folder, { recursive: true });
  for (const [name, size] of Object.entries(sizes)) writeFileSync(join(folder, name), Buffer.alloc(size, 0xff));
  const result = await readWordTable(folder, "broken");
  expect(result).toMatchObject({ ok: false, error: { message: expect.stringContaining(folder) } });
});
