import type { Database } from "./database.ts";
import { checkDigest, digestOf } from "./digest.ts";
import type { Session, Sessions } from "./store.ts";

/** A session stored again under the same id stays as it was. */
export function createSessions(database: Database): Sessions {
  return {
    async create(session) {
      await database.write(
        (writer) =>
          writer
            .insertInto("sessions")
            .values({
              session_id: session.sessionId,
              workspace: session.workspace,
              mode: session.mode,
              created_at: session.createdAt,
              digest: digestOf(partsOf(session)),
            })
            .onConflict((conflict) => conflict.doNothing())
            .execute(),
        undefined,
        `session/${session.sessionId}`,
        true,
      );
    },

    get: (sessionId) =>
      database.read(async (reader) => {
        const query = reader.selectFrom("sessions").selectAll().where("session_id", "=", sessionId);
        const row = await query.executeTakeFirst();
        if (row === undefined) return undefined;
        const session = { sessionId, workspace: row.workspace, mode: row.mode, createdAt: row.created_at };
        checkDigest(row, partsOf(session), `Session ${sessionId}`);
        return session;
      }),
  };
}

function partsOf({ sessionId, workspace, mode, createdAt }: Session) {
  return [sessionId, workspace, mode, createdAt];
}
