/** Two runs side by side: what each took and came to since they parted, and how their files differ. */
import { type Answer, nexusError, type Params, type RunFigures, type RunState } from "../../../protocol/index.ts";
import type { KeyedEvent, Store } from "../../store/store.ts";
import type { ChangesPort } from "../changes/changes.ts";
import { allEvents } from "../rewind/listing.ts";

/** Rejects with `run.unknown`. */
export async function compareRuns(
  { store, changes }: { readonly store: Store; readonly changes: ChangesPort },
  { runId, other }: Params<"run/compare">,
): Promise<Answer<"run/compare">> {
  const states = [await requireState(store, runId), await requireState(store, other)] as const;
  const logs = [await allEvents(store, runId), await allEvents(store, other)] as const;
  const common = commonEvents(states, logs);
  const [first, second] = [figuresOf(states[0], logs[0], common), figuresOf(states[1], logs[1], common)];
  return { first, second, common, ...(await diffOf(changes, states)) };
}

async function requireState(store: Store, runId: string): Promise<RunState> {
  const state = await store.events.state(runId);
  if (state === undefined) throw nexusError("run.unknown", runId);
  return state;
}

/** Keys of answers and results that a fork took over stand in both logs; what came after them is each one's own. */
function commonEvents(
  [one, other]: readonly [RunState, RunState],
  [first, second]: readonly [KeyedEvent[], KeyedEvent[]],
) {
  const isFork = (state: RunState, from: RunState) => state.forkedFrom?.runId === from.runId;
  if (!isFork(one, other) && !isFork(other, one)) return 0;
  const keys = new Set((isFork(one, other) ? first : second).slice(0, forkPoint(first, second)).map(({ key }) => key));
  const whole = isFork(one, other) ? second : first;
  return whole.findLastIndex(({ key }) => key !== null && keys.has(key)) + 1;
}

function forkPoint(...logs: readonly KeyedEvent[][]): number {
  return Math.max(...logs.map((log) => log.findIndex(({ event }) => event.body.type === "run.forked")));
}

function figuresOf(state: RunState, log: readonly KeyedEvent[], common: number): RunFigures {
  const forked = log.findLastIndex(({ event }) => event.body.type === "run.forked");
  const own = log.slice(forked >= 0 ? forked + 1 : common).map(({ event }) => event.body);
  const answers = own.flatMap((body) => (body.type === "model.responded" ? [body] : []));
  const calls = own.flatMap((body) => (body.type === "tool.finished" ? [body] : []));
  const sum = <Value>(values: readonly Value[], of: (value: Value) => number) =>
    values.reduce((total, value) => total + of(value), 0);
  const asked = own.findLast((body) => body.type === "model.requested");
  return {
    runId: state.runId,
    status: state.status,
    model: asked?.type === "model.requested" ? asked.model.model : state.model.model,
    costUsd: sum(answers, ({ costUsd }) => costUsd),
    modelCalls: answers.length,
    toolCalls: calls.length,
    inputTokens: sum(answers, ({ usage }) => usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens),
    outputTokens: sum(answers, ({ usage }) => usage.outputTokens),
    workMs: sum(answers, ({ durationMs }) => durationMs) + sum(calls, ({ durationMs }) => durationMs),
    files: state.changes?.changeSet.files ?? [],
    summary: state.summary,
  };
}

async function diffOf(changes: ChangesPort, [one, other]: readonly [RunState, RunState]) {
  const [from, to] = [resultOf(one), resultOf(other)];
  if (from === undefined || to === undefined || one.workspace !== other.workspace)
    return { patch: null, truncated: false };
  const { patch, truncated } = await changes.checkpoints.compare(one.workspace, from, to);
  return { patch, truncated };
}

function resultOf({ changes, isolation }: RunState): string | undefined {
  return changes?.changeSet.resultCommit ?? isolation?.startCommit;
}
