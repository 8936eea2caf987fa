/** Audit and trust in memory, for parts that only need them to be there. */
import { systemClock } from "../../daemon/host/clock.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import type { Audit, AuditEntry } from "../../daemon/security/audit/record.ts";
import { createTrust, type Trust } from "../../daemon/security/trust.ts";
import type { TrustRows } from "../../daemon/store/store.ts";

/** Keeps what was recorded; for parts that only need to record. */
export function collectingAudit(): Audit & { readonly entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  return {
    entries,
    async record(entry) {
      entries.push(entry);
    },
  };
}

export function memoryTrust(audit: Audit = collectingAudit()): Trust {
  const rows = new Map<string, string>();
  const kept: TrustRows = {
    get: async (workspace) => rows.get(workspace),
    put: async ({ workspace, body }) => void rows.set(workspace, body),
  };
  return createTrust({ rows: kept, audit, clock: systemClock, log: silentLog });
}
