/** One line of the audit log: how it is written, and what is wrong with one that was not written so. */
import { createHash } from "node:crypto";
import type { AuditHead } from "../../store/store.ts";
import { canonicalJson } from "../approvals.ts";
import type { AuditEntry } from "./record.ts";

export interface AuditRecord {
  /** 1, 2, 3 … over all files. */
  readonly number: number;
  /** ISO 8601, UTC. Order comes from `number`, never from this. */
  readonly at: string;
  /** Of the store that the writer held: grows with each start of the daemon. */
  readonly epoch: number;
  /** Hash of the record before; of the first one, FIRST_HASH. */
  readonly prev: string;
  readonly entry: AuditEntry;
  /** SHA-256 (hexadecimal) over `prev` and the rest of the record as canonical JSON. */
  readonly hash: string;
}

export type OpenRecord = Omit<AuditRecord, "hash">;

const FIRST_HASH = "0".repeat(64);
/** Before the first record. */
export const CHAIN_START: AuditHead = { number: 0, hash: FIRST_HASH };

const MAX_ACTION = 4000;
const MAX_TEXT = 1000;
/** Beside what JSON escapes by itself: what ends lines elsewhere, turns text around, or cannot be seen. */
const HIDDEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function seal(record: OpenRecord): AuditRecord {
  return { ...record, hash: hashOfRecord(record) };
}

/** The record's one line, without its end: printable, and one spelling only, so that every byte of it counts. */
export function lineOf(record: AuditRecord): string {
  return canonicalJson(record).replace(HIDDEN, escaped);
}

/** Undefined for a line that is not, byte for byte, the line of a record with its own right hash. */
export function recordOf(line: Uint8Array): AuditRecord | undefined {
  const record = shapeOf(line);
  if (record === undefined || hashOfRecord(record) !== record.hash) return undefined;
  return Buffer.from(lineOf(record)).equals(line) ? record : undefined;
}

/** Secrets out, everything at most as long as the contract says. */
export function cleanEntry(entry: AuditEntry, redact: (text: string) => string): AuditEntry {
  const text = (value: string, limit: number) => cut(redact(value), limit);
  return {
    event: entry.event,
    actor: text(entry.actor, MAX_TEXT),
    runId: entry.runId === null ? null : text(entry.runId, MAX_TEXT),
    action: text(entry.action, MAX_ACTION),
    verdict: entry.verdict,
    rule: entry.rule === null ? null : text(entry.rule, MAX_TEXT),
    reason: text(entry.reason, MAX_TEXT),
    approvalHash: entry.approvalHash,
    taint: { ...entry.taint },
  };
}

function hashOfRecord({ number, at, epoch, prev, entry }: OpenRecord): string {
  return createHash("sha256").update(prev).update(canonicalJson({ number, at, epoch, entry })).digest("hex");
}

function shapeOf(line: Uint8Array): AuditRecord | undefined {
  try {
    const value: AuditRecord | null = JSON.parse(new TextDecoder().decode(line));
    const isRecord =
      typeof value?.number === "number" && typeof value.prev === "string" && typeof value.entry === "object";
    return isRecord ? value : undefined;
  } catch {
    return undefined;
  }
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
