/** Requests about checkpoints: listing, comparing, going back, going on from one, forgetting. */
import * as z from "zod/mini";
import { ChangeConflict, ChangedFile } from "./change-set.ts";
import { request } from "./message.ts";
import { CheckpointInfo, RewindForm } from "./rewind.ts";
import { ModelSettingsInput } from "./run.ts";

const runId = z.string().check(z.minLength(1), z.maxLength(80));
const number = z.int().check(z.gte(1));
const key = z.string().check(z.minLength(8), z.maxLength(80));

export const runCheckpoints = request(
  "run/checkpoints",
  "The checkpoints of a run, oldest first, at most 1000.",
  z.object({ runId }),
  z.object({
    checkpoints: z.array(CheckpointInfo),
    /** The last rewind can be taken back. */
    canUndo: z.boolean(),
    /** Files of the user's tree that an accept wrote and that can be put back. */
    accepted: z.array(z.string()),
  }),
);

export const runCheckpointDiff = request(
  "run/checkpointDiff",
  "What turns one checkpoint into another, or with `to` null into the run's present state; at most 500 files.",
  z.object({ runId, from: number, to: z.nullable(number) }),
  z.object({ files: z.array(ChangedFile), patch: z.string(), truncated: z.boolean() }),
);

export const runRewind = request(
  "run/rewind",
  "Goes back to a checkpoint, to the state before an accept, or takes the last rewind back. All files or none; what was there before is kept.",
  z.object({
    runId,
    to: z.union([z.object({ checkpoint: number }), z.object({ what: z.enum(["before_accept", "before_rewind"]) })]),
    /** Left out: files. Conversation and both make a new run that goes on from there. */
    form: z.optional(RewindForm),
    /** Files of the user's tree that may be overwritten although they were changed since. */
    overwrite: z.optional(z.array(z.string())),
    /** Only tell what would change. */
    dryRun: z.optional(z.boolean()),
    /** For the new run, as in run/start. */
    idempotencyKey: z.optional(key),
    modelSettings: z.optional(ModelSettingsInput),
  }),
  z.object({
    /** What changed, or with `dryRun` would; at most 500. */
    files: z.array(z.object({ place: z.enum(["copy", "tree", "changes"]), path: z.string() })),
    /** When there are any, nothing was written. */
    conflicts: z.array(ChangeConflict),
    /** The run that goes on, where the conversation went back. */
    newRunId: z.nullable(z.string()),
  }),
);

export const runFork = request(
  "run/fork",
  "Starts a new run with the history of another one up to a checkpoint; the other one stays as it is.",
  z.object({
    runId,
    checkpoint: number,
    /** A new instruction, told before the next step. */
    prompt: z.optional(z.string().check(z.minLength(1), z.maxLength(100_000))),
    /** Does the checkpoint's task, and those of the plan that had not begun, in place of the agents that they were given to. */
    agent: z.optional(z.string().check(z.minLength(1), z.maxLength(60))),
    idempotencyKey: key,
    modelSettings: z.optional(ModelSettingsInput),
  }),
  z.object({ runId: z.string(), sessionId: z.string() }),
);

export const runPrune = request(
  "run/prune",
  "Forgets checkpoints of ended runs that are older than some days, and the oldest beyond a size. What waits to be accepted stays.",
  z.object({
    /** Left out: the daemon's settings. */
    days: z.optional(z.number().check(z.gte(0))),
    maxBytes: z.optional(z.number().check(z.gte(0))),
    dryRun: z.optional(z.boolean()),
  }),
  z.object({ runs: z.array(z.object({ runId: z.string(), refs: z.int(), bytes: z.number() })), keptBytes: z.number() }),
);
