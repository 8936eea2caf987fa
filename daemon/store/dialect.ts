/** Kysely on one node:sqlite connection: queries wait for each other, transactions take the write lock at once. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { type Connection, sqlValue } from "./connection.ts";
import { isNothingToRollBack } from "./faults.ts";
import { createQueue } from "./queue.ts";

export function nodeSqliteDialect(connection: Connection): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(connection),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function createDriver(connection: Connection): Driver {
  const queue = createQueue();
  const only = createKyselyConnection(connection);
  let leave: (() => void) | undefined;
  return {
    init: async () => {},
    // The one connection is lent to one caller at a time, so that nobody reads inside another's transaction.
    async acquireConnection() {
      leave = await queue.enter();
      return only;
    },
    releaseConnection: async () => leave?.(),
    // IMMEDIATE: what a transaction reads first must still be true when it writes.
    beginTransaction: async () => void connection.execute("BEGIN IMMEDIATE", []),
    commitTransaction: async () => void connection.execute("COMMIT", []),
    async rollbackTransaction() {
      try {
        connection.execute("ROLLBACK", []);
      } catch (error) {
        if (!isNothingToRollBack(error)) throw error;
      }
    },
    destroy: async () => connection.close(),
  };
}

function createKyselyConnection(connection: Connection): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const rows: unknown[] = connection.execute(sql, parameters.map(sqlValue));
      return { rows: typedRows(rows) };
    },
    // biome-ignore lint/correctness/useYield: the interface asks for a generator; the store pages instead.
    async *streamQuery() {
      throw new Error("the store does not stream");
    },
  };
}

/** Kysely derives the row type from the query, which its executor's interface cannot express. */
function typedRows<Row>(rows: unknown[]): Row[] {
  return rows.filter((row): row is Row => row !== null);
}
