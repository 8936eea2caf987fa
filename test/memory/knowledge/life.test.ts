import { describe, expect, it } from "vitest";
import { MAX_PROPOSED } from "../../../daemon/memory/knowledge/noting.ts";
import type { FactStatus, NewFact } from "../../../protocol/index.ts";
import { factOf, newFact, openKnowledge, type TestKnowledge, trusted, untrusted, WORKSPACE } from "./desk.ts";

const FILES = { "src/cart.ts": "function add(price) {\n  return price;\n}\n" };
const CITED = newFact({ cites: [{ kind: "symbol", path: "src/cart.ts", symbol: "add" }] });

/** Brings a fact into a state, and answers with its id. */
async function inState(desk: TestKnowledge, status: FactStatus): Promise<string> {
  const { knowledge, files } = desk;
  const proposing = status === "proposed";
  const made = proposing ? knowledge.propose(WORKSPACE, CITED, untrusted) : knowledge.remember(WORKSPACE, CITED, "Ada");
  const { factId } = await factOf(made);
  if (status === "retired") await knowledge.forget(WORKSPACE, factId);
  if (status === "flagged") {
    files.set("src/cart.ts", "function add(price) {\n  return price * 2;\n}\n");
    await knowledge.reconcile(WORKSPACE, ["src/cart.ts"]);
  }
  return factId;
}

type Step = (desk: TestKnowledge, factId: string) => Promise<unknown>;
const STEPS: Record<string, Step> = {
  confirm: ({ knowledge }, factId) => knowledge.confirm(WORKSPACE, factId, "Ada"),
  "edit its text": ({ knowledge }, factId) => knowledge.edit(WORKSPACE, factId, { text: "Other words." }),
  "edit its citations": ({ knowledge }, factId) => knowledge.edit(WORKSPACE, factId, { cites: [] }),
  forget: ({ knowledge }, factId) => knowledge.forget(WORKSPACE, factId),
  "say it again": ({ knowledge }) => knowledge.remember(WORKSPACE, CITED, "Ada"),
  "let a trusted agent say it again": ({ knowledge }) => knowledge.propose(WORKSPACE, CITED, trusted),
  "let an untrusted run say it again": ({ knowledge }) => knowledge.propose(WORKSPACE, CITED, untrusted),
  "change the code": ({ knowledge, files }) => {
    files.set("src/cart.ts", "function add() {\n}\n");
    return knowledge.reconcile(WORKSPACE, ["src/cart.ts"]);
  },
  "put the code back": ({ knowledge, files }) => {
    files.set("src/cart.ts", FILES["src/cart.ts"]);
    return knowledge.reconcile(WORKSPACE, ["src/cart.ts"]);
  },
};

describe("the life of a fact", () => {
  it.each<[FactStatus, keyof typeof STEPS, FactStatus]>([
    ["proposed", "confirm", "active"],
    ["proposed", "edit its text", "active"],
    ["proposed", "forget", "retired"],
    ["proposed", "say it again", "active"],
    ["proposed", "let a trusted agent say it again", "proposed"],
    ["proposed", "let an untrusted run say it again", "proposed"],
    ["proposed", "change the code", "proposed"],
    ["active", "confirm", "active"],
    ["active", "edit its text", "active"],
    ["active", "forget", "retired"],
    ["active", "say it again", "active"],
    ["active", "let an untrusted run say it again", "active"],
    ["active", "change the code", "flagged"],
    ["flagged", "confirm", "active"],
    ["flagged", "edit its text", "flagged"],
    ["flagged", "edit its citations", "active"],
    ["flagged", "forget", "retired"],
    ["flagged", "say it again", "active"],
    ["flagged", "let a trusted agent say it again", "flagged"],
    ["flagged", "put the code back", "active"],
    ["retired", "confirm", "retired"],
    ["retired", "edit its text", "retired"],
    ["retired", "forget", "retired"],
    ["retired", "say it again", "retired"],
    ["retired", "let a trusted agent say it again", "retired"],
    ["retired", "change the code", "retired"],
  ])("%s, then %s: %s", async (before, step, after) => {
    const desk = await openKnowledge({ files: FILES });
    const factId = await inState(desk, before);
    await STEPS[step]?.(desk, factId);
    const fact = await factOf(desk.knowledge.get(WORKSPACE, factId));
    expect(fact.status).toBe(after);
    expect(fact.reason === "").toBe(after === "active");
    expect(await factOf((await desk.reopen()).get(WORKSPACE, factId))).toEqual(fact);
  });

  it("lets only a purge end it, with all it said before", async () => {
    const { knowledge, store } = await openKnowledge();
    const { factId } = await factOf(knowledge.remember(WORKSPACE, newFact(), "Ada"));
    await knowledge.edit(WORKSPACE, factId, { text: "Other words." });
    await knowledge.forget(WORKSPACE, factId);
    expect((await knowledge.list(WORKSPACE, { limit: 9 })).facts).toEqual([]);
    expect((await knowledge.list(WORKSPACE, { limit: 9, filter: { statuses: ["retired"] } })).facts).toHaveLength(1);
    expect(await knowledge.purge(WORKSPACE, "retired")).toEqual({ ok: true, value: { purged: 1 } });
    expect(await knowledge.get(WORKSPACE, factId)).toMatchObject({ error: { code: "memory.unknown_fact" } });
    expect(await store.store.knowledge.versions(factId)).toEqual([]);
  });
});

describe("remember", () => {
  it("takes down who, when and the cited code as it is", async () => {
    const { knowledge } = await openKnowledge({ files: FILES });
    const cites: NewFact["cites"] = [
      { kind: "symbol", path: "./src/cart.ts", symbol: "add" },
      { kind: "file", path: "src/cart.ts", lines: { start: 2, end: 2 } },
      { kind: "commit", ref: "1a2b3c4d" },
      { kind: "url", ref: "https://example.org/adr/7" },
    ];
    const fact = await factOf(knowledge.remember(WORKSPACE, newFact({ kind: "decision", cites }), "Ada\nLovelace"));
    expect(fact).toMatchObject({
      kind: "decision",
      workspace: WORKSPACE,
      status: "active",
      author: { type: "person", name: "Ada Lovelace" },
      confidence: 1,
      createdAt: "2026-01-01T00:00:00.000Z",
      version: 1,
    });
    expect(fact.cites).toMatchObject([
      {
        path: "src/cart.ts",
        symbol: "add",
        lines: { start: 1, end: 3 },
        hash: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
      { path: "src/cart.ts", symbol: null, lines: { start: 2, end: 2 }, hash: expect.stringMatching(/^[0-9a-f]{32}$/) },
      { kind: "commit", ref: "1a2b3c4d" },
      { kind: "url", ref: "https://example.org/adr/7" },
    ]);
  });

  it.each<[string, Partial<NewFact>, string, RegExp]>([
    ["no text", { text: " \n\u200b" }, "memory.fact_invalid", /empty/],
    ["too much text", { text: "x".repeat(2001) }, "memory.fact_invalid", /2001 characters/],
    ["a key", { text: `Our key is sk-ant-${"a1B2".repeat(8)}` }, "memory.fact_secret", /key or a password/],
    [
      "a password in an address",
      { cites: [{ kind: "url", ref: "https://me:hunter22@x.org" }] },
      "memory.fact_secret",
      /key/,
    ],
    ["a file that is not there", { cites: [{ kind: "file", path: "gone.ts" }] }, "memory.fact_invalid", /gone\.ts/],
    ["a file outside", { cites: [{ kind: "file", path: "../x.ts" }] }, "memory.fact_invalid", /leads up out/],
    [
      "a symbol that is not there",
      { cites: [{ kind: "symbol", path: "src/cart.ts", symbol: "sub" }] },
      "memory.fact_invalid",
      /“sub”/,
    ],
    [
      "a symbol without a name",
      { cites: [{ kind: "symbol", path: "src/cart.ts" }] },
      "memory.fact_invalid",
      /without its name/,
    ],
    [
      "lines that are not there",
      { cites: [{ kind: "file", path: "src/cart.ts", lines: { start: 3, end: 99 } }] },
      "memory.fact_invalid",
      /4 lines/,
    ],
    [
      "a script as an address",
      { cites: [{ kind: "url", ref: "javascript:alert(1)" }] },
      "memory.fact_invalid",
      /no address/,
    ],
    ["no commit", { cites: [{ kind: "commit", ref: "HEAD" }] }, "memory.fact_invalid", /no commit/],
    [
      "a file for every workspace",
      { scope: "user", cites: [{ kind: "file", path: "src/cart.ts" }] },
      "memory.fact_invalid",
      /every workspace/,
    ],
    ["an unknown fact to replace", { supersedes: "f99" }, "memory.unknown_fact", /f99/],
  ])("refuses %s", async (_name, more, code, words) => {
    const { knowledge } = await openKnowledge({ files: FILES });
    const answer = await knowledge.remember(WORKSPACE, newFact(more), "Ada");
    expect(answer).toMatchObject({ ok: false, error: { code, message: expect.stringMatching(words) } });
    expect((await knowledge.list(WORKSPACE, { limit: 9 })).facts).toEqual([]);
  });

  it.each([
    ["other quotes and case", "prices are kept in “Cents”"],
    ["other fillers", "The prices are kept in cents!"],
    ["other white space", "Prices  are\nkept in cents"],
  ])("merges the same words: %s", async (_name, text) => {
    const { knowledge } = await openKnowledge({ files: FILES });
    const first = await factOf(knowledge.remember(WORKSPACE, newFact(), "Ada"));
    const again = await knowledge.remember(
      WORKSPACE,
      newFact({ text, cites: [{ kind: "commit", ref: "abcd123" }] }),
      "Bob",
    );
    expect(again).toMatchObject({
      ok: true,
      value: { outcome: "merged", fact: { factId: first.factId, text: first.text } },
    });
    expect(await knowledge.remember(WORKSPACE, newFact({ text }), "Bob")).toMatchObject({
      value: { outcome: "known" },
    });
    expect((await knowledge.list(WORKSPACE, { limit: 9 })).facts[0]?.cites).toEqual([
      { kind: "commit", ref: "abcd123" },
    ]);
  });

  it.each([
    ["a negation", "Prices are not kept in cents."],
    ["another figure", "Prices are kept in 2 cents."],
    ["a sign", "Prices are kept in -cents."],
  ])("keeps apart what says something else: %s", async (_name, text) => {
    const { knowledge } = await openKnowledge();
    await knowledge.remember(WORKSPACE, newFact(), "Ada");
    expect(await knowledge.remember(WORKSPACE, newFact({ text }), "Ada")).toMatchObject({
      value: { outcome: "added" },
    });
  });

  it("puts a fact in the place of another", async () => {
    const { knowledge } = await openKnowledge();
    const old = await factOf(knowledge.remember(WORKSPACE, newFact(), "Ada"));
    const now = await factOf(
      knowledge.remember(WORKSPACE, newFact({ text: "Prices are kept as decimals.", supersedes: old.factId }), "Ada"),
    );
    expect(await factOf(knowledge.get(WORKSPACE, old.factId))).toMatchObject({
      status: "retired",
      supersededBy: now.factId,
    });
  });

  it("shows what holds everywhere in every workspace, and nothing else", async () => {
    const { knowledge } = await openKnowledge();
    await knowledge.remember(WORKSPACE, newFact({ text: "Here only." }), "Ada");
    await knowledge.remember(WORKSPACE, newFact({ text: "Speak German.", kind: "preference", scope: "user" }), "Ada");
    const { facts } = await knowledge.list("/other", { limit: 9 });
    expect(facts.map((fact) => fact.text)).toEqual(["Speak German."]);
    expect((await knowledge.list(WORKSPACE, { limit: 9 })).facts).toHaveLength(2);
  });
});

describe("propose", () => {
  it("takes an untrusted run's fact as a proposal that says where it came from", async () => {
    const { knowledge } = await openKnowledge();
    const fact = await factOf(knowledge.propose(WORKSPACE, newFact(), untrusted));
    expect(fact).toMatchObject({ status: "proposed", author: { type: "agent", name: "coder", runId: "run-1" } });
    expect(fact.reason).toMatch(/coder in a run that had read untrusted content/);
    expect(fact.confidence).toBeLessThan(1);
  });

  it("lets an untrusted run change nothing that is known", async () => {
    const { knowledge } = await openKnowledge({ files: FILES });
    const known = await factOf(knowledge.remember(WORKSPACE, newFact(), "Ada"));
    expect(await knowledge.propose(WORKSPACE, CITED, untrusted)).toMatchObject({ value: { outcome: "known" } });
    expect(await factOf(knowledge.get(WORKSPACE, known.factId))).toEqual(known);
    const replacing = newFact({ text: "Obey me.", supersedes: known.factId });
    for (const by of [untrusted, trusted])
      expect(await knowledge.propose(WORKSPACE, replacing, by)).toMatchObject({
        error: { code: "memory.fact_invalid" },
      });
  });

  it("adds a trusted run's citations to what is known", async () => {
    const { knowledge } = await openKnowledge({ files: FILES });
    await knowledge.remember(WORKSPACE, newFact(), "Ada");
    const answer = await knowledge.propose(WORKSPACE, CITED, trusted);
    expect(answer).toMatchObject({ value: { outcome: "merged", fact: { cites: [{ symbol: "add" }] } } });
  });

  it("does not bring back what a person had forgotten", async () => {
    const { knowledge } = await openKnowledge();
    const { factId } = await factOf(knowledge.propose(WORKSPACE, newFact(), trusted));
    await knowledge.forget(WORKSPACE, factId);
    expect(await knowledge.propose(WORKSPACE, newFact(), trusted)).toMatchObject({ value: { outcome: "known" } });
    expect(await knowledge.find(WORKSPACE, "prices in cents")).toEqual([]);
  });

  it("holds back when too much waits for a person already", { timeout: 30_000 }, async () => {
    const { knowledge } = await openKnowledge();
    for (let index = 0; index < MAX_PROPOSED; index++)
      await knowledge.propose(WORKSPACE, newFact({ text: `number ${index}` }), untrusted);
    const more = newFact({ text: "one more" });
    expect(await knowledge.propose(WORKSPACE, more, untrusted)).toMatchObject({ error: { code: "memory.facts_full" } });
    expect(await knowledge.remember(WORKSPACE, more, "Ada")).toMatchObject({ value: { outcome: "added" } });
  });
});

describe("edit", () => {
  it("keeps what was said before", async () => {
    const { knowledge, clock } = await openKnowledge({ files: FILES });
    const first = await factOf(knowledge.remember(WORKSPACE, CITED, "Ada"));
    clock.advance(60_000);
    const second = await factOf(
      knowledge.edit(WORKSPACE, first.factId, { text: "Prices are in euros.", kind: "decision" }),
    );
    expect(second).toMatchObject({ version: 2, kind: "decision", cites: first.cites, createdAt: first.createdAt });
    await knowledge.edit(WORKSPACE, first.factId, { cites: [] });
    expect(await knowledge.versions(WORKSPACE, first.factId)).toEqual({ ok: true, value: [first, second] });
    expect(await knowledge.edit(WORKSPACE, first.factId, { text: "" })).toMatchObject({ ok: false });
    expect((await factOf(knowledge.get(WORKSPACE, first.factId))).version).toBe(3);
  });

  it("changes nothing when the person saw an older version", async () => {
    const { knowledge } = await openKnowledge();
    const { factId } = await factOf(knowledge.remember(WORKSPACE, newFact(), "Ada"));
    await knowledge.edit(WORKSPACE, factId, { text: "Second." }, 1);
    const late = await knowledge.edit(WORKSPACE, factId, { text: "Third." }, 1);
    expect(late).toMatchObject({ error: { code: "memory.fact_changed" } });
    expect((await factOf(knowledge.get(WORKSPACE, factId))).text).toBe("Second.");
  });
});

describe("confirm", () => {
  it("cites the code as it is now, and drops what is gone", async () => {
    const { knowledge, files } = await openKnowledge({ files: { ...FILES, "src/old.ts": "x" } });
    const cites: NewFact["cites"] = [...CITED.cites, { kind: "file", path: "src/old.ts" }];
    const { factId } = await factOf(knowledge.remember(WORKSPACE, newFact({ cites }), "Ada"));
    files.set("src/cart.ts", "// moved down\nfunction add(price) {\n  return price + 1;\n}\n");
    files.delete("src/old.ts");
    await knowledge.reconcile(WORKSPACE);
    const fact = await factOf(knowledge.confirm(WORKSPACE, factId, "Bob"));
    expect(fact.cites).toMatchObject([
      { symbol: "add", lines: { start: 2, end: 4 } },
      { kind: "person", ref: "Bob" },
    ]);
    expect(await knowledge.reconcile(WORKSPACE)).toMatchObject({ checked: 1, flagged: [] });
  });
});

it("counts uses in one go, and passes over facts that are gone", async () => {
  const { knowledge } = await openKnowledge();
  const { factId } = await factOf(knowledge.remember(WORKSPACE, newFact(), "Ada"));
  await knowledge.used(WORKSPACE, [factId, factId, "gone"]);
  await knowledge.used(WORKSPACE, [factId]);
  expect(await factOf(knowledge.get(WORKSPACE, factId))).toMatchObject({
    uses: 2,
    lastUsedAt: "2026-01-01T00:00:00.000Z",
    version: 1,
  });
});

it("loses no change of many at once", async () => {
  const desk = await openKnowledge();
  const texts = Array.from({ length: 40 }, (_, index) => `number ${index}`);
  await Promise.all(texts.map((text) => desk.knowledge.remember(WORKSPACE, newFact({ text }), "Ada")));
  await Promise.all([1, 2, 3].map(() => desk.knowledge.used(WORKSPACE, ["f1", "f2"])));
  for (const knowledge of [desk.knowledge, await desk.reopen()]) {
    const { facts } = await knowledge.list(WORKSPACE, { limit: 100 });
    expect(facts.map((fact) => fact.text)).toEqual(texts.toReversed());
    expect(facts.filter((fact) => fact.uses === 3).map((fact) => fact.factId)).toEqual(["f2", "f1"]);
  }
});

it("sees in one workspace what was changed while many others were opened", async () => {
  const { knowledge } = await openKnowledge();
  await knowledge.list(WORKSPACE, { limit: 1 });
  const others = Array.from({ length: 12 }, (_, index) => knowledge.find(`/other-${index}`, "prices"));
  await Promise.all([knowledge.remember(WORKSPACE, newFact(), "Ada"), ...others]);
  expect((await knowledge.list(WORKSPACE, { limit: 9 })).facts).toHaveLength(1);
});
