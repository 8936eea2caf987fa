/**
 * The database of a code index. Unlike nexus.db it holds nothing that could not be made again, so one that is damaged, or of
 * another version, is thrown away; and its commits may be lost in a power cut, though never be half there.
 */
import { dirname } from "node:path";
import { makeFolder, removeTree } from "../host/files.ts";
import { type Connection, connect } from "./connection.ts";

const APPLICATION_ID = 0x4e584958;
/** Of larger files only the tables that are small are read through; damage elsewhere shows when the rest is loaded. */
const CHECKED_PAGES = 8192;
/** Raised whenever a table or the meaning of its bytes changes. */
const INDEX_VERSION = 3;

/** Numbers are never given twice: a path may still name a content that was dropped because it was damaged. */
const TABLES = [
  `CREATE TABLE segments (
     id INTEGER PRIMARY KEY AUTOINCREMENT, documents INTEGER NOT NULL, bytes BLOB NOT NULL, chunk_rows BLOB NOT NULL,
     generation INTEGER NOT NULL, vectors BLOB
   ) STRICT`,
  `CREATE TABLE blobs (
     id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, language TEXT, bytes INTEGER NOT NULL,
     lines INTEGER NOT NULL, symbols INTEGER NOT NULL, segment INTEGER NOT NULL, document INTEGER NOT NULL, facts BLOB
   ) STRICT`,
  `CREATE INDEX blobs_by_segment ON blobs (segment, document)`,
  `CREATE TABLE views (id INTEGER PRIMARY KEY AUTOINCREMENT, root TEXT NOT NULL UNIQUE, used_at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE entries (
     view INTEGER NOT NULL, path TEXT NOT NULL, blob INTEGER NOT NULL, PRIMARY KEY (view, path)
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE parts (key TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID`,
];

const PRAGMAS = [
  "PRAGMA busy_timeout = 5000",
  "PRAGMA journal_mode = WAL",
  "PRAGMA synchronous = NORMAL",
  "PRAGMA trusted_schema = OFF",
  "PRAGMA cell_size_check = ON",
  "PRAGMA journal_size_limit = 67108864",
  "PRAGMA cache_size = -16000",
] as const;

export interface IndexFile {
  readonly connection: Connection;
  /** Why what was there could not be used; undefined when it could, or when there was nothing. */
  readonly discarded: string | undefined;
}

/** Opens or makes the file; only the writer's lock of the data folder keeps two processes from both doing so. */
export async function openIndexFile(file: string): Promise<IndexFile> {
  await makeFolder(dirname(file), 0o700);
  let discarded: string | undefined;
  for (;;) {
    const opened = tryOpen(file);
    if (typeof opened !== "string") return { connection: opened, discarded };
    if (discarded !== undefined) throw new Error(`${file} cannot be made: ${opened}`);
    discarded = opened;
    await discardIndexFile(file);
  }
}

/** To be called when it is closed. Whatever stands in its place goes as well: the folder is ours. */
export async function discardIndexFile(file: string): Promise<void> {
  for (const ending of ["", "-wal", "-shm", "-journal"]) await removeTree(file + ending);
}

/** The connection, or why there is none. */
function tryOpen(file: string): Connection | string {
  let connection: Connection;
  try {
    connection = connect(file, { readOnly: false });
  } catch (error) {
    return textOf(error);
  }
  try {
    for (const pragma of PRAGMAS) connection.execute(pragma, []);
    const problem = prepare(connection);
    if (problem === undefined) return connection;
    connection.close();
    return problem;
  } catch (error) {
    connection.close();
    return textOf(error);
  }
}

/** Why an index file cannot be used, without changing it; undefined when it can. */
export function problemOfIndexFile(file: string): string | undefined {
  try {
    const connection = connect(file, { readOnly: true });
    try {
      return problemOf(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    return textOf(error);
  }
}

function prepare(connection: Connection): string | undefined {
  const isNew = numberOf(connection, "user_version") === 0 && numberOf(connection, "application_id") === 0;
  return isNew ? create(connection) : problemOf(connection);
}

function problemOf(connection: Connection): string | undefined {
  const version = numberOf(connection, "user_version");
  const id = numberOf(connection, "application_id");
  if (id !== APPLICATION_ID) return "it is not an index of Nexus";
  if (version !== INDEX_VERSION) return `it has version ${version}, this Nexus writes ${INDEX_VERSION}`;
  const isLarge = numberOf(connection, "page_count") > CHECKED_PAGES;
  for (const part of isLarge ? ["entries", "views"] : [1]) {
    const [row] = connection.execute(`PRAGMA quick_check(${part})`, []);
    const found = String(Object.values(row ?? {})[0]);
    if (found !== "ok") return found;
  }
  return undefined;
}

function create(connection: Connection): undefined {
  connection.execute("BEGIN IMMEDIATE", []);
  for (const table of TABLES) connection.execute(table, []);
  connection.execute(`PRAGMA application_id = ${APPLICATION_ID}`, []);
  connection.execute(`PRAGMA user_version = ${INDEX_VERSION}`, []);
  connection.execute("COMMIT", []);
}

function numberOf(connection: Connection, pragma: string): number {
  return Number(connection.execute(`PRAGMA ${pragma}`, [])[0]?.[pragma] ?? 0);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
