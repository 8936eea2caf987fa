/** The tables as Kysely types. migrations.ts makes them; columns stand in the same order. */
import type { Generated } from "kysely";

/** One row: who may write, and whether the last writer closed the file. */
interface StoreTable {
  id: number;
  epoch: number;
  clean: number;
  schema_digest: string;
}

/** The truth. Rows are never changed. */
interface EventTable {
  /** Order over all runs; a run's own order is `seq`. */
  position: Generated<number>;
  run_id: string;
  seq: number;
  key: string | null;
  at: string;
  type: string;
  /** JSON of the event's body. */
  body: string;
  digest: string;
}

interface ArtifactTable {
  hash: string;
  bytes: Uint8Array;
}

/** Projections of the event log, from here … */
interface RunTable {
  run_id: string;
  /** The position of its first event: newer runs have larger numbers. */
  number: number;
  session_id: string;
  workspace: string;
  ended: number;
  /** 1 for an ended run whose accept was cut off. */
  applying: number;
  /** JSON of a RunSummary. */
  summary: string;
  seq: number;
  digest: string;
}

interface TaskTable {
  run_id: string;
  /** Place in the run's list of tasks, from 0. */
  place: number;
  task_id: string;
  status: string;
  /** JSON of a TaskState. */
  state: string;
}

/** Open approvals only. */
interface ApprovalTable {
  run_id: string;
  place: number;
  /** JSON of an Approval. */
  approval: string;
  digest: string;
}
/** … to here. */

interface SessionTable {
  session_id: string;
  workspace: string;
  mode: "ask" | "plan" | "act";
  created_at: string;
  digest: string;
}

interface SessionDetailTable {
  session_id: string;
  /** 1 for a session that was deleted. */
  deleted: number;
  /** JSON of what may change about it: SessionDetails. */
  body: string;
  digest: string;
}

interface CheckpointTable {
  thread_id: string;
  namespace: string;
  checkpoint_id: string;
  parent_id: string | null;
  /** JSON: channel → version. */
  versions: string;
  checkpoint_type: string;
  checkpoint: Uint8Array;
  metadata_type: string;
  metadata: Uint8Array;
  digest: string;
}

interface ChannelTable {
  thread_id: string;
  namespace: string;
  channel: string;
  version: string;
  type: string;
  bytes: Uint8Array;
  digest: string;
}

interface WriteTable {
  thread_id: string;
  namespace: string;
  checkpoint_id: string;
  task_path: string;
  task_id: string;
  number: number;
  channel: string;
  type: string;
  bytes: Uint8Array;
  digest: string;
}

interface KnowledgeTable {
  /** Grows with every new fact; an edited one keeps its own. */
  number: Generated<number>;
  fact_id: string;
  /** "" for facts that hold in every workspace. */
  workspace: string;
  /** JSON of a Fact. */
  body: string;
  digest: string;
}

interface KnowledgeVersionTable {
  fact_id: string;
  version: number;
  /** JSON of the Fact as it was. */
  body: string;
  digest: string;
}

/** One row: the newest record of the audit log that is known to be on disk. */
interface AuditHeadTable {
  id: number;
  number: number;
  hash: string;
  digest: string;
}

interface TrustTable {
  /** Real path of the folder. */
  workspace: string;
  /** JSON of what was decided about it. */
  body: string;
  digest: string;
}

/** What became of planned tasks; stays when checkpoints and runs go. */
interface OutcomeTable {
  /** Newer outcomes have larger numbers. */
  number: Generated<number>;
  run_id: string;
  task_id: string;
  workspace: string;
  /** JSON of a TaskOutcome. */
  body: string;
  digest: string;
}

interface ScheduleTable {
  schedule_id: string;
  /** JSON of when it runs what. */
  body: string;
  digest: string;
}

export interface Tables {
  store: StoreTable;
  events: EventTable;
  artifacts: ArtifactTable;
  runs: RunTable;
  tasks: TaskTable;
  approvals: ApprovalTable;
  sessions: SessionTable;
  session_details: SessionDetailTable;
  checkpoints: CheckpointTable;
  checkpoint_channels: ChannelTable;
  checkpoint_writes: WriteTable;
  knowledge: KnowledgeTable;
  knowledge_versions: KnowledgeVersionTable;
  audit_head: AuditHeadTable;
  trust: TrustTable;
  task_outcomes: OutcomeTable;
  schedules: ScheduleTable;
}
