/** Reading the audit log. What a record means, and what the log rests on: docs/audit.md. */
import * as z from "zod/mini";
import { request } from "./message.ts";
import { Taint } from "./taint.ts";

export const AuditListed = z.object({
  /** 1, 2, 3 … over the whole log. */
  number: z.int(),
  /** ISO 8601, UTC. */
  at: z.string(),
  event: z.string(),
  /** `agent:coder`, `client:<name>`, `nexus`. */
  actor: z.string(),
  runId: z.nullable(z.string()),
  /** Redacted, at most 4 000 characters. */
  action: z.string(),
  verdict: z.string(),
  rule: z.nullable(z.string()),
  reason: z.string(),
  taint: Taint,
});
/** One decision. The chain's hashes are left out: `nexus audit verify` checks them against the files. */
export type AuditListed = z.infer<typeof AuditListed>;

export const auditList = request(
  "audit/list",
  "Decisions, newest first, of one run or of all. Reads only; a damaged line is counted and left out.",
  z.object({
    runId: z.optional(z.string().check(z.minLength(1), z.maxLength(80))),
    /** Only records below this number. */
    before: z.optional(z.int().check(z.gte(1))),
    /** Default 100. */
    limit: z.optional(z.int().check(z.gte(1), z.lte(200))),
  }),
  z.object({
    records: z.array(AuditListed),
    /** Lines of the files that were looked at which are not what was written. */
    damaged: z.int(),
    /** Where an older page begins; null: there is nothing older. A page may hold fewer records than asked for, or none. */
    nextBefore: z.nullable(z.int()),
  }),
);
