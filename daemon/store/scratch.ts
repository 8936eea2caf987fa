/** Databases of others: an empty one in memory for scripts that nobody vouched for, and a look into a SQLite file. */
import { constants, DatabaseSync } from "node:sqlite";
import type { SqlRow } from "./connection.ts";

export interface ScratchDatabase {
  /** Runs all statements of a script; throws SQLite's own error. */
  run(script: string): void;
  /** What there is, as its statements, sorted. */
  schema(): string[];
  close(): void;
}

/** What leads out of the memory: other files, a copy written to one, code. Also refused by name, for older Nodes. */
const LEADS_OUT = /\battach\b|\bvacuum\b|\bload_extension\b|\bwritefile\b|\breadfile\b|\btemp_store_directory\b/i;

export function openScratchDatabase(): ScratchDatabase {
  const database = new DatabaseSync(":memory:", { allowExtension: false });
  if (typeof database.setAuthorizer === "function")
    database.setAuthorizer((action) =>
      action === constants.SQLITE_ATTACH ? constants.SQLITE_DENY : constants.SQLITE_OK,
    );
  return {
    run(script) {
      const found = LEADS_OUT.exec(script.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, " "))?.[0];
      if (found !== undefined) throw new Error(`${found.toUpperCase()} reaches out of the database; it was not run`);
      database.exec(script);
    },
    schema: () =>
      database
        .prepare("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY sql")
        .all()
        .map(({ sql }) => String(sql).replace(/\s+/g, " ")),
    close: () => database.close(),
  };
}

export interface ReadTable {
  readonly name: string;
  readonly rows: readonly SqlRow[];
}

/** The tables of a SQLite file, at most `maxRows` of each, opened for reading only. Throws where it is none. */
export function readTables(path: string, { maxTables, maxRows }: { maxTables: number; maxRows: number }): ReadTable[] {
  const database = new DatabaseSync(path, { readOnly: true, allowExtension: false });
  try {
    const names = database
      .prepare("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' LIMIT ?")
      .all(maxTables)
      .map(({ name }) => String(name));
    return names.map((name) => ({
      name,
      rows: database.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}" LIMIT ?`).all(maxRows),
    }));
  } finally {
    database.close();
  }
}
