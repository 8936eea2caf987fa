/** Records of the audit log about runs: who decided what, and what the run had been in touch with by then. */
import { taintOf } from "../../../protocol/index.ts";
import type { Audit, AuditEntry } from "../../security/audit/record.ts";
import { UNTAINTED } from "../../security/taint.ts";
import type { Store } from "../../store/store.ts";

export type RunDecision = Pick<AuditEntry, "event" | "actor" | "action" | "verdict" | "reason"> &
  Partial<Pick<AuditEntry, "rule" | "approvalHash">>;

/** Resolves when it is on disk. Rejects when it cannot be written: what was decided must then not happen. */
export async function auditRun(
  { audit, store }: { readonly audit: Audit; readonly store: Pick<Store, "events"> },
  runId: string,
  decision: RunDecision,
): Promise<void> {
  const state = await store.events.state(runId);
  const taint = state === undefined ? UNTAINTED : taintOf(state);
  await audit.record({ rule: null, approvalHash: null, ...decision, runId, taint });
}
