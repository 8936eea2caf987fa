import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameTable } from "../../../daemon/memory/graph/file-names.ts";
import { createGraph, type Graph } from "../../../daemon/memory/graph/graph.ts";
import { linkCache } from "../../../daemon/memory/graph/links.ts";
import { buildNameGraph } from "../../../daemon/memory/graph/name-graph.ts";
import { rank } from "../../../daemon/memory/graph/rank.ts";
import { createWorld } from "../../../daemon/memory/graph/world.ts";
import { codeView, type FileSketch } from "../../support/code-view.ts";

const name = fc.constantFrom("alpha", "betaGamma", "_private", "get", "loadTheConfig", "Widget", "x");
const path = fc.constantFrom(
  "src/a.ts",
  "src/b.ts",
  "src/index.ts",
  "lib/c.py",
  "lib/d.rb",
  "go/e.go",
  "test/f.test.ts",
  "README.md",
);
const sketch: fc.Arbitrary<FileSketch> = fc.record({
  defines: fc
    .uniqueArray(name, { maxLength: 4 })
    .map((names) => names.map((own, at) => `function ${own} ${at * 3 + 1}-${at * 3 + 2}`)),
  uses: fc.array(name, { maxLength: 8 }).map((names) => names.map((used, at) => `call ${used} ${at + 1}`)),
  imports: fc.array(fc.constantFrom("./a.ts", "./b {alpha, Widget}", "../src", "c", "react {x}"), { maxLength: 3 }),
});
const project = fc
  .uniqueArray(fc.tuple(path, sketch), { selector: ([own]) => own, maxLength: 8 })
  .map(Object.fromEntries);
const interest = fc.record({ focus: fc.array(path, { maxLength: 2 }), mentioned: fc.array(name, { maxLength: 2 }) });

function graphOf(files: Record<string, FileSketch>): Graph {
  const view = codeView(files);
  return createGraph({ view: () => view, history: () => undefined, readText: () => undefined });
}

function ranked(files: Record<string, FileSketch>, asked: { focus: string[]; mentioned: string[] }) {
  const view = codeView(files);
  const readText = () => undefined;
  const table = nameTable();
  const world = createWorld({ view, links: linkCache(readText)(view), history: undefined, readText });
  const graph = buildNameGraph(world, table);
  return { graph, ranking: rank(graph, table, asked) };
}

describe("rank", () => {
  it("shares out exactly one, never less than nothing, the same each time", () => {
    fc.assert(
      fc.property(project, interest, (files, asked) => {
        const { ranking, graph } = ranked(files, asked);
        const sum = ranking.files.reduce((total, value) => total + value, 0);
        if (graph.paths.length > 0) expect(sum).toBeCloseTo(1, 9);
        expect([...ranking.files, ...ranking.slots].every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
        expect(ranked(files, asked).ranking).toEqual(ranking);
      }),
    );
  });

  const files = {
    "src/core.ts": { defines: ["function openSession 1-2"] },
    "src/rare.ts": { defines: ["function closeSession 1-2"] },
    "src/a.ts": { imports: ["./core {openSession}"], uses: ["call openSession 2"] },
    "src/b.ts": { imports: ["./core {openSession}"], uses: ["call openSession 2"] },
    "src/c.ts": { imports: ["./rare {closeSession}"], uses: ["call closeSession 2"] },
  };

  it("puts first what many use", () => {
    const central = graphOf(files).central(2);
    expect(central.map((file) => [file.path, file.usedBy, file.symbols.map((symbol) => symbol.name)])).toEqual([
      ["src/core.ts", 2, ["openSession"]],
      ["src/rare.ts", 1, ["closeSession"]],
    ]);
  });

  it("turns to what the focus uses, and to what was mentioned", () => {
    const first = (asked: { focus?: string[]; mentioned?: string[] }) => graphOf(files).central(9, asked)[0]?.path;
    expect(first({ focus: ["src/c.ts"] })).toBe("src/rare.ts");
    const both = {
      ...files,
      "src/d.ts": { imports: ["./core", "./rare"], uses: ["call openSession 1", "call closeSession 2"] },
    };
    const mentioned = graphOf(both).central(9, { focus: ["src/d.ts"], mentioned: ["closeSession"] });
    expect(mentioned[0]?.path).toBe("src/rare.ts");
  });

  it.each([
    ["long names of several words", ["loadConfig", "call loadConfig 1"], ["loading", "call loading 2"]],
    ["names like a type's", ["Engine", "type Engine 1"], ["engine", "call engine 2"]],
    ["names that are not private", ["secret", "call secret 1"], ["_secret", "call _secret 2"]],
    ["what is used often", ["often", "call often 1", "call often 3", "call often 4"], ["seldom", "call seldom 2"]],
  ])("gives more to %s", (_name, [strong = "", ...strongUses], [weak = "", ...weakUses]) => {
    const central = graphOf({
      "src/a.ts": { defines: [`function ${weak} 1-2`] },
      "src/b.ts": { defines: [`function ${strong} 1-2`] },
      "src/c.ts": { imports: ["./a", "./b"], uses: [...strongUses, ...weakUses] },
    }).central(2);
    expect(central.map((file) => file.path)).toEqual(["src/b.ts", "src/a.ts"]);
  });

  it("gives less to what many files define", () => {
    const many = Array.from({ length: 6 }, (_, index) => [`src/a${index}.ts`, { defines: ["function run 1-2"] }]);
    const imports = ["./b", ...many.map(([own]) => `./${String(own).slice(4)}`)];
    const uses = ["call walk 1", ...Array.from({ length: 100 }, (_, index) => `call run ${index + 2}`)];
    const files = {
      ...Object.fromEntries(many),
      "src/b.ts": { defines: ["function walk 1-2"] },
      "src/c.ts": { imports, uses },
    };
    expect(graphOf(files).central(1)[0]?.path).toBe("src/b.ts");
  });

  it("lets a name count only where it can be seen", () => {
    const unseen = graphOf({
      "src/list.ts": { defines: ["class List 1-9", "method forEach 2-3 in List"] },
      "src/a.ts": { uses: ["call forEach 2"] },
    });
    expect(unseen.central(1)[0]?.usedBy).toBe(0);
  });
});

describe("the repository map", () => {
  const count = (text: string) => Math.ceil(text.length / 4);

  it("never costs more than its budget, says what it costs, and is the same each time", () => {
    fc.assert(
      fc.property(project, interest, fc.integer({ min: 0, max: 120 }), (files, asked, tokens) => {
        const map = graphOf(files).repoMap({ tokens, count, ...asked });
        expect(count(map.text)).toBeLessThanOrEqual(tokens);
        expect(map.tokens).toBe(count(map.text));
        expect(graphOf(files).repoMap({ tokens, count, ...asked })).toEqual(map);
      }),
    );
  });

  const files: Record<string, FileSketch> = {
    "src/cart.ts": {
      defines: [
        "class Cart 3-20 | export class Cart {",
        "method total 5-9 in Cart | total(tax: number): number {",
        "method helper 10-12 in Cart | private helper()",
        "function lonely 30-31 | function lonely()",
        "constant tax 1-1 | const tax = require('./tax')",
      ],
      imports: ["./tax 1"],
    },
    "src/use.ts": {
      defines: ["function checkOut 1-9 | export function checkOut(): void {"],
      imports: ["./cart {Cart} 1"],
      uses: ["type Cart 2", "call total 3"],
    },
    "test/cart.test.ts": { defines: ["function probe 1-2"] },
  };

  it("shows signatures with their lines under what holds them, most used first, tests and requires not", () => {
    expect(graphOf(files).repoMap({ tokens: 1000, count }).text).toBe(
      [
        "src/cart.ts",
        "  3: export class Cart",
        "    5: total(tax: number): number",
        "  30: function lonely()",
        "",
        "src/use.ts",
        "  1: export function checkOut(): void",
      ].join("\n"),
    );
  });

  it("shows tests and examples only when all else is shown", () => {
    const helper = { defines: ["function waitForServer 1-2"] };
    const text = graphOf({
      "test/support.ts": helper,
      "test/a.test.ts": { imports: ["./support {waitForServer}"], uses: ["call waitForServer 2"] },
      "src/a.ts": { defines: ["function quiet 1-2"] },
    }).repoMap({ tokens: 1000, count }).text;
    expect(text.split("\n")).toEqual([
      "src/a.ts",
      "  1: function quiet",
      "",
      "test/support.ts",
      "  1: function waitForServer",
    ]);
  });

  it("leads with what is in focus, then with what was mentioned", () => {
    const focused = graphOf(files).repoMap({ tokens: 1000, count, focus: ["src/use.ts"] });
    expect(focused.text.split("\n")[0]).toBe("src/use.ts");
    const mentioned = graphOf(files).repoMap({ tokens: 12, count, mentioned: ["lonely"] });
    expect(mentioned.text).toBe("src/cart.ts\n  30: function lonely()");
  });

  it("fills a small budget with what matters most, and a hopeless one with nothing", () => {
    const small = graphOf(files).repoMap({ tokens: 10, count });
    expect(small).toEqual({ text: "src/cart.ts\n  3: export class Cart", tokens: 9, symbols: 1, files: 1 });
    expect(graphOf(files).repoMap({ tokens: 2, count })).toEqual({ text: "", tokens: 0, symbols: 0, files: 0 });
    expect(graphOf({}).repoMap({ tokens: 100, count }).text).toBe("");
  });
});
