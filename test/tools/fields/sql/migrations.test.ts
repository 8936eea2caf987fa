import { describe, expect, it } from "vitest";
import { migrate } from "../../../../daemon/tools/fields/sql/migrations.ts";
import { migrations } from "../../../../daemon/tools/fields/sql/migrations-check.ts";
import { migrationFolder, numberProblems, scriptsOf } from "../../../../daemon/tools/fields/sql/scripts.ts";
import { fieldContext, inShort } from "../field-context.ts";

const UP = "CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n";

async function problems(scripts: { up: string; down?: string }[]): Promise<string[]> {
  const { engine, applied, reverted, found } = await migrate(
    scripts.map((script, index) => ({ path: `${index}`, ...script })),
  );
  return [`${engine} ${applied} ${reverted}`, ...found.map(({ path, rule, message }) => `${path} ${rule}: ${message}`)];
}

describe("migrations on an empty database", () => {
  it("applies them in order and takes them back", async () => {
    const add = { up: "ALTER TABLE a ADD COLUMN age INT;", down: "ALTER TABLE a DROP COLUMN age;" };
    expect(await problems([{ up: UP, down: "DROP TABLE a;" }, add])).toEqual(["SQLite 2 2"]);
  });

  it("tells of a script that does not apply, and of a way back that leads elsewhere", async () => {
    expect(await problems([{ up: UP }, { up: "ALTER TABLE b ADD COLUMN age INT;" }])).toEqual([
      "SQLite 1 0",
      "1 migration/apply: it does not apply on an empty SQLite: no such table: b",
    ]);
    expect(await problems([{ up: UP, down: "SELECT 1;" }])).toEqual([
      "SQLite 1 0",
      expect.stringMatching(/^0 migration\/revert: its way back does not lead back: “CREATE TABLE a/),
    ]);
    expect(await problems([{ up: UP, down: "DROP TABLE b;" }])).toEqual([
      "SQLite 1 0",
      "0 migration/revert: its way back fails: no such table: b",
    ]);
  });

  it("takes DuckDB where SQLite does not take them", async () => {
    expect(await problems([{ up: "CREATE SEQUENCE a;", down: "DROP SEQUENCE a;" }])).toEqual(["DuckDB 1 1"]);
  });

  it.each(["ATTACH '/tmp/nexus-evil.db' AS e;", "VACUUM INTO '/tmp/nexus-evil.db';"])("refuses %s", async (up) => {
    const [first, second] = await problems([{ up }]);
    expect(first).toMatch(/ 0 0$/);
    expect(second).toContain("migration/apply");
  });
});

describe("scripts of a folder", () => {
  it("knows folders and orders numbers as numbers", () => {
    expect(migrationFolder("db/migrations/0001_a.sql")).toBe("db/migrations");
    expect(migrationFolder("prisma/migrations/20260101120000_a/migration.sql")).toBe("prisma/migrations");
    expect(migrationFolder("migrations/V2__b.sql")).toBe("migrations");
    expect(migrationFolder("db/schema.sql")).toBeUndefined();
    const paths = ["m/migrations/10_c.sql", "m/migrations/9_b.sql", "m/migrations/9_b.down.sql"];
    const scripts = scriptsOf(
      "m/migrations",
      paths.map((path) => ({ path, text: path })),
    );
    expect(scripts).toMatchObject([{ path: paths[1], down: paths[2] }, { path: paths[0] }]);
    expect(scriptsOf("m", [{ path: "m/1.sql", text: "-- migrate:up\na\n-- migrate:down\nb" }])).toMatchObject([
      { up: "-- migrate:up\na\n", down: "\nb" },
    ]);
  });

  it("finds gaps and doubles, and lets times be", () => {
    const rules = (...names: string[]) =>
      numberProblems(
        scriptsOf(
          "m",
          names.map((name) => ({ path: `m/${name}.sql`, text: "" })),
        ),
      ).map(({ rule }) => rule);
    expect(rules("1_a", "2_b", "4_c")).toEqual(["migration/gap"]);
    expect(rules("1_a", "1_b")).toEqual(["migration/number"]);
    expect(rules("20260101_a", "20260301_b")).toEqual([]);
  });
});

describe("the check “migrations”", () => {
  it("sends back what does not apply, and warns of a rewritten past", async () => {
    const result = await migrations.run(
      fieldContext(
        { "db/migrations/1_a.sql": UP.replace("name", "title"), "db/migrations/3_b.sql": "CREATE INDEX i ON a(name);" },
        { before: { "db/migrations/1_a.sql": UP } },
      ),
    );
    expect(inShort(result)).toEqual([
      "error db/migrations/3_b.sql migration/gap",
      "error db/migrations/3_b.sql migration/apply",
      "warning db/migrations/1_a.sql migration/rewritten",
    ]);
    expect(result.summary).toBe("db/migrations: 1 of 2 migrations applied on SQLite, 0 taken back");
  });

  it("only warns of another database's own words, and of what was broken before", async () => {
    const broken = { "migrations/1_a.sql": "CREATE EXTENSION pgcrypto;\n" };
    expect(inShort(await migrations.run(fieldContext(broken)))).toEqual([
      expect.stringMatching(/^warning migrations\/1_a\.sql/),
    ]);
    const old = { "migrations/1_a.sql": "CREATE TABL x;\n" };
    const context = fieldContext({ ...old, "migrations/2_b.sql": UP }, { changed: ["migrations/2_b.sql"] });
    expect((await migrations.run({ ...context, base: async () => undefined })).ok).toBe(true);
  });
});
