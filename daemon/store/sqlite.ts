/** The embedded store: SQLite through node:sqlite, one file a data folder. */
import { nexusError } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import type { Log } from "../observability/log.ts";
import { createArtifacts } from "./artifacts.ts";
import { createAuditHeads } from "./audit-head.ts";
import { createCheckpointRows } from "./checkpoint-store.ts";
import { type Connect, type Connection, connect as connectSqlite } from "./connection.ts";
import { createDatabase } from "./database.ts";
import { createEventLog } from "./event-log.ts";
import { storeError } from "./faults.ts";
import { databaseFile, openFile } from "./file.ts";
import { createKnowledgeRows } from "./knowledge.ts";
import { createTaskOutcomes } from "./outcomes.ts";
import { createProjections } from "./projections.ts";
import { createScheduleRows } from "./schedules.ts";
import { createSessions } from "./sessions.ts";
import type { Store } from "./store.ts";
import { createTrustRows } from "./trust.ts";

export interface StoreOptions {
  /** The data folder; the database is its file nexus.db. Whoever opens it holds the writer's lock (lock.ts). */
  readonly home: string;
  readonly log: Log;
  /** ISO 8601, UTC; the `at` of events. */
  readonly now?: () => string;
  /** Opens files; tests put faults here. */
  readonly connect?: Connect;
  /** Checks every event against its schema before it is written; for tests. */
  readonly validateEvents?: boolean;
}

/**
 * Opens the store, making or migrating the file as needed. Rejects with `store.corrupt` or `store.newer`, having changed
 * nothing, with `store.full`, `store.read_only` or `store.failed`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { home, log, now = systemClock.iso, connect = connectSqlite, validateEvents = false } = options;
  const file = databaseFile(home);
  const connection = await openFile(home, connect);
  const epoch = takeOver(connection, file);
  const database = createDatabase({ connection, file, epoch, log });
  return {
    events: createEventLog({ database, now, log, validateEvents }),
    artifacts: createArtifacts(database),
    projections: createProjections(database),
    sessions: createSessions(database),
    checkpoints: createCheckpointRows(database),
    knowledge: createKnowledgeRows(database),
    auditHeads: createAuditHeads(database),
    trust: createTrustRows(database),
    outcomes: createTaskOutcomes(database),
    schedules: createScheduleRows(database),
    epoch,
    close: once(() => database.close()),
  };
}

/** Fences every earlier writer: from here on its transactions find an epoch that is not theirs. */
function takeOver(connection: Connection, file: string): number {
  try {
    const [row] = connection.execute("UPDATE store SET epoch = epoch + 1, clean = 0 RETURNING epoch", []);
    if (typeof row?.["epoch"] === "number") return row["epoch"];
    throw nexusError("store.corrupt", `${file} does not say who wrote it last.`);
  } catch (error) {
    connection.close();
    throw storeError(error, file) ?? error;
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= work());
}
