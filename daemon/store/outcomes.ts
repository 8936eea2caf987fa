/** What became of planned tasks: estimate and actual cost, written in the transaction of the event that ends a task. */
import { sql } from "kysely";
import { areaOf, type RunEvent, type RunState, type TaskCost, type TaskOutcome } from "../../protocol/index.ts";
import type { Database, Reader, Writer } from "./database.ts";
import { digestOf } from "./digest.ts";
import type { TaskOutcomes } from "./store.ts";

/** Of a workspace; older ones say little about what is to come. */
const MOST_OUTCOMES = 2000;
const MINUTE_MS = 60_000;

export function createTaskOutcomes(database: Database): TaskOutcomes {
  return {
    recent: (workspace, limit) =>
      database.read(async (reader) => {
        const rows = await reader
          .selectFrom("task_outcomes")
          .selectAll()
          .where("workspace", "=", workspace)
          .orderBy("number", "desc")
          .limit(limit)
          .execute();
        // A damaged row says nothing; `nexus doctor` names it.
        return rows.filter(isWhole).map((row): TaskOutcome => JSON.parse(row.body));
      }),
    costs: (runId) => database.read((reader) => costsOf(reader, runId)),
  };
}

export async function checkOutcomes(reader: Reader): Promise<string[]> {
  const rows = await reader.selectFrom("task_outcomes").selectAll().execute();
  return rows.filter((row) => !isWhole(row)).map((row) => `outcome of task ${row.task_id} of run ${row.run_id}`);
}

/** Of the events that were just written those that end a planned task. A task that ends again replaces its outcome. */
export async function recordOutcomes(
  writer: Writer,
  added: readonly { readonly event: RunEvent; readonly state: RunState }[],
): Promise<void> {
  for (const { event, state } of added) {
    if (event.body.type !== "task.finished") continue;
    const { taskId, outcome } = event.body;
    const costs = await costsOf(writer, event.runId, taskId);
    const known = outcomeOf(state, taskId, { outcome, at: event.at, actual: costs.get(taskId) ?? FREE });
    if (known !== undefined) await put(writer, known);
  }
}

const FREE: TaskCost = { tokens: 0, usd: 0, minutes: 0 };

function outcomeOf(
  { plan, tasks, workspace, model, runId }: RunState,
  taskId: string,
  ended: Pick<TaskOutcome, "outcome" | "at" | "actual">,
): TaskOutcome | undefined {
  const planned = plan?.tasks.find((task) => task.id === taskId);
  if (planned === undefined) return undefined;
  // Whoever won the bidding did it, not "any".
  const agent = tasks.find((task) => task.id === taskId)?.agent ?? planned.agent;
  return {
    ...{ runId, taskId, workspace, agent, model: planned.model ?? model.model },
    difficulty: planned.difficulty ?? null,
    area: areaOf(planned.files),
    files: planned.files.length,
    estimate: planned.estimate ?? null,
    ...ended,
  };
}

async function put(writer: Writer, outcome: TaskOutcome): Promise<void> {
  const { runId: run_id, taskId: task_id, workspace } = outcome;
  const row = { run_id, task_id, workspace, body: JSON.stringify(outcome) };
  await writer.deleteFrom("task_outcomes").where("run_id", "=", run_id).where("task_id", "=", task_id).execute();
  await writer
    .insertInto("task_outcomes")
    .values({ ...row, digest: digestOf(partsOf(row)) })
    .execute();
  const oldest = await writer
    .selectFrom("task_outcomes")
    .select("number")
    .where("workspace", "=", workspace)
    .orderBy("number", "desc")
    .offset(MOST_OUTCOMES)
    .limit(1)
    .executeTakeFirst();
  if (oldest !== undefined)
    await writer
      .deleteFrom("task_outcomes")
      .where("workspace", "=", workspace)
      .where("number", "<=", oldest.number)
      .execute();
}

/** Model calls, tools and checks by the task that they were made for. */
async function costsOf(reader: Reader | Writer, runId: string, taskId?: string): Promise<Map<string, TaskCost>> {
  const field = (path: string) => sql<number>`json_extract(body, ${path})`;
  const usage = ["inputTokens", "cacheReadTokens", "cacheWriteTokens", "outputTokens"].map((name) =>
    field(`$.usage.${name}`),
  );
  const task = sql<string | null>`json_extract(body, '$.taskId')`;
  const rows = await reader
    .selectFrom("events")
    .select([
      task.as("task"),
      sql<number>`total(coalesce(${sql.join(usage, sql` + `)}, 0))`.as("tokens"),
      sql<number>`total(coalesce(${field("$.costUsd")}, 0))`.as("usd"),
      sql<number>`total(coalesce(${field("$.durationMs")}, ${field("$.evidence.durationMs")}, 0))`.as("milliseconds"),
    ])
    .where("run_id", "=", runId)
    .where("type", "in", ["model.responded", "tool.finished", "verification.finished"])
    .where(taskId === undefined ? sql<boolean>`${task} IS NOT NULL` : sql<boolean>`${task} = ${taskId}`)
    .groupBy(task)
    .execute();
  return new Map(
    rows.flatMap((row) => {
      const minutes = row.milliseconds / MINUTE_MS;
      return row.task === null ? [] : [[row.task, { tokens: Math.round(row.tokens), usd: row.usd, minutes }] as const];
    }),
  );
}

function isWhole(row: Parameters<typeof partsOf>[0] & { digest: string }): boolean {
  return row.digest === digestOf(partsOf(row));
}

function partsOf(row: { run_id: string; task_id: string; workspace: string; body: string }) {
  return [row.run_id, row.task_id, row.workspace, row.body];
}
