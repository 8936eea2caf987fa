/** Sessions: what they were made as, what was changed about them since, and what the list of runs says of them. */
import { type ExpressionBuilder, sql } from "kysely";
import { numberOf } from "./cursor.ts";
import type { Database, Reader, Writer } from "./database.ts";
import { checkDigest, digestOf } from "./digest.ts";
import { parseSummary } from "./run-rows.ts";
import type { Tables } from "./schema.ts";
import type { RunQuery, Session, SessionDetails, SessionEntry, Sessions } from "./store.ts";

/** A session stored again under the same id stays as it was. */
export function createSessions(database: Database): Sessions {
  return {
    async create(session, details) {
      await database.write(
        async (writer) => {
          await insertSession(writer, session);
          if (details !== undefined) await putDetails(writer, session.sessionId, 0, details);
        },
        undefined,
        `session/${session.sessionId}`,
        true,
      );
    },
    get: (sessionId) =>
      database.read(async (reader) => {
        const found = await sessionOf(reader, sessionId);
        return found === undefined ? undefined : withMode(found.session, found.details);
      }),
    entry: (sessionId) => database.read((reader) => entryOf(reader, sessionId)),
    list: (query) => database.read((reader) => listSessions(reader, query)),
    change: (sessionId, details) => database.write((writer) => putDetails(writer, sessionId, 0, details)),
    remove: (sessionId) => database.write((writer) => putDetails(writer, sessionId, 1, {})),
  };
}

async function insertSession(writer: Writer, session: Session): Promise<void> {
  const { sessionId, workspace, mode, createdAt } = session;
  const row = { session_id: sessionId, workspace, mode, created_at: createdAt, digest: digestOf(partsOf(session)) };
  await writer
    .insertInto("sessions")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function putDetails(writer: Writer, sessionId: string, deleted: 0 | 1, details: SessionDetails): Promise<void> {
  const body = JSON.stringify(details);
  const digest = digestOf([sessionId, deleted, body]);
  await writer
    .insertInto("session_details")
    .values({ session_id: sessionId, deleted, body, digest })
    .onConflict((conflict) => conflict.column("session_id").doUpdateSet({ deleted, body, digest }))
    .execute();
}

/** Undefined for an unknown or deleted one. */
async function sessionOf(reader: Reader, sessionId: string) {
  const row = await reader.selectFrom("sessions").selectAll().where("session_id", "=", sessionId).executeTakeFirst();
  if (row === undefined) return undefined;
  const session = { sessionId, workspace: row.workspace, mode: row.mode, createdAt: row.created_at };
  checkDigest(row, partsOf(session), `Session ${sessionId}`);
  const more = reader.selectFrom("session_details").selectAll().where("session_id", "=", sessionId);
  const detail = await more.executeTakeFirst();
  if (detail === undefined) return { session, details: {} };
  checkDigest(detail, [sessionId, detail.deleted, detail.body], `What was set for session ${sessionId}`);
  const details: SessionDetails = JSON.parse(detail.body);
  return detail.deleted === 1 ? undefined : { session, details };
}

async function entryOf(reader: Reader, sessionId: string): Promise<SessionEntry | undefined> {
  const found = await sessionOf(reader, sessionId);
  if (found === undefined) return undefined;
  const runs = reader.selectFrom("runs").selectAll().where("session_id", "=", sessionId).limit(1);
  const [first] = await runs.orderBy("number").execute();
  const [last] = await runs.orderBy("number", "desc").execute();
  return {
    session: withMode(found.session, found.details),
    details: found.details,
    firstPrompt: first === undefined ? null : parseSummary(first).prompt,
    updatedAt: last === undefined ? found.session.createdAt : parseSummary(last).updatedAt,
  };
}

async function listSessions(reader: Reader, { workspace, cursor, limit }: Omit<RunQuery, "sessionId">) {
  const runs = reader
    .selectFrom("runs")
    .select(({ fn }) => ["session_id", fn.max("number").as("latest")])
    .where(isListed)
    .groupBy("session_id");
  const inWorkspace = workspace === undefined ? runs : runs.where("workspace", "=", workspace);
  const older = cursor === undefined ? inWorkspace : inWorkspace.having(sql`max(number)`, "<", numberOf(cursor));
  const rows = await older
    .orderBy("latest", "desc")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const entries: SessionEntry[] = [];
  for (const { session_id } of page) {
    const entry = await entryOf(reader, session_id);
    if (entry !== undefined) entries.push(entry);
  }
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { entries, nextCursor: hasMore ? Number(last.latest).toString(36) : null };
}

function isListed({ not, exists, selectFrom }: ExpressionBuilder<Tables, "runs">) {
  const deleted = selectFrom("session_details")
    .select("session_details.session_id")
    .whereRef("session_details.session_id", "=", "runs.session_id")
    .where("session_details.deleted", "=", 1);
  return not(exists(deleted));
}

export async function checkSessions(reader: Reader): Promise<string[]> {
  const rows = await reader.selectFrom("session_details").selectAll().execute();
  const damaged = rows.filter((row) => row.digest !== digestOf([row.session_id, row.deleted, row.body]));
  return damaged.map((row) => `session ${row.session_id}`);
}

function withMode(session: Session, { settings }: SessionDetails): Session {
  return settings?.mode === undefined ? session : { ...session, mode: settings.mode };
}

function partsOf({ sessionId, workspace, mode, createdAt }: Session) {
  return [sessionId, workspace, mode, createdAt];
}
