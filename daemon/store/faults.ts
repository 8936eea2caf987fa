/** What SQLite's error codes mean for the store (https://www.sqlite.org/rescode.html). */
import { NexusError, nexusError } from "../../protocol/index.ts";
import { errorCode } from "../host/files.ts";

const CODES = {
  error: 1,
  permission: 3,
  busy: 5,
  locked: 6,
  outOfMemory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The file is shorter than it says. */
const IO_SHORT_READ = 522;
/** The shared-memory file could not grow: a full disk, reported as an I/O error. */
const IO_SHARED_MEMORY_SIZE = 4874;

/** SQLite's extended result code, or undefined when the error is not SQLite's. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode : undefined;
}

/**
 * The `store.*` error for what SQLite reports about `file`; undefined for errors that are bugs (a broken constraint, a
 * statement that does not parse) and for those that are not SQLite's.
 */
export function storeError(error: unknown, file: string): NexusError | undefined {
  const extended = sqliteCode(error);
  if (extended === undefined) return undefined;
  const detail = `${file}: ${error instanceof Error ? error.message : ""} (SQLite ${extended}).`;
  if (extended === IO_SHARED_MEMORY_SIZE) return nexusError("store.full", detail, { cause: error });
  if (extended === IO_SHORT_READ) return nexusError("store.corrupt", detail, { cause: error });
  switch (extended & 0xff) {
    case CODES.full:
      return nexusError("store.full", detail, { cause: error });
    case CODES.readOnly:
    case CODES.cannotOpen:
    case CODES.permission:
      return nexusError("store.read_only", detail, { cause: error });
    case CODES.busy:
    case CODES.locked:
      return nexusError("store.read_only", `Another program holds it. ${detail}`, { cause: error });
    case CODES.corrupt:
    case CODES.notADatabase:
      return nexusError("store.corrupt", detail, { cause: error });
    case CODES.io:
    case CODES.outOfMemory:
      return nexusError("store.failed", detail, { cause: error });
    default:
      return undefined;
  }
}

/** Like `storeError`, for opening: what the file system says about the folder counts too. */
export function openingError(error: unknown, file: string): unknown {
  if (error instanceof NexusError) return error;
  const known = storeError(error, file);
  if (known !== undefined) return known;
  const code = errorCode(error);
  if (code === undefined || !/^E(?!RR_)/.test(code)) return error;
  return nexusError(code === "ENOSPC" ? "store.full" : "store.read_only", `${file} (${code}).`, { cause: error });
}

/** Whatever else SQLite does not understand in a file that was whole once: its description of the tables is damaged. */
export function inspectionError(error: unknown, file: string): unknown {
  if (sqliteCode(error) === undefined || storeError(error, file) !== undefined) return error;
  return nexusError("store.corrupt", `${file}: ${error instanceof Error ? error.message : ""}.`, { cause: error });
}

/** Another connection holds a lock that we want. */
export function isBusy(error: unknown): boolean {
  const code = (sqliteCode(error) ?? 0) & 0xff;
  return code === CODES.busy || code === CODES.locked;
}

/** A ROLLBACK that finds no transaction: SQLite had rolled back by itself. */
export function isNothingToRollBack(error: unknown): boolean {
  return sqliteCode(error) === CODES.error;
}

/** After these faults the store answers nothing more: what it would say could be wrong, or not on disk. */
export function isFatal(fault: NexusError): boolean {
  return ["store.failed", "store.corrupt"].includes(fault.value.code);
}
