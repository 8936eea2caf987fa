/** The audit log's one writer: records wait for each other, so that many of them cost one flush of the disk. */
import { join } from "node:path";
import { nexusError } from "../../../protocol/errors.ts";
import type { Clock } from "../../host/clock.ts";
import { appendFlushed, cutFile, flushFolder } from "../../host/durable.ts";
import { errorCode, makeFolder } from "../../host/files.ts";
import type { Log } from "../../observability/log.ts";
import type { AuditHead, AuditHeads } from "../../store/store.ts";
import { type AuditRecord, cleanEntry, lineOf, seal } from "./chain.ts";
import type { Audit, AuditEntry } from "./record.ts";
import { resumeChain } from "./resume.ts";
import { auditFolder, segmentName } from "./segments.ts";

export interface AuditOptions {
  /** The data folder; the log is its folder `audit`. Whoever writes it holds the writer's lock. */
  readonly home: string;
  readonly heads: AuditHeads;
  /** Of the store. */
  readonly epoch: number;
  readonly clock: Pick<Clock, "iso" | "timer">;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** A file that is as long gets no more records; default 16 MiB. */
  readonly maxFileBytes?: number;
}

export interface OwnedAudit extends Audit {
  /** Resolves when all that was recorded is on disk and the store knows the end of the log. Records nothing more. */
  close(): Promise<void>;
}

interface Waiting {
  readonly entry: AuditEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Writing {
  head: AuditHead;
  path: string | undefined;
  size: number;
}

const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** So much of the newest past could be cut off without a trace, if the daemon is killed. */
const ANCHOR_DELAY_MS = 1000;
const MAX_BATCH = 1000;
const NO_SPACE: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT"]);

/** Opens at the first record: a daemon that decides nothing reads and writes nothing. */
export function createAudit(options: AuditOptions): OwnedAudit {
  const { home, heads, clock, log, redact, maxFileBytes = MAX_FILE_BYTES } = options;
  const folder = auditFolder(home);
  const waiting: Waiting[] = [];
  let working: Promise<void> | undefined;
  let writing: Writing | undefined;
  let failure: unknown;
  let anchored = 0;
  let stopAnchorTimer: (() => void) | undefined;

  async function open(): Promise<Writing> {
    await makeFolder(folder, 0o700);
    const anchor = await heads.get();
    const { head, segment, size, notes } = await resumeChain(home, anchor);
    const opened = { head, path: segment?.path, size };
    anchored = anchor?.number ?? 0;
    if (notes.length > 0) {
      log.write("warn", "the audit log was not as it was left", { notes: notes.map((entry) => entry.action) });
      await append(opened, notes);
    }
    return opened;
  }

  function sealAll(head: AuditHead, entries: readonly AuditEntry[]): AuditRecord[] {
    const records: AuditRecord[] = [];
    let last = head;
    for (const entry of entries) {
      const clean = cleanEntry(entry, redact);
      const open = { number: last.number + 1, at: clock.iso(), epoch: options.epoch, prev: last.hash, entry: clean };
      const record = seal(open);
      records.push(record);
      last = record;
    }
    return records;
  }

  async function append(into: Writing, entries: readonly AuditEntry[]): Promise<void> {
    const records = sealAll(into.head, entries);
    const last = records.at(-1);
    if (last === undefined) return;
    const bytes = Buffer.from(records.map((record) => `${lineOf(record)}\n`).join(""));
    const isNew = into.path === undefined || into.size >= maxFileBytes;
    const path = isNew || into.path === undefined ? join(folder, segmentName(into.head.number + 1)) : into.path;
    const size = isNew ? 0 : into.size;
    await writeWhole(path, bytes, size);
    if (isNew) await flushFolder(folder);
    Object.assign(into, { path, size: size + bytes.length, head: { number: last.number, hash: last.hash } });
    anchorSoon();
  }

  /** A full disk may leave a part of the lines: they are taken back, since whoever asked is told that they failed. */
  async function writeWhole(path: string, bytes: Uint8Array, size: number): Promise<void> {
    try {
      await appendFlushed(path, bytes);
    } catch (error) {
      if (!NO_SPACE.has(errorCode(error))) throw error;
      await cutFile(path, size);
      throw nexusError("audit.failed", "There is no space.", { cause: error });
    }
  }

  async function work(): Promise<void> {
    // Whoever records in the same moment shares the flush.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MAX_BATCH);
      try {
        if (failure !== undefined) throw failure;
        writing ??= await open();
        await append(
          writing,
          batch.map(({ entry }) => entry),
        );
        for (const { resolve } of batch) resolve();
      } catch (error) {
        const told = shut(error);
        for (const { reject } of batch) reject(told);
      }
    }
    working = undefined;
  }

  /** After a fault nobody knows what is on the disk, so nothing is acknowledged any more; no space may come back. */
  function shut(error: unknown): unknown {
    const cause = error instanceof Error ? error.cause : undefined;
    if (NO_SPACE.has(errorCode(cause)) || NO_SPACE.has(errorCode(error))) return error;
    if (failure === undefined) {
      const detail = error instanceof Error ? error.message : String(error);
      log.write("error", "the audit log cannot be written", { error });
      failure = nexusError("audit.failed", detail, { cause: error });
    }
    return failure;
  }

  function anchorSoon(): void {
    stopAnchorTimer ??= clock.timer(ANCHOR_DELAY_MS, () => {
      stopAnchorTimer = undefined;
      anchor().catch((error: unknown) => {
        log.write("warn", "the end of the audit log could not be noted", { error });
      });
    });
  }

  async function anchor(): Promise<void> {
    const head = writing?.head;
    if (head === undefined || head.number <= anchored) return;
    await heads.put(head);
    anchored = head.number;
  }

  return {
    record(entry) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ entry, resolve, reject });
      working ??= work();
      return promise;
    },
    async close() {
      await working;
      stopAnchorTimer?.();
      await anchor();
      failure ??= nexusError("audit.failed", "It is closed.");
    },
  };
}
