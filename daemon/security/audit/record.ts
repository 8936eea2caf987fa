/** One decision, as the audit log keeps it. */
import type { PolicyVerdict } from "../../../protocol/index.ts";
import type { Taint } from "../taint.ts";

export interface AuditEntry {
  /** What was decided on. */
  readonly event:
    | "tool" // a call of an agent
    | "check" // a test or acceptance check
    | "plan"
    | "approval" // a person's (or the clock's) answer
    | "trust"
    | "policy" // a rule was kept or taken back
    | "rewind"
    | "accept"
    | "endpoint" // a client was refused
    | "audit"; // the log itself: what a crash or somebody else did to it
  /** Who: `agent:coder`, `client:<name>`, `nexus`. */
  readonly actor: string;
  readonly runId: string | null;
  /** What exactly, redacted and at most 4 000 characters: the command, the paths, the address, the tool and its input. */
  readonly action: string;
  readonly verdict: PolicyVerdict | "approved" | "rejected" | "expired" | "done" | "failed";
  readonly rule: string | null;
  readonly reason: string;
  /** Hash of the subject that a person was shown, where one was asked. */
  readonly approvalHash: string | null;
  readonly taint: Taint;
}

export interface Audit {
  /** Resolves when the record is on disk. Rejects when it cannot be written: what was to be decided must then not happen. */
  record(entry: AuditEntry): Promise<void>;
}
