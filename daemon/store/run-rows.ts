/** What the projections hold of a run: rows made from its state alone, so that they can be made again. */
import { type Approval, isEnded, pendingPaths, type RunState, type RunSummary } from "../../protocol/index.ts";
import type { Reader, Writer } from "./database.ts";
import { checkDigest, digestOf } from "./digest.ts";

const PROMPT = 300;

/** The line of a run in a list. */
export function summaryOf(state: RunState): RunSummary {
  return {
    runId: state.runId,
    sessionId: state.sessionId,
    workspace: state.workspace,
    prompt: state.prompt.slice(0, PROMPT),
    status: state.status,
    costUsd: state.budget.spentUsd,
    pendingFiles: pendingPaths(state).length,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
  };
}

export interface RunRow {
  readonly run_id: string;
  readonly session_id: string;
  readonly workspace: string;
  readonly ended: number;
  readonly applying: number;
  readonly summary: string;
  readonly seq: number;
  readonly digest: string;
}

function runRow(state: RunState): RunRow {
  const ended = isEnded(state.status);
  const row = {
    run_id: state.runId,
    session_id: state.sessionId,
    workspace: state.workspace,
    ended: ended ? 1 : 0,
    applying: ended && ((state.changes?.applying.length ?? 0) > 0 || state.rewind?.status === "working") ? 1 : 0,
    summary: JSON.stringify(summaryOf(state)),
    seq: state.seq,
  };
  return { ...row, digest: digestOf(runParts(row)) };
}

function runParts(row: Omit<RunRow, "digest">) {
  return [row.run_id, row.session_id, row.workspace, row.ended, row.applying, row.summary, row.seq];
}

/** Throws `store.corrupt` when the row is not what was written. */
function checkRunRow(row: RunRow): void {
  checkDigest(row, runParts(row), `The list entry of run ${row.run_id}`);
}

/** Writes what differs between two states of a run. `position` is that of the run's first event; null: not new. */
export async function projectRun(
  writer: Writer,
  before: RunState | null,
  after: RunState,
  position: number | null,
): Promise<void> {
  const { run_id, session_id, workspace, ended, applying, ...changing } = runRow(after);
  if (position !== null) {
    const row = { run_id, number: position, session_id, workspace, ended, applying, ...changing };
    await writer.insertInto("runs").values(row).execute();
  } else {
    // Indexed columns are named only when they may change: each one costs a look into its index.
    const isSame =
      before?.status === after.status && before.changes === after.changes && before.rewind === after.rewind;
    const indexed = isSame ? {} : { ended, applying };
    await writer
      .updateTable("runs")
      .set({ ...changing, ...indexed })
      .where("run_id", "=", run_id)
      .execute();
  }
  if (before?.tasks !== after.tasks) await projectTasks(writer, before, after);
  if (before?.pendingApprovals !== after.pendingApprovals) await projectApprovals(writer, after);
}

async function projectTasks(writer: Writer, before: RunState | null, after: RunState): Promise<void> {
  const run_id = after.runId;
  if ((before?.tasks.length ?? 0) > after.tasks.length)
    await writer.deleteFrom("tasks").where("run_id", "=", run_id).where("place", ">=", after.tasks.length).execute();
  for (const [place, task] of after.tasks.entries()) {
    if (before?.tasks[place] === task) continue;
    const row = { run_id, place, task_id: task.id, status: task.status, state: JSON.stringify(task) };
    await writer.replaceInto("tasks").values(row).execute();
  }
}

async function projectApprovals(writer: Writer, { runId, pendingApprovals }: RunState): Promise<void> {
  await writer.deleteFrom("approvals").where("run_id", "=", runId).execute();
  for (const [place, pending] of pendingApprovals.entries()) {
    const approval = JSON.stringify(pending);
    const row = { run_id: runId, place, approval, digest: digestOf([runId, approval]) };
    await writer.insertInto("approvals").values(row).execute();
  }
}

/** True when the stored rows of a run are those that its state gives; `state` null: the run has no events. */
export async function isProjected(reader: Reader, runId: string, state: RunState | null): Promise<boolean> {
  const run = await reader.selectFrom("runs").selectAll().where("run_id", "=", runId).executeTakeFirst();
  if (state === null || run === undefined) return state === null && run === undefined;
  const tasks = await reader.selectFrom("tasks").selectAll().where("run_id", "=", runId).orderBy("place").execute();
  const approvals = await reader
    .selectFrom("approvals")
    .selectAll()
    .where("run_id", "=", runId)
    .orderBy("place")
    .execute();
  const { number, ...row } = run;
  const first = await reader
    .selectFrom("events")
    .select("position")
    .where("run_id", "=", runId)
    .where("seq", "=", 1)
    .executeTakeFirst();
  return (
    number === first?.position &&
    same(row, runRow(state)) &&
    same(
      tasks.map((task) => [task.task_id, task.status, task.state]),
      state.tasks.map((task) => [task.id, task.status, JSON.stringify(task)]),
    ) &&
    same(
      approvals.map(({ approval, digest }) => [approval, digest]),
      state.pendingApprovals.map((pending) => JSON.stringify(pending)).map((text) => [text, digestOf([runId, text])]),
    )
  );
}

function same(stored: unknown, fresh: unknown): boolean {
  return JSON.stringify(stored) === JSON.stringify(fresh);
}

export function parseSummary(row: RunRow): RunSummary {
  checkRunRow(row);
  return JSON.parse(row.summary);
}

export function parseApproval(row: { run_id: string; approval: string; digest: string }): Approval {
  checkDigest(row, [row.run_id, row.approval], `An approval of run ${row.run_id}`);
  return JSON.parse(row.approval);
}
