import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFactIndex } from "../../../daemon/memory/knowledge/fact-index.ts";
import { findFacts } from "../../../daemon/memory/knowledge/finding.ts";
import { createShelf } from "../../../daemon/memory/knowledge/shelf.ts";
import type { Fact, FactStatus } from "../../../protocol/index.ts";
import { factOf as storedFact } from "../../support/facts.ts";
import { factOf, newFact, openKnowledge, termsOf, untrusted, WORKSPACE } from "./desk.ts";

const FILES = { "src/cart.ts": "function add() {\n}\n", "src/tax.ts": "x\n", "docs/guide.md": "y\n" };

describe("find", () => {
  it("ranks by rare words, and says which", async () => {
    const { knowledge } = await openKnowledge();
    for (const text of ["Prices are in cents.", "Prices are rounded half to even.", "Prices come from the catalogue."])
      await knowledge.remember(WORKSPACE, newFact({ text }), "Ada");
    const found = await knowledge.find(WORKSPACE, "How is roundedPrice computed?");
    expect(found[0]).toMatchObject({ fact: { text: "Prices are rounded half to even." }, why: "“roundedPrice” in it" });
    expect(found).toHaveLength(3);
    expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? 0);
  });

  it("finds by meaning what shares no word, and does without", async () => {
    const vectorOf = (text: string) =>
      new Float32Array([/money|price/i.test(text) ? 1 : 0, /dark|colou?r/i.test(text) ? 1 : 0]);
    const facts = ["Money is kept in cents.", "The theme is dark."];
    for (const [more, expected] of [
      [{ vectorOf }, ["Money is kept in cents."]],
      [{}, []],
    ] as const) {
      const { knowledge } = await openKnowledge(more);
      for (const text of facts) await knowledge.remember(WORKSPACE, newFact({ text }), "Ada");
      const found = await knowledge.find(WORKSPACE, "price");
      expect(found.map(({ fact }) => fact.text)).toEqual(expected);
      if (found.length > 0) expect(found[0]?.why).toBe("close in meaning");
    }
  });

  it.each([
    ["no numbers", () => new Float32Array([Number.NaN, 1])],
    ["no direction", () => new Float32Array(2)],
    ["another length each time", (text: string) => new Float32Array(text.length).fill(1)],
  ])("does without vectors that are bad: %s", async (_name, vectorOf) => {
    const { knowledge } = await openKnowledge({ vectorOf });
    await knowledge.remember(WORKSPACE, newFact(), "Ada");
    const [found] = await knowledge.find(WORKSPACE, "cents");
    expect(found?.why).toBe("“cents” in it");
    expect(Number.isFinite(found?.score)).toBe(true);
  });

  it("puts first what cites the files in question, and finds it without a word", async () => {
    const { knowledge } = await openKnowledge({ files: FILES });
    const cite = (path: string) => [{ kind: "file" as const, path }];
    await knowledge.remember(WORKSPACE, newFact({ text: "Guide first.", cites: cite("docs/guide.md") }), "Ada");
    await knowledge.remember(WORKSPACE, newFact({ text: "Tax last.", cites: cite("src/tax.ts") }), "Ada");
    await knowledge.remember(WORKSPACE, newFact({ text: "Nothing cited." }), "Ada");
    const found = await knowledge.find(WORKSPACE, "", { paths: ["src/tax.ts"] });
    expect(found.map(({ fact, why }) => [fact.text, why])).toEqual([["Tax last.", "cites a file in question"]]);
    const both = await knowledge.find(WORKSPACE, "guide or tax first", { paths: ["src/cart.ts"] });
    expect(both.map(({ fact }) => fact.text)).toEqual(["Guide first.", "Tax last."]);
    expect(both[1]?.why).toContain("cites its folder");
  });

  it("keeps to the kinds that are asked for, and to the limit", async () => {
    const { knowledge } = await openKnowledge();
    await knowledge.remember(WORKSPACE, newFact({ kind: "dead_end", text: "Caching prices failed." }), "Ada");
    for (let index = 0; index < 5; index++)
      await knowledge.remember(WORKSPACE, newFact({ text: `Prices ${index}` }), "Ada");
    expect(await knowledge.find(WORKSPACE, "prices", { kinds: ["dead_end"] })).toHaveLength(1);
    expect(await knowledge.find(WORKSPACE, "prices", { limit: 2 })).toHaveLength(2);
  });

  it("marks down what is flagged, and hears of every change", async () => {
    const { knowledge, files } = await openKnowledge({ files: FILES });
    const cites = [{ kind: "file" as const, path: "src/tax.ts" }];
    const flagged = await factOf(knowledge.remember(WORKSPACE, newFact({ text: "Tax is added late.", cites }), "Ada"));
    const edited = await factOf(knowledge.remember(WORKSPACE, newFact({ text: "Tax is added soon." }), "Ada"));
    const texts = async (query: string) => (await knowledge.find(WORKSPACE, query)).map(({ fact }) => fact.factId);
    expect(await texts("tax added")).toHaveLength(2);
    files.set("src/tax.ts", "changed\n");
    await knowledge.reconcile(WORKSPACE);
    expect(await texts("tax added")).toEqual([edited.factId, flagged.factId]);
    await knowledge.edit(WORKSPACE, edited.factId, { text: "Shipping is free." });
    expect(await texts("shipping")).toEqual([edited.factId]);
    expect(await texts("soon")).toEqual([]);
    await knowledge.forget(WORKSPACE, edited.factId);
    expect(await texts("shipping")).toEqual([]);
    await knowledge.purge(WORKSPACE, [flagged.factId]);
    expect(await texts("tax")).toEqual([]);
  });

  it("finds a proposal only once a person confirmed it", async () => {
    const { knowledge } = await openKnowledge();
    const { factId } = await factOf(knowledge.propose(WORKSPACE, newFact(), untrusted));
    expect(await knowledge.find(WORKSPACE, "prices cents")).toEqual([]);
    await knowledge.confirm(WORKSPACE, factId, "Ada");
    expect(await knowledge.find(WORKSPACE, "prices cents")).toHaveLength(1);
  });

  it("never answers with what waits or is retired, whatever is asked", async () => {
    const word = fc.constantFrom("price", "tax", "cents", "cart", "round");
    const status = fc.constantFrom<FactStatus>("proposed", "active", "flagged", "retired");
    const facts = fc.array(fc.record({ text: fc.array(word, { minLength: 1 }).map((all) => all.join(" ")), status }));
    await fc.assert(
      fc.asyncProperty(facts, fc.array(word), fc.array(status), async (made, query, changes) => {
        const rows = made.map((more, number) => ({
          number,
          fact: storedFact({ ...more, factId: `f${number}`, cites: [CITE] }),
        }));
        const shelf = createShelf(rows, termsOf, () => new Float32Array([1, 1]));
        await shelf.index();
        for (const [number, status] of changes.entries()) {
          const fact = shelf.get(`f${number}`);
          if (fact !== undefined) shelf.put({ number, fact: { ...fact, status } });
        }
        const found = await findFacts([shelf], query.join(" "), {
          paths: ["a.ts"],
          limit: 100,
          termsOf,
          vectorOf: () => new Float32Array([1, 1]),
        });
        const usable = shelf.newestFirst().filter(({ fact }) => ["active", "flagged"].includes(fact.status));
        expect(found.every(({ fact }) => ["active", "flagged"].includes(fact.status))).toBe(true);
        expect(found).toHaveLength(Math.min(100, usable.length));
      }),
    );
  });
});

const CITE: Fact["cites"][number] = { kind: "file", path: "a.ts", symbol: null, lines: null, oid: "00", hash: "00" };

it("an index that was changed equals one that is made anew", () => {
  const text = fc.array(fc.constantFrom("red", "green", "blue", "grey", "white"), { maxLength: 6 });
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.option(text)));
  fc.assert(
    fc.property(steps, (all) => {
      const changed = createFactIndex(termsOf);
      const last = new Map<string, string>();
      for (const [id, words] of all) {
        if (words === null) {
          changed.delete(`f${id}`);
          last.delete(`f${id}`);
        } else {
          changed.set(`f${id}`, words.join(" "));
          last.set(`f${id}`, words.join(" "));
        }
      }
      const fresh = createFactIndex(termsOf);
      for (const [factId, words] of last) fresh.set(factId, words);
      const query = { terms: new Set(["red", "blue"]), vector: undefined };
      expect(changed.size).toBe(fresh.size);
      expect(sorted(changed.search(query))).toEqual(sorted(fresh.search(query)));
    }),
  );
});

function sorted<Value>(found: Map<string, Value>): [string, Value][] {
  return [...found].sort(([first], [second]) => (first < second ? -1 : 1));
}

it("makes the index in slices, and misses nothing that changes meanwhile", async () => {
  const facts = Array.from({ length: 350 }, (_, number) =>
    storedFact({ factId: `f${number}`, text: `old word${number}` }),
  );
  const shelf = createShelf(
    facts.map((fact, number) => ({ number, fact })),
    termsOf,
  );
  const making = shelf.index();
  for (const number of [0, 349]) {
    shelf.put({ number, fact: storedFact({ factId: `f${number}`, text: "fresh" }) });
    shelf.remove(`f${number + (number === 0 ? 1 : -1)}`);
  }
  shelf.put({ number: 350, fact: storedFact({ factId: "f350", text: "fresh" }) });
  shelf.put({ number: 100, fact: storedFact({ factId: "f100", text: "old", status: "retired" }) });
  const index = await making;
  expect(index.size).toBe(348);
  const search = (term: string) => [...index.search({ terms: new Set([term]), vector: undefined }).keys()].sort();
  expect(search("fresh")).toEqual(["f0", "f349", "f350"]);
  expect(search("old").filter((factId) => ["f0", "f1", "f100", "f348", "f349"].includes(factId))).toEqual([]);
});

describe("list", () => {
  it("pages newest first, none twice, while facts come and go", async () => {
    const { knowledge } = await openKnowledge();
    for (let index = 0; index < 7; index++)
      await knowledge.remember(
        WORKSPACE,
        newFact({ text: `n${index}`, scope: index % 3 === 0 ? "user" : "workspace" }),
        "Ada",
      );
    const first = await knowledge.list(WORKSPACE, { limit: 3 });
    expect(first.facts.map((fact) => fact.text)).toEqual(["n6", "n5", "n4"]);
    await knowledge.remember(WORKSPACE, newFact({ text: "newer" }), "Ada");
    await knowledge.purge(WORKSPACE, [first.facts[2]?.factId ?? ""]);
    const second = await knowledge.list(WORKSPACE, { limit: 3, cursor: first.nextCursor ?? "" });
    const third = await knowledge.list(WORKSPACE, { limit: 3, cursor: second.nextCursor ?? "" });
    expect([...second.facts, ...third.facts].map((fact) => fact.text)).toEqual(["n3", "n2", "n1", "n0"]);
    expect(third.nextCursor).toBeNull();
    await expect(knowledge.list(WORKSPACE, { limit: 3, cursor: "no; cursor" })).rejects.toMatchObject({
      value: { code: "request.invalid" },
    });
  });

  it("filters by kind, state, scope, cited path and text", async () => {
    const { knowledge } = await openKnowledge({ files: FILES });
    const cites = [{ kind: "symbol" as const, path: "src/cart.ts", symbol: "add" }];
    await knowledge.remember(WORKSPACE, newFact({ text: "Cited", cites }), "Ada");
    await knowledge.remember(WORKSPACE, newFact({ text: "Preferred", kind: "preference", scope: "user" }), "Ada");
    await knowledge.propose(WORKSPACE, newFact({ text: "Proposed" }), untrusted);
    const texts = async (filter: NonNullable<Parameters<typeof knowledge.list>[1]["filter"]>) =>
      (await knowledge.list(WORKSPACE, { limit: 9, filter })).facts.map((fact) => fact.text);
    expect(await texts({ kinds: ["preference"] })).toEqual(["Preferred"]);
    expect(await texts({ statuses: ["proposed"] })).toEqual(["Proposed"]);
    expect(await texts({ scope: "user" })).toEqual(["Preferred"]);
    expect(await texts({ path: "src/" })).toEqual(["Cited"]);
    expect(await texts({ path: "src/cart.ts" })).toEqual(["Cited"]);
    expect(await texts({ path: "src/car" })).toEqual([]);
    expect(await texts({ text: "PREF" })).toEqual(["Preferred"]);
    expect(await texts({})).toEqual(["Proposed", "Preferred", "Cited"]);
  });
});

it("answers soon over 5 000 facts with vectors", { timeout: 30_000 }, async () => {
  const vocabulary = Array.from(
    { length: 3000 },
    (_, index) => `word${String.fromCharCode(97 + (index % 26))}${index}x`,
  );
  const text = (seed: number) =>
    Array.from({ length: 25 }, (_, at) => vocabulary[(seed * 31 + at * at * 17) % vocabulary.length]).join(" ");
  const words = (given: string) => given.split(" ");
  const vectorOf = (given: string) =>
    Float32Array.from({ length: 128 }, (_, at) => Math.sin(given.length * at + given.charCodeAt(5)));
  const rows = Array.from({ length: 5000 }, (_, number) => ({
    number,
    fact: storedFact({ factId: `f${number}`, text: text(number) }),
  }));
  const shelf = createShelf(rows, words, vectorOf);
  await shelf.index();
  const started = process.cpuUsage();
  for (let index = 0; index < 200; index++)
    expect(await findFacts([shelf], text(index * 7).slice(0, 120), { termsOf: words, vectorOf })).toHaveLength(10);
  const { user, system } = process.cpuUsage(started);
  // Of the processor's time, so that a loaded machine does not count: some 2 ms a question, everything near in meaning.
  expect((user + system) / 1000 / 200).toBeLessThan(15);
});
