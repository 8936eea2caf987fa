/** Events as runs at work append them: a call of a tool, then its result, one append each, all runs side by side. */
import type { EventLog, NewEvent } from "../../daemon/store/store.ts";
import type { RunEventBody } from "../../protocol/index.ts";

export interface Wanted {
  readonly runIds: readonly string[];
  /** Of all runs together. */
  readonly perSecond: number;
  readonly forMs: number;
}

/** Makes the runs that are not there yet, then events at the pace that is wanted; answers with how many. */
export async function produce(log: EventLog, { runIds, perSecond, forMs }: Wanted): Promise<number> {
  for (const runId of runIds)
    if ((await log.state(runId)) === undefined) await log.append(runId, [{ body: created(runId) }]);
  const each = perSecond / runIds.length;
  const startedAt = performance.now();
  const counts = await Promise.all(runIds.map((runId, index) => work(log, runId, { each, forMs, startedAt, index })));
  return counts.reduce((sum, count) => sum + count, 0);
}

const MOST_AT_ONCE = 20;

interface Pace {
  readonly each: number;
  readonly forMs: number;
  readonly startedAt: number;
  readonly index: number;
}

/** One event an append, as agents do; a run that has fallen behind appends what is due together, as a fork or a plan does. */
async function work(log: EventLog, runId: string, { each, forMs, startedAt, index }: Pace): Promise<number> {
  const total = Math.round((each * forMs) / 1000);
  const first = (await log.state(runId))?.seq ?? 0;
  for (let made = 0; made < total; ) {
    // Not all in the same millisecond.
    const since = performance.now() - startedAt - ((index / 100) * 1000) / each;
    const due = Math.min(total, Math.floor((since * each) / 1000) + 1) - made;
    if (due <= 0) await new Promise((resolve) => setTimeout(resolve, 1));
    else {
      const count = Math.min(due, MOST_AT_ONCE);
      await log.append(
        runId,
        Array.from({ length: count }, (_, number) => eventAt(first, made + number)),
      );
      made += count;
    }
  }
  return total;
}

function eventAt(first: number, made: number): NewEvent {
  const key = `tool/task-1/${first}.${made >> 1}/0`;
  return made % 2 === 0 ? { body: requested(key, made) } : { body: finished(key, made), key };
}

const call = (made: number) => ({ taskId: "task-1", turn: made >> 1, callId: `call_${made >> 1}`, tool: "read_file" });

function requested(key: string, made: number): RunEventBody {
  const input = JSON.stringify({ path: `packages/shop/src/part-${made}.ts`, from: 1, to: 40 });
  return { type: "tool.requested", key, ...call(made), input, effect: "pure" };
}

function finished(key: string, made: number): RunEventBody {
  const output = `export function part${made}(cart: Cart): number {\n  return cart.total;\n}\n`;
  const told = { status: "done" as const, summary: "40 lines", output, artifact: null, durationMs: 1.5, changed: [] };
  return { type: "tool.finished", key, ...call(made), ...told };
}

function created(prompt: string): RunEventBody {
  return {
    ...{ type: "run.created", sessionId: "bench", workspace: "/bench", prompt, mode: "act", headless: true },
    ...{
      autoApply: false,
      model: { provider: "openai", model: "scripted" },
      budgetUsd: null,
      policy: {},
      continues: null,
    },
  } as RunEventBody;
}
