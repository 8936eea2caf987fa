/**
 * One writer a data folder. The lock is an exclusive SQLite transaction on a tiny file of its own, held as long as the
 * process lives: the operating system ends it with the process, so it is never stale, and there is no pid to be reused.
 *
 * Nothing else in this process may open that file: POSIX drops a process's locks when any handle to the file is closed.
 */
import { join } from "node:path";
import { makeFolder } from "../host/files.ts";
import { type Connection, connect } from "./connection.ts";
import { isBusy, openingError } from "./faults.ts";

/** Keeps the connections from being collected, which would end the locks, when a caller drops its handle. */
const held = new Set<Connection>();

/** Undefined when another process (or an earlier call) holds the lock. Rejects with `store.*` errors. */
export async function acquireWriterLock(home: string): Promise<{ release(): void } | undefined> {
  const file = join(home, "daemon.lock.db");
  let connection: Connection | undefined;
  try {
    await makeFolder(home, 0o700);
    connection = connect(file, { readOnly: false });
    connection.execute("PRAGMA busy_timeout = 0", []);
    // In WAL mode an exclusive transaction would lock out writers only, and leave more files behind.
    connection.execute("PRAGMA journal_mode = DELETE", []);
    connection.execute("BEGIN EXCLUSIVE", []);
  } catch (error) {
    connection?.close();
    if (isBusy(error)) return undefined;
    throw openingError(error, file);
  }
  held.add(connection);
  return { release: () => release(connection) };
}

function release(connection: Connection): void {
  if (held.delete(connection)) connection.close();
}
