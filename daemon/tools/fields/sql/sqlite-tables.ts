/** SQLite files for DuckDB, whose own reader of them would have to be downloaded. */
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { createExclusively, removeTree } from "../../../host/files.ts";
import { makeScratch } from "../../../host/scratch.ts";
import type { SqlValue } from "../../../store/connection.ts";
import { readTables } from "../../../store/scratch.ts";
import type { QueryRequest } from "../judge/requests.ts";
import { named, quoted } from "./quote.ts";

const BOUNDS = { maxTables: 50, maxRows: 100_000 };

/** Each becomes a schema of its name, with its tables as they are now. */
export async function loadDatabases(connection: DuckDBConnection, databases: QueryRequest["databases"]): Promise<void> {
  if (databases.length === 0) return;
  const folder = await makeScratch();
  try {
    for (const [index, { name, path }] of databases.entries()) {
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${named(name)}`);
      for (const table of readTables(path, BOUNDS)) {
        const file = join(folder, `${index}-${table.name.replace(/\W/g, "_")}.json`);
        const lines = table.rows.map((row) => JSON.stringify(row, (_, value: SqlValue) => plain(value)));
        await createExclusively(file, lines.join("\n"), 0o600);
        const source =
          lines.length === 0 ? "(SELECT 1 WHERE false)" : `read_json(${quoted(file)}, format = 'newline_delimited')`;
        await connection.run(`CREATE TABLE ${named(name)}.${named(table.name)} AS SELECT * FROM ${source}`);
      }
    }
  } finally {
    await removeTree(folder);
  }
}

function plain(value: SqlValue): unknown {
  if (typeof value === "bigint") return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
}
