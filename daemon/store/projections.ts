/** Lists that are read without folding events. */
import { sql } from "kysely";
import type { RunEventBody } from "../../protocol/index.ts";
import { numberOf } from "./cursor.ts";
import type { Database, Reader } from "./database.ts";
import { eventOf } from "./event-rows.ts";
import { parseApproval, parseSummary } from "./run-rows.ts";
import type { Projections, RunQuery } from "./store.ts";
import { verify } from "./verify.ts";

const RUN_COLUMNS = ["run_id", "session_id", "workspace", "ended", "applying", "summary", "seq", "digest"] as const;

export function createProjections(database: Database): Projections {
  return {
    listRuns: (query) => database.read((reader) => listRuns(reader, query)),
    unfinishedRuns: () => database.read((reader) => runIds(reader, "ended", 0)),
    applyingRuns: () => database.read((reader) => runIds(reader, "applying", 1)),

    pendingApprovals: () =>
      database.read(async (reader) => {
        const rows = await reader
          .selectFrom("approvals")
          .innerJoin("runs", "runs.run_id", "approvals.run_id")
          .select(["approvals.run_id", "approvals.approval", "approvals.digest"])
          .orderBy("runs.number")
          .orderBy("approvals.place")
          .execute();
        return rows.map((row) => ({ runId: row.run_id, approval: parseApproval(row) }));
      }),

    runOfKey: (key) => database.read((reader) => runOfKey(reader, key)),
    verify: (options) => verify(database, options),
  };
}

async function listRuns(reader: Reader, { workspace, sessionId, cursor, limit }: RunQuery) {
  const base = reader.selectFrom("runs").select([...RUN_COLUMNS, "number"]);
  const inWorkspace = workspace === undefined ? base : base.where("workspace", "=", workspace);
  const inSession = sessionId === undefined ? inWorkspace : inWorkspace.where("session_id", "=", sessionId);
  const older = cursor === undefined ? inSession : inSession.where("number", "<", numberOf(cursor));
  const rows = await older
    .orderBy("number", "desc")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { runs: page.map(parseSummary), nextCursor: hasMore ? last.number.toString(36) : null };
}

async function runIds(reader: Reader, column: "ended" | "applying", value: 0 | 1): Promise<string[]> {
  const rows = await reader
    .selectFrom("runs")
    .select(RUN_COLUMNS)
    // A literal, because a partial index serves no parameter.
    .where((expression) => expression(column, "=", expression.lit(value)))
    .orderBy("number")
    .execute();
  return rows.map((row) => parseSummary(row).runId);
}

async function runOfKey(reader: Reader, key: string): Promise<{ runId: string; sessionId: string } | undefined> {
  const created: RunEventBody["type"] = "run.created";
  const row = await reader
    .selectFrom("events")
    .select(["run_id", "seq", "key", "at", "type", "body", "digest"])
    .where("key", "=", key)
    .where((expression) => expression("type", "=", sql.lit(created)))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { runId, body } = eventOf(row);
  return body.type === "run.created" ? { runId, sessionId: body.sessionId } : undefined;
}
