import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { connect } from "../../daemon/store/connection.ts";
import { MIGRATIONS, migrate, schemaDigest, versionOf } from "../../daemon/store/migrations.ts";
import { factOf } from "../support/facts.ts";
import { noticed, openTestStore, runCreated, temporaryHome } from "../support/store.ts";

describe("the rows of facts", () => {
  it("are there after the store was closed, by workspace, oldest first", async () => {
    const { store, reopen } = await openTestStore();
    const facts = [factOf({ factId: "a" }), factOf({ factId: "b", workspace: null }), factOf({ factId: "c" })];
    const [first, , third] = await store.knowledge.put(facts.map((fact) => ({ fact })));
    const { knowledge } = await reopen();
    const expected = [
      { number: first, fact: facts[0] },
      { number: third, fact: facts[2] },
    ];
    expect(await knowledge.load("/workspace")).toEqual({ facts: expected, damaged: [] });
    expect((await knowledge.load(null)).facts.map(({ fact }) => fact)).toEqual([facts[1]]);
    expect((await knowledge.load("/other")).facts).toEqual([]);
  });

  it("keep their number when they change, and what they were before when that is asked for", async () => {
    const { store } = await openTestStore();
    const before = factOf();
    const [number] = await store.knowledge.put([{ fact: before }, { fact: factOf({ factId: "later" }) }]);
    const after = factOf({ text: "Prices are kept in tenths of a cent.", version: 2 });
    expect(await store.knowledge.put([{ fact: after, replaces: before }])).toEqual([number]);
    expect((await store.knowledge.load("/workspace")).facts[0]).toEqual({ number, fact: after });
    expect(await store.knowledge.versions("fact-1")).toEqual([before]);
  });

  it("keep the newest 50 versions", async () => {
    const { store } = await openTestStore();
    await store.knowledge.put([{ fact: factOf() }]);
    for (let version = 1; version <= 60; version++)
      await store.knowledge.put([{ fact: factOf({ version: version + 1 }), replaces: factOf({ version }) }]);
    const versions = (await store.knowledge.versions("fact-1")).map((fact) => fact.version);
    expect(versions).toEqual(Array.from({ length: 50 }, (_, index) => index + 11));
  });

  it("are gone with their versions when they are purged", async () => {
    const { store, home } = await openTestStore();
    const secret = factOf({ text: "the zebra word" });
    await store.knowledge.put([{ fact: factOf({ factId: "kept" }) }, { fact: secret }]);
    await store.knowledge.put([{ fact: factOf({ text: "another", version: 2 }), replaces: secret }]);
    await store.knowledge.purge(["fact-1", "never there"]);
    expect((await store.knowledge.load("/workspace")).facts.map(({ fact }) => fact.factId)).toEqual(["kept"]);
    expect(await store.knowledge.versions("fact-1")).toEqual([]);
    await store.close();
    expect(rowsOf(home, "SELECT count(*) AS n FROM knowledge_versions")).toEqual([{ n: 0 }]);
  });

  it("are written all or none", async () => {
    const { store } = await openTestStore();
    const impossible = Object.defineProperty(factOf({ factId: "b" }), "kind", {
      enumerable: true,
      get: () => {
        throw new Error("cannot be written");
      },
    });
    await expect(store.knowledge.put([{ fact: factOf({ factId: "a" }) }, { fact: impossible }])).rejects.toThrow();
    expect((await store.knowledge.load("/workspace")).facts).toEqual([]);
  });

  it.each([
    "UPDATE knowledge SET body = replace(body, 'cents', 'euros') WHERE fact_id = 'b'",
    "UPDATE knowledge SET fact_id = 'c' WHERE fact_id = 'b'",
  ])("leave out a damaged one and name it: %s", async (statement) => {
    const { store, home, reopen } = await openTestStore();
    await store.knowledge.put([{ fact: factOf({ factId: "a" }) }, { fact: factOf({ factId: "b" }) }]);
    await store.close();
    change(home, statement);
    const again = await reopen();
    const { facts, damaged } = await again.knowledge.load("/workspace");
    expect(facts.map(({ fact }) => fact.factId)).toEqual(["a"]);
    expect(damaged).toHaveLength(1);
    const checks = await again.projections.verify({ repair: false });
    expect(checks.filter(({ status }) => status === "error").map(({ name }) => name)).toEqual(["knowledge"]);
  });

  it("are checked in their versions too", async () => {
    const { store, home, reopen } = await openTestStore();
    await store.knowledge.put([{ fact: factOf() }]);
    await store.knowledge.put([{ fact: factOf({ version: 2 }), replaces: factOf() }]);
    await store.close();
    change(home, "UPDATE knowledge_versions SET body = '{}'");
    const again = await reopen();
    await expect(again.knowledge.versions("fact-1")).rejects.toMatchObject({ value: { code: "store.corrupt" } });
    const checks = await again.projections.verify({ repair: false });
    expect(checks.find(({ name }) => name === "knowledge")).toMatchObject({ status: "error" });
  });
});

describe("a database of version 1", () => {
  it("is taken to the present version at opening, without loss", async () => {
    const { store, home, reopen } = await openTestStore();
    const value = { type: "json", bytes: new TextEncoder().encode("1") };
    const place = { threadId: "r", namespace: "", checkpointId: "1" };
    await store.sessions.create({
      sessionId: "s",
      workspace: "/w",
      mode: "plan",
      createdAt: "2026-01-01T00:00:00.000Z",
    });
    await store.events.append("r", [{ body: runCreated() }, { body: noticed("kept") }], [value.bytes]);
    const row = { ...place, parentId: null, versions: { channel: "1" }, checkpoint: value, metadata: value };
    await store.checkpoints.put(row, [{ channel: "channel", version: "1", value }]);
    const events = await store.events.read("r", { limit: 10 });
    await store.close();
    takeBackToFirst(home);
    const again = await reopen();
    expect(await again.events.read("r", { limit: 10 })).toEqual(events);
    expect(await again.sessions.get("s")).toMatchObject({ mode: "plan" });
    await again.knowledge.put([{ fact: factOf() }]);
    expect((await again.knowledge.load("/workspace")).facts).toHaveLength(1);
    const checks = await again.projections.verify({ repair: false });
    expect(checks.filter(({ status }) => status !== "ok")).toEqual([]);
    expect(rowsOf(home, "PRAGMA user_version")).toEqual([{ user_version: MIGRATIONS.length }]);
    expect(rowsOf(home, "SELECT count(*) AS n FROM checkpoint_channels")).toEqual([{ n: 1 }]);
  });
});

/** Makes of a present file what the first released version would have left: the same tables, the same description. */
function takeBackToFirst(home: string): void {
  const first = connect(join(temporaryHome(), "first.db"), { readOnly: false });
  migrate(first, MIGRATIONS.slice(0, 1));
  const digest = schemaDigest(first);
  const tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid DESC";
  const known = first.execute(tables, []).map(({ name }) => name);
  first.close();
  const database = connect(join(home, "nexus.db"), { readOnly: false });
  for (const { name } of database.execute(tables, []))
    if (!known.includes(name ?? null)) database.execute(`DROP TABLE ${String(name)}`, []);
  database.execute("PRAGMA user_version = 1", []);
  database.execute("UPDATE store SET schema_digest = ?", [digest]);
  expect(schemaDigest(database)).toBe(digest);
  expect(versionOf(database)).toBe(1);
  database.close();
}

function change(home: string, statement: string): void {
  const database = new DatabaseSync(join(home, "nexus.db"));
  database.exec("PRAGMA foreign_keys = OFF");
  database.exec(statement);
  database.close();
}

function rowsOf(home: string, query: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(home, "nexus.db"), { readOnly: true });
  const rows = database
    .prepare(query)
    .all()
    .map((row) => ({ ...row }));
  database.close();
  return rows;
}
