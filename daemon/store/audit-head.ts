/** How far the audit log has come. It stands apart from the log, so that a log that was cut short is known for one. */
import { stat } from "../host/files.ts";
import { connect as connectSqlite } from "./connection.ts";
import type { Database, Reader } from "./database.ts";
import { checkDigest, digestOf } from "./digest.ts";
import { openingError } from "./faults.ts";
import { databaseFile } from "./file.ts";
import type { AuditHead, AuditHeads } from "./store.ts";

const WHAT = "The end of the audit log";

export function createAuditHeads(database: Database): AuditHeads {
  return {
    get: () =>
      database.read(async (reader) => {
        const row = await readRow(reader);
        return row === undefined ? undefined : headOf(row);
      }),
    put: (head) =>
      database.write(async (writer) => {
        const row = { number: head.number, hash: head.hash, digest: digestOf(partsOf(head)) };
        await writer
          .insertInto("audit_head")
          .values({ id: 1, ...row })
          .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
          .execute();
      }),
  };
}

/**
 * For programs beside the daemon: looks without the right to write. Undefined where there is no database, or one that has
 * no audit log yet. Rejects with `store.*` errors.
 */
export async function readAuditHead(home: string): Promise<AuditHead | undefined> {
  const file = databaseFile(home);
  if ((await stat(file)) === undefined) return undefined;
  try {
    const connection = connectSqlite(file, { readOnly: true });
    try {
      connection.execute("PRAGMA busy_timeout = 2000", []);
      const tables = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'audit_head'", []);
      const [row] = tables.length === 0 ? [] : connection.execute("SELECT number, hash, digest FROM audit_head", []);
      if (row === undefined) return undefined;
      return headOf({ number: Number(row["number"]), hash: String(row["hash"]), digest: String(row["digest"]) });
    } finally {
      connection.close();
    }
  } catch (error) {
    throw openingError(error, file);
  }
}

export async function checkAuditHead(reader: Reader): Promise<string[]> {
  const row = await readRow(reader);
  return row === undefined || row.digest === digestOf(partsOf(row)) ? [] : [WHAT.toLowerCase()];
}

function readRow(reader: Reader) {
  return reader.selectFrom("audit_head").select(["number", "hash", "digest"]).executeTakeFirst();
}

function headOf(row: AuditHead & { readonly digest: string }): AuditHead {
  checkDigest(row, partsOf(row), WHAT);
  return { number: row.number, hash: row.hash };
}

function partsOf({ number, hash }: AuditHead) {
  return [number, hash];
}
