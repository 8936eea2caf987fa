/** The database file: made, looked at before anything is changed, opened, and set aside when it is damaged. */
import { join } from "node:path";
import { nexusError } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { changeMode, makeFolder, removeFile, rename, stat } from "../host/files.ts";
import type { Connect, Connection } from "./connection.ts";
import { inspectionError, openingError } from "./faults.ts";
import { APPLICATION_ID, MIGRATIONS, migrate, schemaDigest, versionOf } from "./migrations.ts";

/**
 * Up to this size a file is checked at every start, indexes included (about 1.5 ms a MiB); a larger one only when the
 * last writer did not close it, and then without its indexes.
 */
const ALWAYS_CHECKED_BYTES = 8 * 1024 * 1024;
const SMALLEST_DATABASE_BYTES = 512;

/** Files that SQLite keeps next to a database; the log holds commits that the database does not have yet. */
const COMPANIONS = ["-wal", "-shm"] as const;

const PRAGMAS = [
  "PRAGMA busy_timeout = 2000",
  "PRAGMA journal_mode = WAL",
  "PRAGMA synchronous = FULL",
  // On macOS fsync does not reach the platter; elsewhere these do nothing.
  "PRAGMA fullfsync = ON",
  "PRAGMA checkpoint_fullfsync = ON",
  "PRAGMA foreign_keys = ON",
  "PRAGMA cell_size_check = ON",
  "PRAGMA trusted_schema = OFF",
  "PRAGMA journal_size_limit = 16777216",
] as const;

export function databaseFile(home: string): string {
  return join(home, "nexus.db");
}

/**
 * Opens the data folder's database, making it when there is none. Rejects with `store.corrupt` or `store.newer`, having
 * changed nothing, or with another `store.*` error.
 */
export async function openFile(home: string, connect: Connect): Promise<Connection> {
  const file = databaseFile(home);
  try {
    await makeFolder(home, 0o700);
    const stats = await stat(file);
    if (stats === undefined) await createFile(file, connect);
    else if (stats.isFile()) inspect(file, stats.size, connect);
    else throw nexusError("store.corrupt", `${file} is not a file.`);
    return openChecked(file, connect);
  } catch (error) {
    throw openingError(error, file);
  }
}

/**
 * Moves a damaged database aside, unchanged, so that a new one can be made. Only for when a person asked for it, and
 * with the writer's lock held. Answers with the new name, or undefined when there was nothing.
 */
export async function quarantine(home: string, now: () => string = systemClock.iso): Promise<string | undefined> {
  const file = databaseFile(home);
  const aside = `${file}.damaged-${now().replace(/[^0-9A-Za-z]/g, "-")}`;
  let moved = false;
  // The database first: were its log moved away first, a crash here would leave a database without its last commits.
  for (const companion of ["", ...COMPANIONS]) {
    if ((await stat(file + companion)) === undefined) continue;
    await rename(file + companion, aside + companion);
    moved = true;
  }
  return moved ? aside : undefined;
}

/** Under another name until it is whole, so that an empty file of the real name is always damage, never a new store. */
async function createFile(file: string, connect: Connect): Promise<void> {
  if (((await stat(`${file}-wal`))?.size ?? 0) > 0)
    throw nexusError("store.corrupt", `${file} is missing, but the log of its last commits is there.`);
  const unfinished = `${file}.new`;
  for (const companion of ["", "-journal", ...COMPANIONS]) await removeFile(unfinished + companion);
  const connection = connect(unfinished, { readOnly: false });
  try {
    connection.execute("PRAGMA synchronous = FULL", []);
    migrate(connection);
  } finally {
    connection.close();
  }
  await changeMode(unfinished, 0o600);
  await rename(unfinished, file);
}

/** Reads without the right to write: neither a damaged file nor one of a newer version is touched. */
function inspect(file: string, bytes: number, connect: Connect): void {
  if (bytes < SMALLEST_DATABASE_BYTES) throw nexusError("store.corrupt", `${file} holds only ${bytes} bytes.`);
  const connection = connect(file, { readOnly: true });
  try {
    connection.execute("PRAGMA busy_timeout = 2000", []);
    const id = connection.execute("PRAGMA application_id", [])[0]?.["application_id"];
    if (id !== APPLICATION_ID) throw nexusError("store.corrupt", `${file} is not a database of Nexus.`);
    const version = versionOf(connection);
    if (version < 1) throw nexusError("store.corrupt", `${file} has no version.`);
    if (version > MIGRATIONS.length)
      throw nexusError("store.newer", `${file} has version ${version}, this Nexus knows ${MIGRATIONS.length}.`);
    checkPages(connection, file, bytes);
    checkSchema(connection, file);
  } catch (error) {
    throw inspectionError(error, file);
  } finally {
    connection.close();
  }
}

function checkPages(connection: Connection, file: string, bytes: number): void {
  const isSmall = bytes <= ALWAYS_CHECKED_BYTES;
  const isClean = connection.execute("SELECT clean FROM store", [])[0]?.["clean"] === 1;
  if (isClean && !isSmall) return;
  const [row] = connection.execute(isSmall ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", []);
  const found = String(Object.values(row ?? {})[0]);
  if (found !== "ok") throw nexusError("store.corrupt", `${file}: ${found}`);
}

/** A flipped bit in the tables' description can leave it valid, with another meaning. */
function checkSchema(connection: Connection, file: string): void {
  const [row] = connection.execute("SELECT schema_digest FROM store", []);
  if (row?.["schema_digest"] !== schemaDigest(connection))
    throw nexusError("store.corrupt", `${file}: its description of the tables is not as it was written.`);
}

function openChecked(file: string, connect: Connect): Connection {
  const connection = connect(file, { readOnly: false });
  try {
    for (const pragma of PRAGMAS) connection.execute(pragma, []);
    migrate(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
