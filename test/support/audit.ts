/** An audit log in a temporary folder, with the end of it known as the store would know it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AuditOptions, createAudit, type OwnedAudit } from "../../daemon/security/audit/audit.ts";
import type { AuditEntry } from "../../daemon/security/audit/record.ts";
import { auditFolder, segmentName } from "../../daemon/security/audit/segments.ts";
import type { AuditHead, AuditHeads } from "../../daemon/store/store.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { collectingLog, temporaryHome } from "./store.ts";

export interface AuditWorld {
  readonly home: string;
  readonly clock: ManualClock;
  readonly logged: string[];
  /** What the store would know. */
  anchor: AuditHead | undefined;
  open(more?: Partial<AuditOptions>): OwnedAudit;
  /** Records so many entries and closes. */
  write(count: number, more?: Partial<AuditOptions>): Promise<void>;
  file(first?: number): string;
  lines(first?: number): string[];
}

export function auditWorld(): AuditWorld {
  const home = temporaryHome();
  const clock = createManualClock();
  const logged: string[] = [];
  const heads: AuditHeads = {
    get: async () => world.anchor,
    async put(head) {
      world.anchor = head;
    },
  };
  const world: AuditWorld = {
    home,
    clock,
    logged,
    anchor: undefined,
    open: (more) =>
      createAudit({ home, heads, epoch: 1, clock, log: collectingLog(logged), redact: (text) => text, ...more }),
    async write(count, more) {
      const audit = world.open(more);
      await Promise.all(Array.from({ length: count }, (_, index) => audit.record(auditEntry({ action: `a${index}` }))));
      await audit.close();
    },
    file: (first = 1) => join(auditFolder(home), segmentName(first)),
    lines: (first = 1) => readFileSync(world.file(first), "utf8").split("\n").slice(0, -1),
  };
  return world;
}

export function auditEntry(more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    event: "tool",
    actor: "agent:coder",
    runId: "run-1",
    action: "run_command npm test",
    verdict: "allow",
    rule: "project-tests",
    reason: "The project's own tests run.",
    approvalHash: null,
    taint: { untrustedInput: false, privateData: true, actedOutside: false },
    ...more,
  };
}
