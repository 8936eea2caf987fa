import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chunkTexts, createReference } from "../../../bench/search/reference.ts";
import { readTable, tableStem, tableWords } from "../../../bench/search/word-table.ts";
import { analyseQuery } from "../../../daemon/memory/search/query.ts";
import type { Weights } from "../../../daemon/memory/search/ranking.ts";
import { makeHistory, open } from "../../memory/history/repository.ts";
import { makeFolder } from "../../tools/workspace.ts";

const NOTHING: Weights = {
  ...{ chunk: 0, file: 0, path: 0, symbols: 0, identifiers: 0 },
  ...{ commits: 0, messages: 0, table: 0, messageTable: 0 },
  demotion: true,
};
const FILES = [
  { path: "src/cookie.ts", text: "export function parseCookie() {}\n", symbols: ["parseCookie"] },
  { path: "src/jar.ts", text: `cookie cookie cookie\n${"bread\n".repeat(200)}`, symbols: [] },
  { path: "test/cookie.test.ts", text: "parseCookie(); cookie\n", symbols: [] },
  { path: "src/empty.ts", text: "", symbols: [] },
];

async function rank(text: string, weights: Partial<Weights>) {
  const repository = makeHistory();
  repository.commit("Parse biscuits", { "src/cookie.ts": "1" });
  const { history } = await open(repository.root);
  const reference = createReference(FILES, history, readTable(makeTable()));
  return reference.rank(analyseQuery(text), { ...NOTHING, ...weights }).map(({ path }) => path);
}

/** Two dimensions: what has to do with cookies, and all else. */
function makeTable(): string {
  const folder = makeFolder({});
  mkdirSync(`${folder}/table`);
  writeFileSync(`${folder}/table/vocabulary.txt`, "cooky\nbiscuit\nother\n");
  writeFileSync(`${folder}/table/rows.int8`, Int8Array.of(100, 0, 100, 10, 0, 100));
  writeFileSync(`${folder}/table/scale-weight.f32`, Float32Array.of(0.01, 1, 0.01, 1, 0.01, 1));
  return `${folder}/table`;
}

describe("the reference", () => {
  it.each([
    ["chunk", "cookies", "src/cookie.ts"],
    ["file", "cookies and bread", "src/jar.ts"],
    ["path", "cookie", "src/cookie.ts"],
    ["symbols", "parse a cookie", "src/cookie.ts"],
    ["identifiers", "parseCookie", "src/cookie.ts"],
    ["commits", "biscuits", "src/cookie.ts"],
    ["messages", "biscuits", "src/cookie.ts"],
    ["table", "biscuits", "src/cookie.ts"],
    ["messageTable", "biscuits", "src/cookie.ts"],
  ] as const)("ranks by %s: %s finds %s", async (part, text, path) => {
    expect((await rank(text, { [part]: 1 }))[0]).toBe(path);
  });

  it("puts tests last unless asked for them, and leaves out what has no score", async () => {
    expect((await rank("cookie", { file: 1 })).at(-1)).toBe("test/cookie.test.ts");
    expect((await rank("the test of cookie", { file: 1 }))[0]).toBe("test/cookie.test.ts");
    expect(await rank("cookie", { file: 1 })).not.toContain("src/empty.ts");
    expect(await rank("", { file: 1, table: 1 })).toEqual([]);
  });
});

it("cuts a text into windows of forty lines", () => {
  const lines = Array.from({ length: 81 }, (_, line) => `${line}`);
  expect(chunkTexts(lines.join("\n")).map((chunk) => chunk.split("\n").length)).toEqual([40, 40, 1]);
  expect(chunkTexts("")).toEqual([""]);
});

it("reads words as the word table's model card says", () => {
  expect(tableWords("parseHTTPCookies_v2 x _private")).toEqual(["pars", "http", "cooky", "2", "privat"]);
  expect(["classes", "status", "organization", "running", "tables", "api"].map(tableStem)).toEqual([
    ...["class", "status", "organiz", "run", "tabl", "api"],
  ]);
});
