import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { connect } from "../../daemon/store/connection.ts";
import { MIGRATIONS, migrate, versionOf } from "../../daemon/store/migrations.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import { collectingLog, openTestStore, runCreated, temporaryHome } from "../support/store.ts";
import { faultyConnections } from "./faulty-connection.ts";

const log = collectingLog([]);
const STEPS = [...MIGRATIONS, "CREATE TABLE extra (a INTEGER) STRICT;\nINSERT INTO extra VALUES (1);\n"];

describe("migrate", () => {
  it("goes on after a death at any statement, taking every step once", { timeout: 120_000 }, () => {
    for (let at = 1; ; at++) {
      const file = join(temporaryHome(), "test.db");
      const faults = faultyConnections();
      faults.before = (_, number) => {
        // The process is gone: not even the ROLLBACK after the failure runs.
        if (number >= at) throw new Error("killed");
      };
      const dying = faults.connect(file, { readOnly: false });
      let died = true;
      try {
        migrate(dying, STEPS);
        died = false;
      } catch {
        // As intended.
      }
      dying.close();
      const connection = connect(file, { readOnly: false });
      migrate(connection, STEPS);
      expect(versionOf(connection)).toBe(STEPS.length);
      expect(connection.execute("SELECT * FROM extra", [])).toEqual([{ a: 1 }]);
      expect(connection.execute("SELECT epoch, clean FROM store", [])).toEqual([{ epoch: 0, clean: 1 }]);
      connection.close();
      if (!died) return;
    }
  });

  it("takes only the steps that a file lacks", async () => {
    const { store, home } = await openTestStore();
    await store.events.append("r", [{ body: runCreated() }]);
    await store.close();
    const connection = connect(join(home, "nexus.db"), { readOnly: false });
    migrate(connection, STEPS);
    migrate(connection, STEPS);
    expect(connection.execute("SELECT count(*) AS events FROM events", [])).toEqual([{ events: 1 }]);
    expect(connection.execute("SELECT * FROM extra", [])).toEqual([{ a: 1 }]);
    connection.close();
  });
});

describe("a file of a newer version", () => {
  it("is refused and not changed by a single byte", async () => {
    const { store, home } = await openTestStore();
    await store.events.append("r", [{ body: runCreated() }]);
    await store.close();
    const file = join(home, "nexus.db");
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}; UPDATE store SET clean = 0`);
    database.close();
    const before = readFileSync(file);
    await expect(openStore({ home, log })).rejects.toMatchObject({ value: { code: "store.newer" } });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
