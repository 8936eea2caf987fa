/** Whom people trust: one row a folder. What it means is security's; here it is JSON under a checksum. */
import type { Database, Reader } from "./database.ts";
import { checkDigest, digestOf } from "./digest.ts";
import type { TrustRow, TrustRows } from "./store.ts";

export function createTrustRows(database: Database): TrustRows {
  return {
    get: (workspace) =>
      database.read(async (reader) => {
        const query = reader.selectFrom("trust").selectAll().where("workspace", "=", workspace);
        const row = await query.executeTakeFirst();
        if (row === undefined) return undefined;
        checkDigest(row, partsOf(row), `What was decided about ${workspace}`);
        return row.body;
      }),
    put: (row) =>
      database.write(async (writer) => {
        const digest = digestOf(partsOf(row));
        await writer
          .insertInto("trust")
          .values({ workspace: row.workspace, body: row.body, digest })
          .onConflict((conflict) => conflict.column("workspace").doUpdateSet({ body: row.body, digest }))
          .execute();
      }),
  };
}

export async function checkTrust(reader: Reader): Promise<string[]> {
  const rows = await reader.selectFrom("trust").selectAll().execute();
  return rows.filter((row) => row.digest !== digestOf(partsOf(row))).map((row) => `trust in ${row.workspace}`);
}

function partsOf({ workspace, body }: TrustRow) {
  return [workspace, body];
}
