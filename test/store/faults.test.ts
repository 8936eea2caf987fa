import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acquireWriterLock } from "../../daemon/store/lock.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import { collectingLog, noticed, openTestStore, runCreated, temporaryHome } from "../support/store.ts";
import { faultyConnections, SQLITE, sqliteError } from "./faulty-connection.ts";

const code = (name: string) => ({ value: { code: name } });
const log = collectingLog([]);

describe("a full disk", () => {
  it("refuses with store.full, loses nothing, and goes on when there is space again", async () => {
    const faults = faultyConnections();
    const { store, logged, reopen } = await openTestStore({ connect: faults.connect });
    await store.events.append("r", [{ body: runCreated() }]);
    const told: number[] = [];
    store.events.subscribe((event) => told.push(event.seq));
    limitPages(faults.connection().execute("PRAGMA page_count", [])[0]?.["page_count"]);
    let acknowledged = 1;
    await expect(
      (async () => {
        for (;;) {
          await store.events.append("r", [{ body: noticed("x".repeat(2000)) }]);
          acknowledged++;
        }
      })(),
    ).rejects.toMatchObject(code("store.full"));
    await expect(store.events.append("r", [{ body: noticed("y".repeat(9000)) }])).rejects.toMatchObject(
      code("store.full"),
    );
    expect(await store.events.read("r", { limit: 1000 })).toHaveLength(acknowledged);
    expect((await store.events.state("r"))?.seq).toBe(acknowledged);
    limitPages(1_000_000);
    await store.events.append("r", [{ body: noticed("space") }]);
    expect(told).toEqual(Array.from({ length: acknowledged }, (_, index) => index + 2));
    expect(await (await reopen()).events.read("r", { limit: 1000 })).toHaveLength(acknowledged + 1);
    expect(logged.filter((line) => line.includes("no space"))).toHaveLength(1);
    expect(logged.filter((line) => line.includes("has space again"))).toHaveLength(1);

    function limitPages(pages: unknown): void {
      faults.connection().execute(`PRAGMA max_page_count = ${String(pages)}`, []);
    }
  });
});

describe("a folder that cannot be written", () => {
  it("is reported with store.read_only when the store opens", async () => {
    const file = join(temporaryHome(), "file");
    writeFileSync(file, "");
    await expect(openStore({ home: file, log })).rejects.toMatchObject(code("store.read_only"));
    await expect(openStore({ home: join(file, "below"), log })).rejects.toMatchObject(code("store.read_only"));
    await expect(acquireWriterLock(file)).rejects.toMatchObject(code("store.read_only"));
  });

  it("refuses writes while it lasts, and goes on reading", async () => {
    const faults = faultyConnections();
    const { store } = await openTestStore({ connect: faults.connect });
    await store.events.append("r", [{ body: runCreated() }]);
    faults.connection().execute("PRAGMA query_only = ON", []);
    await expect(store.events.append("r", [{ body: noticed("a") }])).rejects.toMatchObject(code("store.read_only"));
    expect(await store.events.read("r", { limit: 10 })).toHaveLength(1);
    faults.connection().execute("PRAGMA query_only = OFF", []);
    expect(await store.events.append("r", [{ body: noticed("a") }])).toHaveLength(1);
  });

  it("says so when another program holds the write lock", async () => {
    const faults = faultyConnections();
    const { store } = await openTestStore({ connect: faults.connect });
    faults.before = (sql) => {
      if (sql === "BEGIN IMMEDIATE") throw sqliteError(SQLITE.busy);
    };
    await expect(store.events.append("r", [{ body: runCreated() }])).rejects.toMatchObject(code("store.read_only"));
    delete faults.before;
    await store.events.append("r", [{ body: runCreated() }]);
  });
});

describe("an I/O error", () => {
  it("at a commit shuts the store for good: nothing is tried again, nothing more is acknowledged", async () => {
    const faults = faultyConnections();
    const { store, reopen } = await openTestStore({ connect: faults.connect });
    await store.events.append("r", [{ body: runCreated() }]);
    const commits: string[] = [];
    faults.before = (sql) => {
      if (sql === "COMMIT" && commits.push(sql) === 1) throw sqliteError(SQLITE.ioSync);
    };
    const failed = code("store.failed");
    await expect(store.events.append("r", [{ body: noticed("a") }])).rejects.toMatchObject(failed);
    await expect(store.events.append("r", [{ body: noticed("a") }])).rejects.toMatchObject(failed);
    await expect(store.events.state("r")).rejects.toMatchObject(failed);
    await expect(store.events.read("r", { limit: 1 })).rejects.toMatchObject(failed);
    expect(commits).toHaveLength(1);
    delete faults.before;
    expect(await (await reopen()).events.append("r", [{ body: noticed("b") }])).toMatchObject([{ seq: 2 }]);
  });

  it("that hides a commit which did happen does no harm: the key finds it after the restart", async () => {
    const faults = faultyConnections();
    const { store, reopen } = await openTestStore({ connect: faults.connect });
    await store.events.append("r", [{ body: runCreated() }]);
    faults.after = (sql) => {
      if (sql === "COMMIT") throw sqliteError(SQLITE.ioWrite);
    };
    const append = [{ body: noticed("a"), key: "k" }];
    await expect(store.events.append("r", append)).rejects.toMatchObject(code("store.failed"));
    delete faults.after;
    const opened = await reopen();
    expect(await opened.events.append("r", append)).toMatchObject([{ seq: 2 }]);
    expect(await opened.events.read("r", { limit: 10 })).toHaveLength(2);
  });

  it("at a read shuts the store too", async () => {
    const faults = faultyConnections();
    const { store } = await openTestStore({ connect: faults.connect });
    await store.events.append("r", [{ body: runCreated() }]);
    faults.before = () => {
      throw sqliteError(SQLITE.ioRead);
    };
    await expect(store.events.find("r", "k")).rejects.toMatchObject(code("store.failed"));
    delete faults.before;
    await expect(store.events.append("r", [{ body: noticed("a") }])).rejects.toMatchObject(code("store.failed"));
  });
});

describe("a fault at every statement in turn", () => {
  const CODES = { full: SQLITE.full, "an I/O error": SQLITE.ioWrite };
  const KINDS = ["once", "from then on"] as const;
  const cases = Object.entries(CODES).flatMap(([name, sqlite]) => KINDS.map((kind) => ({ name, sqlite, kind })));

  it.each(cases)("$name, $kind: acknowledged ⊆ recovered ⊆ sent", { timeout: 120_000 }, async ({ sqlite, kind }) => {
    for (let at = 1; ; at++) {
      const faults = faultyConnections();
      const { store, reopen } = await openTestStore({ connect: faults.connect });
      const first = faults.count + at;
      let hit = false;
      faults.before = (_, number) => {
        if (number < first || (kind === "once" && hit)) return;
        hit = true;
        throw sqliteError(sqlite);
      };
      const acknowledged = new Set<string>();
      const told = new Set<string>();
      store.events.subscribe((event) => told.add(JSON.stringify(event.body)));
      const sent = [runCreated(), noticed("a"), noticed("b")];
      for (const body of sent)
        await store.events.append("r", [{ body, key: JSON.stringify(body) }]).then(
          () => acknowledged.add(JSON.stringify(body)),
          (error: { value?: { code?: string } }) =>
            expect(["store.full", "store.failed", "run.unknown"]).toContain(error.value?.code),
        );
      expect([...acknowledged].filter((body) => !told.has(body))).toEqual([]);
      await store.close();
      delete faults.before;
      const opened = await reopen();
      const recovered = (await opened.events.read("r", { limit: 10 })).map(({ body }) => JSON.stringify(body));
      expect(recovered).toEqual(sent.map((body) => JSON.stringify(body)).filter((body) => acknowledged.has(body)));
      expect((await opened.projections.verify({ repair: false })).map(({ status }) => status)).not.toContain("error");
      await opened.close();
      if (!hit) return;
    }
  });
});

describe("opening", () => {
  it("leaves a store that opens at the next try, whatever statement fails", { timeout: 120_000 }, async () => {
    const home = temporaryHome();
    for (let at = 1; ; at++) {
      const faults = faultyConnections();
      faults.before = (_, number) => {
        if (number === at) throw sqliteError(SQLITE.ioWrite);
      };
      const store = await openStore({ home: join(home, `${at}`), log, connect: faults.connect }).catch(() => undefined);
      await store?.close();
      const again = await openStore({ home: join(home, `${at}`), log });
      await again.events.append("r", [{ body: runCreated() }]);
      await again.close();
      expect(existsSync(join(home, `${at}`, "nexus.db.new"))).toBe(false);
      if (faults.count < at) return;
    }
  });
});
