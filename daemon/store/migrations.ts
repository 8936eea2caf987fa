/** The steps from an empty file to the present tables. A step that was released is never edited; add one. */
import type { Connection } from "./connection.ts";
import { digestOf } from "./digest.ts";

/** Marks a file as ours ("NXUS"), so that another program's database is not taken for it. */
export const APPLICATION_ID = 0x4e585553;

const FIRST = `
CREATE TABLE store (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, clean INTEGER NOT NULL,
  schema_digest TEXT NOT NULL) STRICT;
INSERT INTO store VALUES (1, 0, 1, '');

CREATE TABLE events (
  position INTEGER PRIMARY KEY, run_id TEXT NOT NULL, seq INTEGER NOT NULL, key TEXT, at TEXT NOT NULL,
  type TEXT NOT NULL, body TEXT NOT NULL, digest TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_run ON events (run_id, seq);
CREATE UNIQUE INDEX events_by_key ON events (run_id, key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX events_by_start_key ON events (key) WHERE type = 'run.created' AND key IS NOT NULL;

CREATE TABLE artifacts (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

CREATE TABLE runs (
  run_id TEXT PRIMARY KEY, number INTEGER NOT NULL, session_id TEXT NOT NULL, workspace TEXT NOT NULL,
  ended INTEGER NOT NULL, applying INTEGER NOT NULL, summary TEXT NOT NULL, seq INTEGER NOT NULL, digest TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX runs_by_number ON runs (number);
CREATE INDEX runs_by_workspace ON runs (workspace, number);
CREATE INDEX runs_by_session ON runs (session_id, number);
CREATE INDEX runs_unfinished ON runs (number) WHERE ended = 0;
CREATE INDEX runs_applying ON runs (number) WHERE applying = 1;

CREATE TABLE tasks (
  run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, place INTEGER NOT NULL, task_id TEXT NOT NULL,
  status TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (run_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
  run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, place INTEGER NOT NULL, approval TEXT NOT NULL,
  digest TEXT NOT NULL, PRIMARY KEY (run_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY, workspace TEXT NOT NULL, mode TEXT NOT NULL, created_at TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT;

CREATE TABLE checkpoints (
  thread_id TEXT NOT NULL, namespace TEXT NOT NULL, checkpoint_id TEXT NOT NULL, parent_id TEXT,
  versions TEXT NOT NULL, checkpoint_type TEXT NOT NULL, checkpoint BLOB NOT NULL, metadata_type TEXT NOT NULL,
  metadata BLOB NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (thread_id, namespace, checkpoint_id)
) STRICT;
CREATE INDEX checkpoints_by_age ON checkpoints (checkpoint_id, thread_id, namespace);

CREATE TABLE checkpoint_channels (
  thread_id TEXT NOT NULL, namespace TEXT NOT NULL, channel TEXT NOT NULL, version TEXT NOT NULL, type TEXT NOT NULL,
  bytes BLOB NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (thread_id, namespace, channel, version)
) STRICT;

CREATE TABLE checkpoint_writes (
  thread_id TEXT NOT NULL, namespace TEXT NOT NULL, checkpoint_id TEXT NOT NULL, task_path TEXT NOT NULL,
  task_id TEXT NOT NULL, number INTEGER NOT NULL, channel TEXT NOT NULL, type TEXT NOT NULL, bytes BLOB NOT NULL,
  digest TEXT NOT NULL, PRIMARY KEY (thread_id, namespace, checkpoint_id, task_id, number)
) STRICT;
`;

/** Facts by workspace ("" holds everywhere), and what edited ones said before. */
const KNOWLEDGE = `
CREATE TABLE knowledge (
  number INTEGER PRIMARY KEY, fact_id TEXT NOT NULL UNIQUE, workspace TEXT NOT NULL, body TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT;
CREATE INDEX knowledge_by_workspace ON knowledge (workspace, number);

CREATE TABLE knowledge_versions (
  fact_id TEXT NOT NULL REFERENCES knowledge (fact_id) ON DELETE CASCADE, version INTEGER NOT NULL, body TEXT NOT NULL,
  digest TEXT NOT NULL, PRIMARY KEY (fact_id, version)
) STRICT, WITHOUT ROWID;
`;

/** How far the audit log has come, so that a log that was cut short is known for one; whom people trust. */
const GUARD = `
CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, hash TEXT NOT NULL, digest TEXT NOT NULL
) STRICT;

CREATE TABLE trust (workspace TEXT PRIMARY KEY, body TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
`;

/** What planned tasks were thought to take and what they took, by workspace. */
const OUTCOMES = `
CREATE TABLE task_outcomes (
  number INTEGER PRIMARY KEY, run_id TEXT NOT NULL, task_id TEXT NOT NULL, workspace TEXT NOT NULL, body TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX task_outcomes_by_task ON task_outcomes (run_id, task_id);
CREATE INDEX task_outcomes_by_workspace ON task_outcomes (workspace, number);
`;

/** When workflows run by themselves. */
const SCHEDULES = `
CREATE TABLE schedules (schedule_id TEXT PRIMARY KEY, body TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
`;

/** What people call their sessions and set for them; sessions without a row are as they were made. */
const SESSIONS = `
CREATE TABLE session_details (
  session_id TEXT PRIMARY KEY, deleted INTEGER NOT NULL, body TEXT NOT NULL, digest TEXT NOT NULL
) STRICT;
`;

export const MIGRATIONS: readonly string[] = [FIRST, KNOWLEDGE, GUARD, OUTCOMES, SCHEDULES, SESSIONS];

/** The version of a file, which is the number of steps it has taken. */
export function versionOf(connection: Connection): number {
  return Number(connection.execute("PRAGMA user_version", [])[0]?.["user_version"] ?? 0);
}

/**
 * Takes the steps that the file lacks, each in a transaction of its own together with the new version number: killed
 * at any point, the next opening goes on where this one stopped.
 */
export function migrate(connection: Connection, migrations: readonly string[] = MIGRATIONS): void {
  for (const [index, script] of migrations.entries()) {
    if (versionOf(connection) > index) continue;
    connection.execute("BEGIN IMMEDIATE", []);
    try {
      // Asked again inside the transaction: another process may have taken the step meanwhile.
      if (versionOf(connection) === index) takeStep(connection, script, index + 1);
      connection.execute("COMMIT", []);
    } catch (error) {
      rollBack(connection);
      throw error;
    }
  }
}

function takeStep(connection: Connection, script: string, version: number): void {
  if (version === 1) connection.execute(`PRAGMA application_id = ${APPLICATION_ID}`, []);
  for (const statement of script.split(";\n").filter((text) => text.trim() !== "")) connection.execute(statement, []);
  connection.execute("UPDATE store SET schema_digest = ?", [schemaDigest(connection)]);
  connection.execute(`PRAGMA user_version = ${version}`, []);
}

/** A checksum of the tables' description as it stands in the file. */
export function schemaDigest(connection: Connection): string {
  const rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name", []);
  return digestOf(rows.map((row) => JSON.stringify(row)));
}

/** The first failure says why; SQLite may already have rolled back by itself. */
function rollBack(connection: Connection): void {
  try {
    connection.execute("ROLLBACK", []);
  } catch {
    // Nothing was committed either way.
  }
}
