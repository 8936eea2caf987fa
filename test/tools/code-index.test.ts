import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CodeLookup, NoteFact } from "../../daemon/tools/code-lookup.ts";
import { failure, type NewFact, nexusError, ok, type SearchResult, type SymbolUse } from "../../protocol/index.ts";
import { factOf } from "../support/facts.ts";
import { RESULT } from "../support/fake-memory.ts";
import { call, contextOf, makeFolder } from "./workspace.ts";

const CART = "class Cart {\n  add(item: Item): void {\n    this.items.push(item);\n  }\n}\n";

const found: SearchResult = {
  ...RESULT,
  path: "src/cart.ts",
  symbol: "Cart.add",
  startLine: 2,
  endLine: 4,
  why: ["“add” names it", "in 3 commits about cart", "a third reason"],
  snippet: "  add(item: Item): void {\n    this.items.push(item);\n  }",
  snippetLine: 2,
};

const use: SymbolUse = {
  path: "src/checkout.ts",
  line: 2,
  kind: "call",
  within: "checkout",
  text: "  cart.add(item);",
  isTest: false,
  isSure: true,
};

interface Known {
  readonly results?: SearchResult[];
  readonly uses?: SymbolUse[];
  readonly total?: number;
}

function lookupOf({ results = [found], uses = [use], total = uses.length }: Known = {}) {
  const asked: unknown[][] = [];
  const code: CodeLookup = {
    async search(query, { limit, paths }) {
      asked.push([query, limit, ...paths]);
      return results;
    },
    async symbols(name, limit) {
      asked.push([name, limit]);
      return results;
    },
    async uses(symbol, path) {
      asked.push([symbol, path]);
      return { definitions: [], uses, total, nextCursor: null, tookMs: 1, degraded: [], stale: null };
    },
  };
  return { code, asked };
}

const failing = (error: unknown): CodeLookup => {
  const fail = () => Promise.reject(error);
  return { search: fail, symbols: fail, uses: fail };
};

function ask(root: string, tool: string, input: object, code?: CodeLookup) {
  return call(root, tool, input, { context: contextOf(root, code === undefined ? {} : { code }) });
}

describe("search_code", () => {
  it("shows path, lines, symbol, two reasons and numbered code", async () => {
    const { code, asked } = lookupOf();
    const root = makeFolder({ "src/cart.ts": CART });
    const { output, status } = await ask(root, "search_code", { query: "put into the cart", glob: "src/**" }, code);
    expect(status).toBe("done");
    expect(output).toBe(
      "src/cart.ts:2–4 Cart.add (“add” names it; in 3 commits about cart)\n2\t  add(item: Item): void {\n3\t    this.items.push(item);\n4\t  }",
    );
    expect(asked).toEqual([["put into the cart", 8, "src/**"]]);
  });

  it("shows the lines where the agent's copy has them now, and says when they are no more", async () => {
    const { code } = lookupOf();
    const moved = makeFolder({ "src/cart.ts": `// one\n// two\n${CART}` });
    expect((await ask(moved, "search_code", { query: "cart" }, code)).output).toMatch(
      /^src\/cart\.ts:4–6 .*\n4\t {2}add/,
    );
    const changed = makeFolder({ "src/cart.ts": "class Basket {}\n" });
    expect((await ask(changed, "search_code", { query: "cart" }, code)).output).toContain("(it has changed: read it)");
    const gone = makeFolder({ "README.md": "" });
    expect((await ask(gone, "search_code", { query: "cart" }, code)).output).toBe("Nothing found.");
  });

  it("shows nothing that may hold secrets, lies outside, or is no text", async () => {
    const root = makeFolder({ ".env": "KEY=1\n", "logo.png": Buffer.from([0, 1, 2]) });
    symlinkSync(join(makeFolder({ passwd: "root\n" }), "passwd"), join(root, "link"));
    symlinkSync(join(root, ".env"), join(root, "settings"));
    const paths = [".env", "settings", "link", "../outside", "/etc/passwd", "logo.png"];
    const { code } = lookupOf({ results: paths.map((path) => ({ ...found, path, snippet: "" })) });
    expect((await ask(root, "search_code", { query: "keys" }, code)).output).toBe("Nothing found.");
  });

  it("says how to go on without an index", async () => {
    const root = makeFolder();
    const without = async (code?: CodeLookup) => (await ask(root, "search_code", { query: "x" }, code)).output;
    expect(await without()).toContain("There is no code index here; use search_text.");
    const building: CodeLookup = { ...failing(undefined), search: async () => undefined };
    expect(await without(building)).toContain("still being built; use search_text");
    expect(await without(failing(nexusError("memory.index_failed")))).toContain("use search_text");
    expect((await ask(root, "search_code", { query: " " }, lookupOf().code)).status).toBe("failed");
  });
});

describe("find_symbol", () => {
  const root = () =>
    makeFolder({ "src/cart.ts": CART, "src/checkout.ts": "\nfunction checkout() {\n  cart.add(item);\n}\n" });

  it("shows definitions by name, and those of one file when it is named", async () => {
    const other = { ...found, path: "src/other.ts" };
    const { code, asked } = lookupOf({ results: [other, found] });
    const { output } = await ask(root(), "find_symbol", { name: "src/cart.ts#Cart.add" }, code);
    expect(output).toBe("src/cart.ts:2–4 method Cart.add: add(item: Item): void {");
    expect(asked).toEqual([["Cart.add", 50]]);
    const none = lookupOf({ results: [] });
    expect((await ask(root(), "find_symbol", { name: "Nope" }, none.code)).output).toContain("No such symbol.");
  });

  it("shows who uses it, where the copy has it now, and how sure that is", async () => {
    const unsure = {
      ...use,
      path: "src/cart.ts",
      line: 3,
      within: null,
      text: "this.items.push(item);",
      isSure: false,
    };
    const { code, asked } = lookupOf({ uses: [use, unsure], total: 70 });
    const { output } = await ask(root(), "find_symbol", { name: "Cart.add", uses: true }, code);
    expect(output.split("\n")).toEqual([
      "src/checkout.ts:3 call in checkout: cart.add(item);",
      "src/cart.ts:3 call (perhaps another of this name): this.items.push(item);",
      "… 68 more",
    ]);
    expect(asked).toEqual([["Cart.add", undefined]]);
  });

  it.each([
    ["memory.unknown_symbol", "Try search_code or search_text."],
    ["memory.ambiguous_symbol", "Name one as path#Holder.name."],
    ["memory.unavailable", "use search_text."],
  ] as const)("says what to do about %s", async (code, words) => {
    const { output } = await ask(root(), "find_symbol", { name: "add", uses: true }, failing(nexusError(code)));
    expect(output).toContain(words);
  });
});

describe("remember", () => {
  const fact = { kind: "decision", text: "Prices are in cents.", paths: ["src/cart.ts"] };

  it("proposes for the workspace, and says that it waits for a person", async () => {
    const noted: NewFact[] = [];
    const note: NoteFact = async (each) => {
      noted.push(each);
      return ok({ fact: factOf({ status: "proposed" }), outcome: "added" });
    };
    const root = makeFolder({ "src/cart.ts": CART });
    const { output } = await call(root, "remember", fact, { context: contextOf(root, { note }) });
    expect(output).toBe("Noted. It waits for a person.");
    const cites = [{ kind: "file", path: "src/cart.ts" }];
    expect(noted).toEqual([{ kind: "decision", text: "Prices are in cents.", scope: "workspace", cites }]);
  });

  it("tells why something cannot be kept, and cites nothing outside", async () => {
    const root = makeFolder();
    const note: NoteFact = async () => failure("memory.fact_secret");
    const context = contextOf(root, { note });
    expect((await call(root, "remember", { ...fact, paths: [] }, { context })).output).toContain("key or a password");
    expect(await call(root, "remember", { ...fact, paths: ["../x"] }, { context })).toMatchObject({ status: "denied" });
    expect((await call(root, "remember", { ...fact, paths: [] })).output).toContain("Nothing can be noted here.");
  });
});
