/** What the rest of the daemon knows of the store. The embedded version is SQLite (sqlite.ts); a team store has the same port. */
import type {
  Approval,
  CheckResult,
  Fact,
  RunEvent,
  RunEventBody,
  RunState,
  RunSummary,
  SessionChange,
  SessionMode,
  TaskCost,
  TaskOutcome,
} from "../../protocol/index.ts";
import type { CheckpointRows } from "./checkpoint-rows.ts";

export interface NewEvent {
  readonly body: RunEventBody;
  /** Unique within the run. Appending a known key again stores nothing and answers with the event that is there. */
  readonly key?: string;
}

export interface KeyedEvent {
  readonly event: RunEvent;
  readonly key: string | null;
}

export interface EventLog {
  /**
   * Appends events as one transaction with the projections, and answers with the numbered events once they are
   * durable; only then are subscribers told. Throws `store.*` errors; after `store.failed` the store refuses everything.
   */
  append(
    runId: string,
    events: readonly NewEvent[],
    artifacts?: readonly Uint8Array[],
    /** Asked in the same transaction with the run's state; where it says no, nothing is appended and the answer is empty. */
    onlyIf?: (state: RunState) => boolean,
  ): Promise<RunEvent[]>;
  /** Events after number `after` (default 0), oldest first, or with `before` the last ones below it, oldest first. */
  read(runId: string, range: { after?: number; before?: number; limit: number }): Promise<RunEvent[]>;
  /** A page of events after number `after`, oldest first, with the keys they were appended under. */
  readKeyed(runId: string, range: { after: number; limit: number }): Promise<KeyedEvent[]>;
  find(runId: string, key: string): Promise<RunEvent | undefined>;
  /** The fold of all the run's events; undefined for an unknown run. Cheap for runs in use. */
  state(runId: string): Promise<RunState | undefined>;
  /** Told of every committed event, in order, in the same process. */
  subscribe(listener: (event: RunEvent, state: RunState) => void): () => void;
}

export interface Artifacts {
  /** Stores bytes under their SHA-256 (hexadecimal) and answers with it. Storing the same bytes twice is free. */
  put(bytes: Uint8Array): Promise<string>;
  get(hash: string): Promise<Uint8Array | undefined>;
}

export interface RunQuery {
  readonly workspace?: string;
  readonly sessionId?: string;
  readonly cursor?: string;
  readonly limit: number;
}

export interface Projections {
  listRuns(query: RunQuery): Promise<{ runs: RunSummary[]; nextCursor: string | null }>;
  /** Ids of runs whose status is not an end, oldest first. */
  unfinishedRuns(): Promise<string[]>;
  /** Ids of ended runs whose accept or rewind was cut off (begun without an end), oldest first. */
  applyingRuns(): Promise<string[]>;
  pendingApprovals(): Promise<{ runId: string; approval: Approval }[]>;
  /** The run that an idempotency key of run/start made, if any. */
  runOfKey(key: string): Promise<{ runId: string; sessionId: string } | undefined>;
  /** Replays every run's events into fresh projections and compares; with `repair` the stored ones are replaced. */
  verify(options: { repair: boolean }): Promise<CheckResult[]>;
}

export interface Session {
  readonly sessionId: string;
  readonly workspace: string;
  readonly mode: SessionMode;
  readonly createdAt: string;
}

/** What may change about a session; what is left out is as the session was made. */
export interface SessionDetails {
  readonly title?: string;
  readonly settings?: SessionChange;
}

/** A session with what its runs say of it. */
export interface SessionEntry {
  readonly session: Session;
  readonly details: SessionDetails;
  /** The beginning of its first prompt; null before its first run. */
  readonly firstPrompt: string | null;
  /** Of its latest run; without one, of the session. */
  readonly updatedAt: string;
}

export interface Sessions {
  create(session: Session, details?: SessionDetails): Promise<void>;
  /** With the mode that was set last; undefined for an unknown or deleted one. */
  get(sessionId: string): Promise<Session | undefined>;
  entry(sessionId: string): Promise<SessionEntry | undefined>;
  /** Those that have a run, the one with the latest run first. */
  list(query: Omit<RunQuery, "sessionId">): Promise<{ entries: SessionEntry[]; nextCursor: string | null }>;
  change(sessionId: string, details: SessionDetails): Promise<void>;
  /** Its runs stay. */
  remove(sessionId: string): Promise<void>;
}

export interface FactRow {
  /** Newer facts have larger numbers; an edited one keeps its own. */
  readonly number: number;
  readonly fact: Fact;
}

export interface FactChange {
  readonly fact: Fact;
  /** What the fact was before an edit; kept as a version, the newest 50 of each fact. */
  readonly replaces?: Fact;
}

export interface KnowledgeRows {
  /** All facts of a workspace, or with null those that hold everywhere, oldest first. Damaged rows are only named. */
  load(workspace: string | null): Promise<{ facts: FactRow[]; damaged: string[] }>;
  /** Writes new and changed facts as one transaction; answers with their numbers. */
  put(changes: readonly FactChange[]): Promise<number[]>;
  /** What an edited fact said before, oldest first. */
  versions(factId: string): Promise<Fact[]>;
  /** Removes facts and their versions for good. */
  purge(factIds: readonly string[]): Promise<void>;
}

/** The newest record of the audit log that is known to be on disk. */
export interface AuditHead {
  readonly number: number;
  /** SHA-256 in hexadecimal digits. */
  readonly hash: string;
}

export interface AuditHeads {
  /** Undefined before the first record. Throws `store.corrupt` when it is not as it was written. */
  get(): Promise<AuditHead | undefined>;
  put(head: AuditHead): Promise<void>;
}

export interface TrustRow {
  /** Real path. */
  readonly workspace: string;
  /** JSON; what it means is security's. */
  readonly body: string;
}

export interface TrustRows {
  /** Throws `store.corrupt` when the row is not as it was written. */
  get(workspace: string): Promise<string | undefined>;
  put(row: TrustRow): Promise<void>;
}

export interface TaskOutcomes {
  /** What became of the planned tasks of a workspace, the newest first. Written with the event that ends a task. */
  recent(workspace: string, limit: number): Promise<TaskOutcome[]>;
  /** What tasks of a run took so far; tasks that did nothing yet are left out. */
  costs(runId: string): Promise<Map<string, TaskCost>>;
}

export interface ScheduleRow {
  readonly scheduleId: string;
  /** JSON; what it means is orchestration's. */
  readonly body: string;
}

export interface ScheduleRows {
  /** Throws `store.corrupt` when a row is not as it was written. */
  list(): Promise<ScheduleRow[]>;
  put(row: ScheduleRow): Promise<void>;
  /** Answers whether there was one. */
  remove(scheduleId: string): Promise<boolean>;
}

export interface Store {
  readonly events: EventLog;
  readonly artifacts: Artifacts;
  readonly projections: Projections;
  readonly sessions: Sessions;
  readonly checkpoints: CheckpointRows;
  readonly knowledge: KnowledgeRows;
  readonly auditHeads: AuditHeads;
  readonly trust: TrustRows;
  readonly outcomes: TaskOutcomes;
  readonly schedules: ScheduleRows;
  /** Grows by one at every opening; writes of a store whose epoch is no longer the newest throw `store.fenced`. */
  readonly epoch: number;
  close(): Promise<void>;
}
