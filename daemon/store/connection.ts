/** One open SQLite file. The seam at which tests put faults under the store. */
import { DatabaseSync, type StatementSync } from "node:sqlite";

export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

export interface Connection {
  /** Runs one statement and answers with its rows. Throws SQLite's own errors (see faults.ts). */
  execute(sql: string, parameters: readonly SqlValue[]): SqlRow[];
  close(): void;
}

export type Connect = (file: string, options: { readonly readOnly: boolean }) => Connection;

/** Enough for every statement of the store; variants by the number of parameters come and go. */
const MAX_STATEMENTS = 200;

/** Opens a file through node:sqlite, keeping prepared statements. */
export const connect: Connect = (file, { readOnly }) => {
  const database = new DatabaseSync(file, { readOnly });
  const statements = new Map<string, StatementSync>();

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= MAX_STATEMENTS) statements.clear();
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    execute: (sql, parameters) => prepare(sql).all(...parameters),
    close() {
      statements.clear();
      database.close();
    },
  };
};

/** SQLite takes no booleans and no undefined; whoever passes one has a bug. */
export function sqlValue(value: unknown): SqlValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
      return value;
    default:
      if (value === null || value instanceof Uint8Array) return value;
      throw new TypeError(`a ${typeof value} cannot be stored in SQLite`);
  }
}
