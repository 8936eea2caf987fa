/** A connection to SQLite with faults under it: the store's own seam, not a mock. */
import { type Connect, type Connection, connect } from "../../daemon/store/connection.ts";

/** SQLite's result codes that the tests inject. */
export const SQLITE = { ioRead: 266, ioWrite: 778, ioSync: 1034, full: 13, readOnly: 8, corrupt: 11, busy: 5 } as const;

export function sqliteError(code: number): Error {
  return Object.assign(new Error(`injected ${code}`), { errcode: code });
}

export interface Faults {
  readonly connect: Connect;
  /** The connection that was opened last. */
  connection(): Connection;
  /** Statements so far, of all connections. */
  readonly count: number;
  /** Called before every statement with its number from 1; a thrown error takes the statement's place. */
  before?: (sql: string, number: number) => void;
  /** Called after a statement that succeeded. */
  after?: (sql: string) => void;
}

export function faultyConnections(): Faults {
  let last: Connection | undefined;
  const faults: Faults & { count: number } = {
    count: 0,
    connect(file, options) {
      const real = connect(file, options);
      last = {
        execute(sql, parameters) {
          faults.count++;
          faults.before?.(sql, faults.count);
          const rows = real.execute(sql, parameters);
          faults.after?.(sql);
          return rows;
        },
        close: () => real.close(),
      };
      return last;
    },
    connection() {
      if (last === undefined) throw new Error("nothing was opened");
      return last;
    },
  };
  return faults;
}
