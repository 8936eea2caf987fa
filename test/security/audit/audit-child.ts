/** A process that fills an audit log until it is killed, and says how many records hold: `node audit-child.ts HOME`. */
import { systemClock } from "../../../daemon/host/clock.ts";
import { createAudit } from "../../../daemon/security/audit/audit.ts";
import { openStore } from "../../../daemon/store/sqlite.ts";
import { auditEntry } from "../../support/audit.ts";

const silent = { write: () => undefined, with: () => silent };
const [home = ""] = process.argv.slice(2);
const store = await openStore({ home, log: silent });
const { auditHeads: heads, epoch } = store;
const base = { clock: systemClock, log: silent, redact: (text: string) => text };
const audit = createAudit({ home, heads, epoch, maxFileBytes: Number.POSITIVE_INFINITY, ...base });
/** One write of some megabytes takes long enough to be killed in its middle. */
const batch = Array.from({ length: 400 }, (_, index) => auditEntry({ action: `${index} ${"x".repeat(3900)}` }));

for (;;) {
  await Promise.all(batch.map((entry) => audit.record(entry)));
  process.stdout.write(`${batch.length}\n`);
}
