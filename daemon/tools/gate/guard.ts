/** Keeps a tool within its time and the run's life, and turns whatever it throws into an outcome. */
import { failure, NexusError } from "../../../protocol/index.ts";
import type { Tool, ToolContext, ToolOutcome } from "../tool.ts";
import type { GateOptions } from "./gate.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
/** A stopped tool gets this long to end its processes before it is left behind. */
const GRACE_MS = 5000;

/** A journal that fails is no failure of the tool: it must reach the run. */
export class JournalFailure extends Error {}

/** What cannot be recorded does not happen, and the run stops. */
export class AuditFailure extends Error {}

/** Ends with the run's signal or the tool's time-out; whatever a tool throws becomes an outcome. */
export async function guarded(
  options: GateOptions,
  tool: Tool,
  work: (context: ToolContext) => Promise<ToolOutcome>,
): Promise<ToolOutcome> {
  const { context, clock, log } = options;
  const limit = tool.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const deadline = new AbortController();
  const stopTimer = clock.timer(limit, () => deadline.abort());
  const signal = AbortSignal.any([context.signal, deadline.signal]);
  try {
    return await untilAborted(work({ ...context, signal }), signal, options);
  } catch (error) {
    if (error instanceof JournalFailure) throw error.cause;
    if (context.signal.aborted) throw context.signal.reason;
    if (deadline.signal.aborted) return failure("tool.failed", `${tool.name} took longer than ${limit / 1000} s.`);
    if (error instanceof NexusError) return { ok: false, error: error.value };
    log.write("error", "a tool threw", { tool: tool.name, error });
    return failure("tool.failed", error instanceof Error ? error.message : String(error));
  } finally {
    stopTimer();
  }
}

async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal, { clock }: GateOptions): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  let stopTimer = () => {};
  const onAbort = () => {
    stopTimer = clock.timer(GRACE_MS, () => reject(signal.reason));
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([work, promise]).finally(() => {
    signal.removeEventListener("abort", onAbort);
    stopTimer();
  });
}
