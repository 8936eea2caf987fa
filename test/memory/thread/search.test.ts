import { beforeEach, describe, expect, it } from "vitest";
import { paged } from "../../../daemon/memory/thread/pages.ts";
import { search as searchIn } from "../../../daemon/memory/thread/search.ts";
import type { Workspace } from "../../../daemon/memory/thread/workspace.ts";
import type { Params } from "../../../protocol/index.ts";
import { NEVER, openIndexes } from "../index/world.ts";
import { type Workspace as Files, repository, temporaryFolder } from "../sources/workspace.ts";

let files: Files;
let index: Workspace;

beforeEach(async () => {
  files = repository();
  files.write(
    "src/cart.ts",
    "/** What a customer wants to buy. */\nexport class Cart {\n  add(price: number) {\n    return renderTotal(price);\n  }\n}\n",
  );
  files.write("src/total.ts", "export function renderTotal(price: number) {\n  return price * 2;\n}\n");
  files.write("src/cookie.py", "def parse_header(text):\n    return text.split(';')\n");
  files.write("test/cart.test.ts", "import { Cart } from '../src/cart.ts';\nnew Cart().add(1);\n");
  files.write("docs/cart.md", "# Cart\n\nA cart renders its total.\n");
  for (let number = 0; number < 30; number++) files.write(`many/${number}.ts`, `export const entry${number} = 1;\n`);
  files.commit();
  const { workspaces, updated } = openIndexes(temporaryFolder());
  index = await updated(files.root);
  return () => workspaces.close();
});

const noMeaning = async () => ({ vectors: undefined, degraded: null });

async function search(query: string, more: Partial<Params<"memory/search">> = {}) {
  return searchIn(index, { workspace: files.root, query, ...more }, noMeaning, NEVER);
}

const pathsOf = async (query: string, more: Partial<Params<"memory/search">> = {}) =>
  (await search(query, more)).results.map(({ path }) => path);

describe("ranked search", () => {
  it("puts the code before its tests and documents, and says why", async () => {
    const { results } = await search("renderTotal of the cart");
    expect(
      results
        .map(({ path }) => path)
        .slice(0, 2)
        .sort(),
    ).toEqual(["src/cart.ts", "src/total.ts"]);
    const [total] = results.filter(({ path }) => path === "src/total.ts");
    expect(total).toMatchObject({ symbol: "renderTotal", kind: "function", startLine: 1, endLine: 3 });
    expect(total?.snippet).toContain("export function renderTotal");
    expect(total?.why.join("; ")).toMatch(/uses “rendertotal”/);
  });

  it("lets only what the filters want through, with the same scores", async () => {
    const all = await search("cart");
    const scoreOf = new Map(all.results.map(({ path, score }) => [path, score]));
    const some = await search("cart", { paths: ["src/*.ts", "!src/t*.ts"] });
    expect(some.results.map(({ path }) => path)).toEqual(["src/cart.ts"]);
    for (const { path, score } of some.results) expect(score).toBe(scoreOf.get(path));
    expect(await pathsOf("cart", { languages: ["markdown"] })).toEqual(["docs/cart.md"]);
    expect(await pathsOf("cart price", { kinds: ["class"] })).toEqual(["src/cart.ts"]);
  });

  it("finds nothing for nothing", async () => {
    for (const query of ["", "   ", "the of and", "zzzzqqqq"]) {
      const found = await pathsOf(query);
      expect(found.length).toBeLessThanOrEqual(20);
      expect(new Set(found).size).toBe(found.length);
    }
  });

  it("pages through the same order", async () => {
    const whole = await pathsOf("entry", { limit: 12 });
    const first = await search("entry", { limit: 5 });
    const second = await search("entry", { limit: 5, cursor: first.nextCursor ?? "" });
    expect([...first.results, ...second.results].map(({ path }) => path)).toEqual(whole.slice(0, 10));
  });

  it("refuses a cursor of another state, and one that is none", async () => {
    const { nextCursor } = await search("entry", { limit: 5 });
    files.write("src/later.ts", "export const later = 1;\n");
    await index.update(NEVER);
    for (const cursor of [nextCursor ?? "", "", "x", "1:-1", "1:2:3"])
      await expect(search("entry", { limit: 5, cursor })).rejects.toMatchObject({
        value: { code: "memory.bad_cursor" },
      });
  });
});

describe("symbol search", () => {
  it.each([
    ["renderTotal", "src/total.ts", "renderTotal"],
    ["rendertotal", "src/total.ts", "renderTotal"],
    ["render", "src/total.ts", "renderTotal"],
    ["Total", "src/total.ts", "renderTotal"],
    ["rndrTtl", "src/total.ts", "renderTotal"],
    ["Cart.add", "src/cart.ts", "Cart.add"],
    ["Cart#add", "src/cart.ts", "Cart.add"],
    ["parse_header", "src/cookie.py", "parse_header"],
  ])("finds %s", async (query, path, symbol) => {
    const { results } = await search(query, { mode: "symbol", limit: 1 });
    expect(results).toMatchObject([{ path, symbol }]);
  });

  it("prefers the same name, then its beginning, then what holds it", async () => {
    files.write("src/names.ts", "export const anAdd = 1;\nexport const addMore = 1;\nexport const add = 1;\n");
    await index.update(NEVER);
    const { results } = await search("add", { mode: "symbol", paths: ["src/names.ts"] });
    expect(results.map(({ symbol }) => symbol)).toEqual(["add", "addMore", "anAdd"]);
  });

  it("wants the kind that is asked for", async () => {
    const { results } = await search("Cart", { mode: "symbol", kinds: ["class"] });
    expect(results.map(({ path, symbol }) => `${path} ${symbol}`)).toEqual(["src/cart.ts Cart"]);
  });

  it("finds none within another container", async () => {
    expect(await pathsOf("Basket.add", { mode: "symbol" })).toEqual([]);
  });
});

describe("search by pattern", () => {
  it("finds lines in the order of paths and lines", async () => {
    const { results } = await search("price: \\w+", { mode: "regex" });
    expect(results.map(({ path, startLine }) => `${path}:${startLine}`)).toEqual(["src/cart.ts:3", "src/total.ts:1"]);
  });

  it("pages", async () => {
    const first = await search("entry\\d+", { mode: "regex", limit: 20 });
    const second = await search("entry\\d+", { mode: "regex", limit: 20, cursor: first.nextCursor ?? "" });
    expect([first.results.length, second.results.length, second.nextCursor]).toEqual([20, 10, null]);
  });

  it("refuses a pattern that is none, and one without an end", async () => {
    await expect(search("(", { mode: "regex" })).rejects.toMatchObject({ value: { code: "memory.bad_pattern" } });
    files.write("src/evil.txt", `${"a".repeat(400)}!\n`);
    await index.update(NEVER);
    await expect(search("^(a+)+$", { mode: "regex" })).rejects.toMatchObject({
      value: { code: "memory.bad_pattern" },
    });
  });

  it("ends when it is cancelled", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    const params = { workspace: files.root, query: "x", mode: "regex" as const };
    await expect(searchIn(index, params, noMeaning, signal)).rejects.toThrow("enough");
  });
});

it("pages through lists that are at hand", () => {
  const items = ["a", "b", "c", "d", "e"];
  const first = paged(items, { limit: 2 }, "7", 3);
  expect(first).toEqual({ items: ["a", "b"], nextCursor: "7:2" });
  expect(paged(items, { cursor: "7:2" }, "7", 3)).toEqual({ items: ["c", "d", "e"], nextCursor: null });
  expect(() => paged(items, { cursor: "7:2" }, "8", 3)).toThrow();
});
