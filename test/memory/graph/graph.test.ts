import { describe, expect, it } from "vitest";
import { createGraph, type Graph } from "../../../daemon/memory/graph/graph.ts";
import type { History } from "../../../daemon/memory/history/history.ts";
import { codeView } from "../../support/code-view.ts";
import { SHOPS, type Sketches } from "./shop.ts";

const NO_HISTORY: History = {
  commits: 0,
  head: "",
  recent: () => [],
  changedWith: () => [],
  owners: () => [],
  hotSpots: () => [],
  commitScores: () => new Map(),
  messageScores: () => new Map(),
  explain: () => [],
};

function graphOf(files: Sketches, texts: Readonly<Record<string, string>> = {}, history: Partial<History> = {}): Graph {
  const view = codeView(files);
  const past = { ...NO_HISTORY, ...history };
  return createGraph({ view: () => view, history: () => past, readText: (path) => texts[path] });
}

/** The value of an answer that must be there. */
function answered<T>(answer: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (!answer.ok) throw new Error(answer.reason);
  return answer.value;
}

describe.each(SHOPS)("a shop in $language", ({ files, texts, paths, command }) => {
  const graph = graphOf(files, texts);
  const grossPrice = graph.symbols(`grossPrice`).find(({ path }) => path === paths.price)?.id ?? "";

  it("knows who uses a function, surely, and leaves out who means another", () => {
    const { uses } = answered(graph.uses(grossPrice));
    const sure = uses.filter(({ confidence, kind }) => confidence !== "possible" && kind === "call");
    expect(sure.map(({ path, line, within }) => [path, line, within?.name])).toEqual([[paths.cart, 6, "cartTotal"]]);
    expect(sure[0]?.why).toMatch(/^imports /);
    expect(uses.some(({ path }) => path.includes("ools/"))).toBe(false);
  });

  it("says what breaks, in which order, and which test to run", () => {
    const impact = answered(graph.impact(grossPrice));
    const calls = impact.dependants.filter(({ explanation }) => explanation.includes("calls"));
    expect(calls.map(({ path, distance }) => [path, distance])).toEqual([
      [paths.cart, 1],
      [paths.checkout, 2],
    ]);
    expect(calls[1]?.explanation).toBe("checkOut calls ShoppingCart.cartTotal calls grossPrice");
    expect(impact.tests.map(({ path }) => path)).toEqual([paths.test]);
    expect(impact.runs.map((run) => run.command)).toEqual([command]);
    expect(impact.complete).toBe(true);
  });

  it("stops at the depth asked for", () => {
    const { dependants } = answered(graph.impact(grossPrice, { depth: 1 }));
    expect(Math.max(...dependants.map(({ distance }) => distance))).toBe(1);
  });

  it("connects what uses what over any number of steps", () => {
    const { ways } = answered(graph.connect("checkOut", "netPrice"));
    expect(ways[0]?.map(({ how }) => how)).toEqual(["calls", "calls", "calls"]);
    expect(ways[0]?.[1]?.at).toEqual({ path: paths.cart, line: 6 });
    const back = answered(graph.connect("netPrice", "checkOut")).ways;
    expect(back[0]?.map(({ how }) => how)).toEqual(["is called by", "is called by", "is called by"]);
  });

  it("finds tests of a source and sources of a test", () => {
    expect(graph.testsOf(paths.cart)[0]?.path).toBe(paths.test);
    expect(graph.testsOf(paths.test)[0]?.path).toBe(paths.cart);
  });

  it("puts a new thing beside what is like it, with a test beside theirs", () => {
    const [place] = graph.place("a wish list for the cart", () => [{ path: paths.cart, score: 2 }]);
    expect(place?.folder).toBe(paths.cart.slice(0, paths.cart.lastIndexOf("/")));
    expect(place?.testExample).toBe(paths.test);
    expect(place?.test?.slice(0, place.test.lastIndexOf("/"))).toBe(paths.test.slice(0, paths.test.lastIndexOf("/")));
    expect(place?.siblings[0]).toBe(paths.cart);
  });

  it("ends when told to, and says so", () => {
    // One that was asked nothing yet: what was found once is known.
    const fresh = graphOf(files, texts);
    const stop = () => true;
    expect(answered(fresh.uses(grossPrice, { stop }))).toEqual({ uses: [], complete: false });
    expect(answered(fresh.impact(grossPrice, { stop })).complete).toBe(false);
    expect(answered(fresh.connect("checkOut", "netPrice", { stop })).complete).toBe(false);
  });
});

describe("names", () => {
  const graph = graphOf({
    "src/a.ts": {
      defines: ["class Cart 1-9 | export class Cart", "method total 2-4 in Cart", "method size 5-6 in Cart"],
    },
    "src/b.ts": { defines: ["class Bag 1-9 | export class Bag", "method total 2-4 in Bag"] },
    "src/c.ts": { defines: ["class Sack 1-3 | class Sack extends Bag"], uses: ["extends Bag 1"] },
    "src/old.js": { defines: ["function weigh 1-2 | Crate.prototype.weigh = function ()"] },
    "src/main.js": { defines: ["variable bag 1-1"], imports: ["./b.ts 1"] },
    "test/a.test.ts": { defines: ["class Cart 1-9"] },
    "docs/a.md": { defines: ["section Delivery 1-9"] },
  });
  const ids = (query: string) => graph.symbols(query).map(({ id }) => id);

  it.each([
    ["a name", "Bag", ["src/b.ts#Bag"]],
    ["a name in lower case", "BAG", ["src/b.ts#Bag"]],
    ["a member", "Cart.total", ["src/a.ts#Cart.total"]],
    ["a member with colons", "Cart::total", ["src/a.ts#Cart.total"]],
    ["a member with #", "Cart#size", ["src/a.ts#Cart.size"]],
    ["an inherited member", "Sack.total", ["src/b.ts#Bag.total"]],
    ["a member given to a prototype", "Crate.weigh", ["src/old.js#weigh"]],
    ["a call", "weigh()", ["src/old.js#weigh"]],
    ["a place", "src/a.ts:3", ["src/a.ts#Cart.total"]],
    ["a place with its column", "src/a.ts:3:7", ["src/a.ts#Cart.total"]],
    ["a name in a file", "src/b.ts#total", ["src/b.ts#Bag.total"]],
    ["a member in a file", "src/b.ts#Bag.total", ["src/b.ts#Bag.total"]],
    ["several, tests last", "Cart", ["src/a.ts#Cart", "test/a.test.ts#Cart"]],
    ["a heading", "Delivery", ["docs/a.md#Delivery"]],
    ["nothing", "", []],
    ["what is not there", "Nope.total", []],
    ["a line behind the end", "src/a.ts:900", []],
  ])("finds %s", (_name, query, expected) => {
    expect(ids(query)).toEqual(expected);
  });

  it("asks back when it could be several, and takes the code that is not a test otherwise", () => {
    expect(graph.uses("total")).toMatchObject({ ok: false, reason: "ambiguous" });
    expect(graph.uses("Nope")).toEqual({ ok: false, reason: "unknown", candidates: [] });
    expect(graph.impact("Cart")).toMatchObject({ ok: true, value: { target: { id: "src/a.ts#Cart" } } });
    expect(graph.connect("Cart", "total")).toMatchObject({ ok: false, reason: "ambiguous" });
  });
});

describe("evidence", () => {
  const confidence = (files: Sketches, target: string, path: string) =>
    answered(graphOf(files).uses(target)).uses.find((use) => use.path === path)?.confidence;
  const DEFINED = { "lib/a.ts": { defines: ["function loadConfig 1-2"] } };

  it.each<[string, Sketches, string | undefined]>([
    ["imported by name", { "m.ts": { imports: ["./lib/a {loadConfig}"], uses: ["call loadConfig 3"] } }, "certain"],
    ["imported with its module", { "m.ts": { imports: ["./lib/a"], uses: ["call loadConfig 3"] } }, "certain"],
    ["imported from outside", { "m.ts": { imports: ["cosmic {loadConfig}"], uses: ["call loadConfig 3"] } }, undefined],
    [
      "defined in the file itself",
      { "m.ts": { defines: ["function loadConfig 1-2"], uses: ["call loadConfig 3"] } },
      undefined,
    ],
    ["the only one of a telling name", { "m.ts": { uses: ["call loadConfig 3"] } }, "likely"],
    ["in another language", { "m.py": { uses: ["call loadConfig 3"] } }, undefined],
    ["one of two", { "m.ts": { uses: ["call loadConfig 3"] }, "b/c.ts": DEFINED["lib/a.ts"] }, "possible"],
    ["the nearest of two", { "lib/m.ts": { uses: ["call loadConfig 3"] }, "b/c.ts": DEFINED["lib/a.ts"] }, "likely"],
  ])("%s: %s", (_name, files, expected) => {
    const path = Object.keys(files)[0] ?? "";
    expect(confidence({ ...DEFINED, ...files }, "lib/a.ts#loadConfig", path)).toBe(expected);
  });

  it("follows a name through any number of files that pass it on", () => {
    const files = {
      ...DEFINED,
      "b/c.ts": DEFINED["lib/a.ts"],
      "x/index.ts": { imports: ["../y"] },
      "y/index.ts": { imports: ["../z"] },
      "z/index.ts": { imports: ["../lib/a {loadConfig}"] },
      "m.ts": { imports: ["./x {loadConfig}"], uses: ["call loadConfig 3"] },
    };
    expect(confidence(files, "lib/a.ts#loadConfig", "m.ts")).toBe("certain");
    expect(confidence(files, "b/c.ts#loadConfig", "m.ts")).toBeUndefined();
  });

  it("does not take a library's method for the project's own", () => {
    const files = {
      "a.ts": { defines: ["class List 1-9", "method push 2-3 in List"] },
      "m.ts": { uses: ["call push 3"] },
    };
    expect(confidence(files, "List.push", "m.ts")).toBe("possible");
  });

  it("never lets a local name be meant from outside", () => {
    const files = {
      "a.ts": { defines: ["function outer 1-9", "function innerPart 2-3 in outer"], uses: ["call innerPart 5"] },
      "m.ts": { imports: ["./a.ts"], uses: ["call innerPart 3"] },
    };
    expect(confidence(files, "innerPart", "a.ts")).toBe("certain");
    expect(confidence(files, "innerPart", "m.ts")).toBeUndefined();
  });
});

describe("impact", () => {
  it("tells the risks, and what history changes with it", () => {
    const users = Array.from({ length: 12 }, (_, index) => [
      `src/user${index}.ts`,
      { defines: [`function run${index} 1-9`], imports: ["./core {coreThing}"], uses: ["call coreThing 3"] },
    ]);
    const history = {
      changedWith: () => [{ path: "src/schema.sql", commits: 9, share: 0.6 }],
      hotSpots: () => [{ path: "src/core.ts", commits: 90, score: 1 }],
    };
    const files = {
      ...Object.fromEntries(users),
      "src/core.ts": { defines: ["function coreThing 1-9"] },
      "src/index.ts": { imports: ["./core {coreThing}"] },
      "src/schema.sql": {},
    };
    const { risk, partners, dependants } = answered(graphOf(files, {}, history).impact("coreThing"));
    expect(risk.level).toBe("high");
    expect(risk.reasons).toEqual([
      "13 files depend on it",
      "it is public: code outside of this workspace may use it",
      "src/core.ts is number 1 of the hot spots in history",
      "no test reaches it",
      "1 file usually changed with it without using it",
    ]);
    expect(partners.map(({ path }) => path)).toEqual(["src/schema.sql"]);
    expect(dependants).toHaveLength(13);
  });

  it("follows a file by what it defines, and counts who imports it all the same", () => {
    const files = {
      "src/a.ts": { defines: ["function first 1-2", "function helpFirst 3-4"], uses: ["call helpFirst 1"] },
      "src/b.ts": { defines: ["function second 2-5"], imports: ["./a {first}"], uses: ["call first 3"] },
      "src/c.ts": { imports: ["./a"] },
    };
    const { dependants } = answered(graphOf(files).impact("src/a.ts"));
    expect(dependants.map(({ id, explanation }) => [id, explanation])).toEqual([
      ["src/b.ts#second", "second calls first"],
      ["src/c.ts", "src/c.ts imports src/a.ts"],
    ]);
  });

  it("ends in a circle", () => {
    const ring = (own: string, next: string) => ({
      defines: [`function ${own}Step 2-5`],
      imports: [`./${next} {${next}Step}`],
      uses: [`call ${next}Step 3`],
    });
    const files = { "a.ts": ring("a", "b"), "b.ts": ring("b", "c"), "c.ts": ring("c", "a") };
    const { dependants, complete } = answered(graphOf(files).impact("aStep", { depth: 50 }));
    expect(dependants.map(({ id }) => id)).toEqual(["c.ts#cStep", "b.ts#bStep"]);
    expect(complete).toBe(true);
  });

  it("counts the tests that stand in a Rust source as tests", () => {
    const files = {
      "src/lib.rs": {
        defines: ["function add_all 1-3", "module tests 5-20", "function adds 7-9 in tests"],
        uses: ["call add_all 8"],
      },
      "Cargo.toml": {},
    };
    const { dependants, tests, runs } = answered(graphOf(files).impact("add_all"));
    expect(dependants).toEqual([]);
    expect(tests.map(({ path, why }) => [path, why])).toEqual([["src/lib.rs", "tests.adds calls add_all"]]);
    expect(runs.map(({ command }) => command)).toEqual(["cargo test"]);
  });
});

describe("connect", () => {
  it("goes over a test only when nothing else connects", () => {
    const both = { imports: ["../src/a {aThing}", "../src/b {bThing}"], uses: ["call aThing 3", "call bThing 4"] };
    const files = {
      "src/a.ts": { defines: ["function aThing 1-2"] },
      "src/b.ts": { defines: ["function bThing 1-2"] },
      "test/both.test.ts": both,
    };
    expect(answered(graphOf(files).connect("aThing", "bThing")).ways[0]?.map(({ to }) => to)).toEqual([
      "test/both.test.ts",
      "src/b.ts#bThing",
    ]);
    const way = answered(
      graphOf({ ...files, "src/main.ts": { ...both, imports: ["./a {aThing}", "./b {bThing}"] } }).connect(
        "aThing",
        "bThing",
      ),
    );
    expect(way.ways[0]?.[0]?.to).toBe("src/main.ts");
  });

  it("shows a chain of uses before a shorter way over what both use", () => {
    const files = {
      "a.ts": {
        defines: [
          "function aStep 1-3",
          "function bStep 4-6",
          "function cStep 7-9",
          "function dStep 10-12",
          "function both 13-15",
        ],
        uses: ["call bStep 2", "call both 3", "call cStep 5", "call dStep 8", "call both 11"],
      },
    };
    const { ways } = answered(graphOf(files).connect("aStep", "dStep"));
    expect(ways.map((way) => way.map(({ how }) => how))).toEqual([["calls", "calls", "calls"]]);
    const up = answered(graphOf(files).connect("dStep", "aStep")).ways;
    expect(up[0]?.map(({ to }) => to)).toEqual(["a.ts#cStep", "a.ts#bStep", "a.ts#aStep"]);
  });

  it("has no way where there is none, and none from a thing to itself", () => {
    const files = { "a.ts": { defines: ["function aThing 1-2"] }, "b.ts": { defines: ["function bThing 1-2"] } };
    expect(answered(graphOf(files).connect("aThing", "bThing"))).toEqual({ ways: [], complete: true });
    expect(answered(graphOf(files).connect("aThing", "aThing")).ways).toEqual([]);
  });
});

describe("tests of a file", () => {
  const helper = { imports: ["../src/a"] };
  const files = { "src/a.ts": {}, "test/world.ts": helper, "package.json": {} };
  const paths = (all: Sketches) =>
    graphOf(all)
      .testsOf("src/a.ts")
      .map(({ path }) => path);

  it("are all in the folder, unless most are named as tests: then others are what tests need", () => {
    expect(paths(files)).toEqual(["test/world.ts"]);
    expect(paths({ ...files, "test/a.test.ts": helper, "test/b.test.ts": {} })).toEqual(["test/a.test.ts"]);
  });

  it("are not those of another file of the same name", () => {
    const test = { "test/x/a.test.ts": { imports: ["../../lib/a"] }, "lib/a.ts": {} };
    expect(paths({ "src/a.ts": {}, ...test })).toEqual([]);
    expect(graphOf({ "src/a.ts": {}, ...test }).testsOf("lib/a.ts")).toHaveLength(1);
  });

  it("may be those that history changes with it", () => {
    const changedWith = () => [{ path: "test/whole.test.ts", commits: 5, share: 0.5 }];
    const links = graphOf({ "src/a.ts": {}, "test/whole.test.ts": {} }, {}, { changedWith }).testsOf("src/a.ts");
    expect(links).toEqual([{ path: "test/whole.test.ts", score: 1, why: "changed together in 5 commits" }]);
  });
});

describe("owners", () => {
  const text = `
* @everyone
/src/ @source  # the code
*.md @writers
/src/cart/ @cart @money
/src/free.ts
docs/* docs@example.org
[Tools] @toolers
/tools/
`;
  const files = { CODEOWNERS: {}, "src/cart/a.ts": {}, "tools/x.sh": {} };
  const history = { owners: () => [{ author: "Ann", commits: 3, share: 0.7, lastAt: 1 }] };
  const graph = graphOf(files, { CODEOWNERS: text }, history);

  it.each([
    ["src/cart/a.ts", ["@cart", "@money"]],
    ["src/other.ts", ["@source"]],
    ["src/notes.md", ["@writers"]],
    ["src/free.ts", []],
    ["docs/a.txt", ["docs@example.org"]],
    ["docs/deep/a.txt", ["@everyone"]],
    ["tools/x.sh", ["@toolers"]],
    ["../outside.ts", []],
  ])("%s: the last rule wins", (path, owners) => {
    expect(graph.owners(path).declared).toEqual(owners);
  });

  it("names the rule, and who knows the file", () => {
    expect(graph.owners("src/cart/a.ts")).toMatchObject({
      rule: "CODEOWNERS:5  /src/cart/",
      known: [{ author: "Ann" }],
    });
    expect(graphOf({}).owners("a.ts")).toEqual({ declared: [], rule: undefined, known: [] });
  });
});

describe("freshness", () => {
  it("answers from the new view, links and configuration as soon as the version is another", () => {
    let files: Record<string, object> = { "src/a.ts": { imports: ["@/b"] }, "lib/b.ts": {}, "tsconfig.json": {} };
    let config = '{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}';
    let view = codeView(files, 1);
    const graph = createGraph({ view: () => view, history: () => undefined, readText: () => config });
    expect(graph.importersOf("lib/b.ts")).toEqual(["src/a.ts"]);

    config = '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}';
    view = codeView(files, 2);
    expect(graph.importersOf("lib/b.ts")).toEqual([]);

    files = { ...files, "src/b.ts": {} };
    view = codeView(files, 3);
    expect(graph.importersOf("src/b.ts")).toEqual(["src/a.ts"]);
  });

  it("is made ready step by step", () => {
    const view = codeView({ "a.ts": { imports: ["./b"] }, "b.ts": {}, "c.ts": {} });
    const graph = createGraph({ view: () => view, history: () => undefined, readText: () => undefined });
    let left = 0;
    const oneMore = () => left-- <= 0;
    const rounds: boolean[] = [];
    for (let round = 0; round < 4; round++) {
      left = 1;
      rounds.push(graph.readImports(oneMore));
    }
    expect(rounds).toEqual([false, false, true, true]);
  });

  it.each([
    ["comments that never end", `{${"/*".repeat(200_000)}`],
    ["strings that never end", `{"${'\\"'.repeat(200_000)}`],
    ["commas and spaces", `{${", ".repeat(200_000)}`],
    ["brackets", "[".repeat(200_000)],
    ["something else", '[1, null, {"name": 3, "exports": [[]], "compilerOptions": {"paths": 7, "baseUrl": []}}]'],
  ])("reads a configuration of %s without harm", (_name, text) => {
    const files = { "package.json": {}, "tsconfig.json": {}, "composer.json": {}, "go.mod": {}, "Cargo.toml": {} };
    const users = {
      "a.ts": { imports: ["@/x", "pkg"] },
      "a.php": { imports: ["A\\B"] },
      "a.go": { imports: ["x/y"] },
      "a.rs": { imports: ["x::y"] },
    };
    const view = codeView({ ...files, ...users });
    const graph = createGraph({ view: () => view, history: () => undefined, readText: () => text });
    expect(view.files.flatMap(({ path }) => graph.importsOf(path).flatMap((found) => found.files))).toEqual([]);
  });

  it("keeps files of the same content apart", () => {
    const facts = codeView({ x: { imports: ["./b.ts"] } }).facts("x");
    const base = codeView({ "one/a.ts": {}, "one/b.ts": {}, "two/a.ts": {}, "two/b.ts": {} });
    const view = { ...base, facts: (path: string) => (path.endsWith("a.ts") ? facts : base.facts(path)) };
    const graph = createGraph({ view: () => view, history: () => undefined, readText: () => undefined });
    expect(graph.importsOf("one/a.ts").flatMap(({ files }) => files)).toEqual(["one/b.ts"]);
    expect(graph.importsOf("two/a.ts").flatMap(({ files }) => files)).toEqual(["two/b.ts"]);
  });
});
