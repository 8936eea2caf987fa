/** What a run has been in touch with: bits that are only ever set, and that a run's successors inherit. */
import { mergeTaint, type Taint, taintOf } from "../../../protocol/index.ts";
import { UNTAINTED } from "../../security/taint.ts";
import type { Store } from "../../store/store.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";

/** So many of a session's latest runs are looked at; each has the bits of those before it. */
const EARLIER_RUNS = 20;

/** Records new bits before what sets them is used; bits that are set already cost nothing. */
export async function taintRun(context: RunContext, bits: Partial<Taint>, reason: string): Promise<void> {
  const known = taintOf(await stateOf(context));
  const taint = mergeTaint(known, bits);
  if (!isSame(taint, known))
    await record(context, { type: "run.tainted", taint, reason: context.redact(reason).slice(0, 500) });
}

function isSame(first: Taint, second: Taint): boolean {
  const { untrustedInput, privateData, actedOutside } = first;
  return (
    untrustedInput === second.untrustedInput &&
    privateData === second.privateData &&
    actedOutside === second.actedOutside
  );
}

/** The bits of all that was done in the session so far. */
export async function taintOfSession(store: Store, sessionId: string): Promise<Taint> {
  const { runs } = await store.projections.listRuns({ sessionId, limit: EARLIER_RUNS });
  const states = await Promise.all(runs.map(({ runId }) => store.events.state(runId)));
  return states.reduce((all: Taint, state) => (state === undefined ? all : mergeTaint(all, taintOf(state))), UNTAINTED);
}
