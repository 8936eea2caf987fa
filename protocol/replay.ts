/** Requests about carrying a run out anew: from its log alone, or from a point of it with something else. */
import * as z from "zod/mini";
import { ChangedFile } from "./change-set.ts";
import { request } from "./message.ts";
import { RunEventBody } from "./run-events.ts";
import { RunStatus } from "./run-state.ts";

const runId = z.string().check(z.minLength(1), z.maxLength(80));

export const runReplay = request(
  "run/replay",
  "Carries an ended run out anew from its log: nothing is executed, sent or written. Tells the first event that comes out differently.",
  z.object({ runId }),
  z.object({
    runId,
    events: z.int(),
    /** Made again by the engine, and the same. */
    compared: z.int(),
    /** Taken from the log: what people, models, tools and the machine brought. */
    told: z.int(),
    /** Names of fields that are not compared: times and durations. */
    ignored: z.array(z.string()),
    divergence: z.nullable(
      z.object({
        /** Number of the recorded event; one above the last: the engine went on. */
        seq: z.int(),
        recorded: z.nullable(RunEventBody),
        made: z.nullable(RunEventBody),
        /** Paths of the fields that differ. */
        fields: z.array(z.string()),
        reason: z.string(),
      }),
    ),
  }),
);

export const RunFigures = z.object({
  runId,
  status: RunStatus,
  model: z.string(),
  /** USD of this run's own calls; what a fork took over from another run cost nothing again. */
  costUsd: z.number(),
  modelCalls: z.int(),
  toolCalls: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  /** Of the calls of models and tools, together. */
  workMs: z.number(),
  files: z.array(ChangedFile),
  summary: z.string(),
});
export type RunFigures = z.infer<typeof RunFigures>;

export const runCompare = request(
  "run/compare",
  "What two runs took and came to, and how the files that they made differ; of a run and its fork, since they parted.",
  z.object({ runId, other: runId }),
  z.object({
    first: RunFigures,
    second: RunFigures,
    /** Number of the last event that both have; 0: they have no history in common. */
    common: z.int(),
    /** From the first one's result to the second one's; cut at 200 000 characters. Null: one of them made nothing. */
    patch: z.nullable(z.string()),
    truncated: z.boolean(),
  }),
);
