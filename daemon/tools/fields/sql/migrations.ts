/** Applies scripts to an empty database in their order and takes them back, on whichever engine takes the first one. */
import { openScratchDatabase } from "../../../store/scratch.ts";
import type { Migrated, Script } from "../judge/requests.ts";
import { openDuckdb, problemOf } from "./duckdb.ts";

interface Engine {
  readonly name: Migrated["engine"];
  run(script: string): Promise<void>;
  schema(): Promise<string[]>;
}

/** The engine that gets further; SQLite where both take all. */
export async function migrate(scripts: readonly Script[]): Promise<Migrated> {
  const onSqlite = await migrateOn(sqliteEngine(), scripts);
  if (onSqlite.applied === scripts.length) return onSqlite;
  const duckdb = await duckdbEngine().catch(() => undefined);
  if (duckdb === undefined) return onSqlite;
  const onDuckdb = await migrateOn(duckdb, scripts);
  return onDuckdb.applied > onSqlite.applied ? onDuckdb : onSqlite;
}

async function migrateOn(engine: Engine, scripts: readonly Script[]): Promise<Migrated> {
  const found: Migrated["found"] = [];
  const schemas: string[][] = [];
  let applied = 0;
  for (const { path, up } of scripts) {
    schemas.push(await engine.schema());
    const problem = await tryRun(engine, up);
    if (problem !== undefined) {
      found.push({
        path,
        rule: "migration/apply",
        message: `it does not apply on an empty ${engine.name}: ${problem}`,
      });
      return { engine: engine.name, applied, reverted: 0, found };
    }
    applied++;
  }
  const reverted = await takeBack(engine, scripts, schemas, found);
  return { engine: engine.name, applied, reverted, found };
}

/** From the last one to the first, as long as there is a way back. */
async function takeBack(
  engine: Engine,
  scripts: readonly Script[],
  schemas: readonly (readonly string[])[],
  found: Migrated["found"],
): Promise<number> {
  let reverted = 0;
  for (const [index, { path, down }] of [...scripts.entries()].reverse()) {
    if (down === undefined) return reverted;
    const problem = await tryRun(engine, down);
    if (problem !== undefined) {
      found.push({ path, rule: "migration/revert", message: `its way back fails: ${problem}` });
      return reverted;
    }
    const left = differenceOf(schemas[index] ?? [], await engine.schema());
    if (left !== undefined) {
      found.push({ path, rule: "migration/revert", message: `its way back does not lead back: ${left}` });
      return reverted;
    }
    const again = await tryRun(engine, scripts[index]?.up ?? "");
    if (again !== undefined) {
      found.push({ path, rule: "migration/repeat", message: `after its way back it does not apply again: ${again}` });
      return reverted;
    }
    await tryRun(engine, down);
    reverted++;
  }
  return reverted;
}

function differenceOf(before: readonly string[], after: readonly string[]): string | undefined {
  const extra = after.find((statement) => !before.includes(statement));
  if (extra !== undefined) return `“${extra.slice(0, 120)}” is left`;
  const missing = before.find((statement) => !after.includes(statement));
  return missing === undefined ? undefined : `“${missing.slice(0, 120)}” is gone`;
}

async function tryRun(engine: Engine, script: string): Promise<string | undefined> {
  try {
    await engine.run(script);
    return undefined;
  } catch (error) {
    return problemOf(error);
  }
}

function sqliteEngine(): Engine {
  const database = openScratchDatabase();
  return {
    name: "SQLite",
    run: async (script) => database.run(script),
    schema: async () => database.schema(),
  };
}

async function duckdbEngine(): Promise<Engine> {
  const connection = await openDuckdb([]);
  return {
    name: "DuckDB",
    async run(script) {
      await connection.run(script);
    },
    async schema() {
      const parts = ["duckdb_tables()", "duckdb_views()", "duckdb_indexes()"].map(
        (from) =>
          `SELECT sql FROM ${from} WHERE schema_name = 'main' AND sql IS NOT NULL${from === "duckdb_views()" ? " AND NOT internal" : ""}`,
      );
      const reader = await connection.runAndReadAll(`${parts.join(" UNION ALL ")} ORDER BY sql`);
      return reader.getRowsJson().map(([sql]) => String(sql).replace(/\s+/g, " "));
    },
  };
}
