/** Compactions on record: made once, so that a run taken up again sends the same notes in place of the same messages. */
import { NexusError, nexusError } from "../../protocol/index.ts";
import { hashOf } from "../host/files.ts";
import type { Compaction, Summariser, SummaryRequest } from "../memory/context/compaction.ts";
import { callModel } from "./journal.ts";
import { type RunContext, record, throwIfStopped } from "./run-context.ts";

export interface RecordedCompactions {
  readonly latest: Compaction | undefined;
  readonly count: number;
}

export async function recordedCompactions(context: RunContext, taskId: string): Promise<RecordedCompactions> {
  let latest: Compaction | undefined;
  for (let count = 0; ; count++) {
    const event = await context.store.events.find(context.runId, keyOf(taskId, count + 1));
    if (event?.body.type !== "context.compacted") return { latest, count };
    const bytes = await context.store.artifacts.get(event.body.artifact);
    if (bytes === undefined) throw nexusError("store.corrupt", `The notes of task ${taskId} are missing.`);
    latest = JSON.parse(new TextDecoder().decode(bytes));
  }
}

export async function recordCompaction(
  context: RunContext,
  place: { readonly taskId: string; readonly turn: number; readonly number: number },
  compaction: Compaction,
  tokens: { readonly tokensBefore: number; readonly tokensAfter: number },
): Promise<void> {
  const { taskId, turn, number } = place;
  const { upTo, by, putBack } = compaction;
  const bytes = new TextEncoder().encode(JSON.stringify(compaction));
  const problems = compaction.problems.map((problem) => context.redact(problem).slice(0, 500));
  const body = { type: "context.compacted" as const, taskId, turn, by, messages: upTo, ...tokens, putBack, problems };
  await record(context, { ...body, artifact: hashOf(bytes) }, keyOf(taskId, number), [bytes]);
}

function keyOf(taskId: string, number: number): string {
  return `compacted/${taskId}/${number}`;
}

/** Asks the run's own model, through the journal and the budget like every other call. */
export function createSummariser(
  context: RunContext,
  place: { readonly taskId: string; readonly turn: number; readonly number: number },
): Summariser {
  const { taskId, turn, number } = place;
  return {
    async summarise({ system, text, maxOutputTokens }: SummaryRequest, attempt) {
      throwIfStopped(context);
      const request = { system, messages: [{ role: "user" as const, text }], tools: [], maxOutputTokens };
      const key = `notes/${taskId}/${number}/${attempt}`;
      const { response } = await callModel(context, { taskId, turn }, request, { key });
      return response.text;
    },
    mustStop: (error) => context.signal.aborted || isFromStore(error),
  };
}

/** A full disk too: what could not be written is no answer of the model. */
function isFromStore(error: unknown): boolean {
  return error instanceof NexusError && error.value.code.startsWith("store.");
}
