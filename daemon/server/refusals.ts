/** Clients that were refused, in the audit log; a flood of them is counted, not written out. */
import type { Clock } from "../host/clock.ts";
import type { Log } from "../observability/log.ts";
import type { Audit } from "../security/audit/record.ts";
import { UNTAINTED } from "../security/taint.ts";

export interface Refusal {
  readonly client: string;
  /** What it asked for, or how it failed. */
  readonly action: string;
  readonly reason: string;
}

const MOST_A_MINUTE = 30;
const MINUTE_MS = 60_000;

/** A record that cannot be written changes nothing for the client: it is refused either way. */
export function createRefusals({
  audit,
  clock,
  log,
}: {
  readonly audit: Audit;
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Log;
}): (refusal: Refusal) => void {
  let since = clock.monotonic();
  let written = 0;
  let dropped = 0;
  return ({ client, action, reason }) => {
    if (clock.monotonic() - since >= MINUTE_MS) {
      since = clock.monotonic();
      written = 0;
    }
    if (written >= MOST_A_MINUTE) {
      dropped += 1;
      return;
    }
    written += 1;
    const more = dropped === 0 ? "" : ` (${dropped} more were refused before)`;
    dropped = 0;
    const told = { event: "endpoint" as const, actor: `client:${client}`, runId: null, action, rule: null };
    audit
      .record({ ...told, verdict: "deny", reason: `${reason}${more}`, approvalHash: null, taint: UNTAINTED })
      .catch((error: unknown) => log.write("error", "a refusal could not be recorded", { error }));
  };
}
