/** Requests about runs that follow workflows, and about schedules. */
import * as z from "zod/mini";
import { request } from "./message.ts";
import { WorkflowStart } from "./run.ts";

const runId = z.string().check(z.minLength(1), z.maxLength(80));
const json = z.record(z.string(), z.unknown());

const path = z.string().check(z.minLength(1), z.maxLength(500));

export const ListedWorkflow = z.object({
  path: z.string(),
  /** Null: the file is wrong; `problems` says how often. */
  name: z.nullable(z.string()),
  description: z.string(),
  inputs: z.array(
    z.object({
      name: z.string(),
      type: z.enum(["string", "integer", "number", "boolean", "list", "map"]),
      description: z.string(),
      /** It has no default, and must be given. */
      needed: z.boolean(),
    }),
  ),
  problems: z.int(),
});
export type ListedWorkflow = z.infer<typeof ListedWorkflow>;

export const workflowList = request(
  "workflow/list",
  "The workflows of a folder: those in .nexus/workflows/, and those files that are named.",
  z.object({ workspace: z.string().check(z.minLength(1)), paths: z.optional(z.array(path).check(z.maxLength(100))) }),
  z.object({ workflows: z.array(ListedWorkflow) }),
);

export const workflowValidate = request(
  "workflow/validate",
  "What is wrong with a workflow file, and with those that it calls. Nothing is run.",
  z.object({
    workspace: z.string().check(z.minLength(1)),
    path,
    /** Instead of what the file holds: what stands in an editor. */
    text: z.optional(z.string().check(z.maxLength(1024 * 1024))),
  }),
  z.object({
    /** `line` and `column` from 1; `file` as `path`. */
    problems: z.array(
      z.object({ file: z.string(), line: z.int(), column: z.int(), message: z.string(), hint: z.string() }),
    ),
  }),
);

export const WorkflowStateInfo = z.object({
  /** By which `run/fork` goes on from it: the checkpoint's number. */
  number: z.int(),
  /** The step before which it was taken. */
  at: z.string(),
  takenAt: z.string(),
  commit: z.string(),
  /** Steps that had ended by then, in that order, with how. */
  ended: z.array(z.object({ at: z.string(), outcome: z.string() })),
});
/** A point of a run from which another can go on: the files, and all that was known before a step. */
export type WorkflowStateInfo = z.infer<typeof WorkflowStateInfo>;

export const workflowStates = request(
  "workflow/states",
  "The states of a workflow's run that can be gone on from (run/fork), oldest first, at most 1000.",
  z.object({ runId }),
  z.object({ states: z.array(WorkflowStateInfo) }),
);

const ComparedStep = z.nullable(
  z.object({ outcome: z.string(), output: z.string(), costUsd: z.number(), attempts: z.int() }),
);

export const workflowCompare = request(
  "workflow/compare",
  "Two runs of a workflow step by step: outcome, output (JSON text, cut at 1 000 characters) and what each run itself paid.",
  z.object({ first: runId, second: runId }),
  z.object({
    steps: z.array(z.object({ at: z.string(), same: z.boolean(), first: ComparedStep, second: ComparedStep })),
  }),
);

export const workflowMigrate = request(
  "workflow/migrate",
  "Lets a run that has not ended go on with the workflow as its file is now. Refused where what is done differs.",
  z.object({
    runId,
    /** As in run/start: the file in the workspace, or its text. */
    workflow: WorkflowStart,
    /** Only tell what would become of each step. */
    dryRun: z.optional(z.boolean()),
  }),
  z.object({
    steps: z.array(
      z.object({
        at: z.string(),
        /** kept: done in both · redone: it had begun · waiting: still to be done · gone: no longer in it · refused: done, but not the same. */
        fate: z.enum(["kept", "redone", "waiting", "gone", "refused"]),
        reason: z.string(),
      }),
    ),
    migrated: z.boolean(),
  }),
);

export const Schedule = z.object({
  scheduleId: z.string(),
  workspace: z.string(),
  path: z.string(),
  inputs: json,
  /** Five fields, in the daemon's own time zone. */
  cron: z.string(),
  /** What happens when its time passed while no daemon ran. */
  missed: z.enum(["run", "skip"]),
  budgetUsd: z.nullable(z.number()),
  createdAt: z.string(),
  /** Up to which time it is settled. */
  settledAt: z.string(),
  /** What came of the last time; empty before the first. */
  lastResult: z.string(),
  nextAt: z.nullable(z.string()),
});
export type Schedule = z.infer<typeof Schedule>;

export const workflowSchedules = request(
  "workflow/schedules",
  "All schedules, those that are due first come first.",
  z.object({}),
  z.object({ schedules: z.array(Schedule) }),
);

export const workflowSchedule = request(
  "workflow/schedule",
  "Runs a workflow at given times, with nobody to ask, as long as its folder is trusted.",
  z.object({
    workspace: z.string().check(z.minLength(1)),
    path,
    inputs: z.optional(json),
    cron: z.string().check(z.minLength(1), z.maxLength(100)),
    missed: z.optional(z.enum(["run", "skip"])),
    budgetUsd: z.optional(z.nullable(z.number().check(z.gte(0)))),
  }),
  z.object({ schedule: Schedule }),
);

export const workflowUnschedule = request(
  "workflow/unschedule",
  "Forgets a schedule; runs that it started go on.",
  z.object({ scheduleId: z.string().check(z.minLength(1), z.maxLength(80)) }),
  z.object({}),
);
