/** Requests and notifications about runs, sessions and approvals. */
import * as z from "zod/mini";
import { Approval, ApprovalDecision } from "./approval.ts";
import { ChangeConflict, FileDiff } from "./change-set.ts";
import { notification, request } from "./message.ts";
import { PolicyRules } from "./policy.ts";
import { PromptImages } from "./prompt-images.ts";
import { ModelChoice, RunEvent, RunPriority, SessionMode } from "./run-events.ts";
import { RunState, RunStatus } from "./run-state.ts";
import { UnsavedTexts } from "./unsaved.ts";

const runId = z.string().check(z.minLength(1), z.maxLength(80));
/** The `resultCommit` of the change that the person was shown; another one that waits is not accepted. Left out: whichever waits. */
const shown = z.optional(z.string().check(z.maxLength(80)));
const page = { cursor: z.optional(z.string()), limit: z.optional(z.int().check(z.gte(1), z.lte(500))) };

export const ModelSettingsInput = z.object({
  ...ModelChoice.shape,
  /** Kept in memory for this run only; never logged, never stored. */
  apiKey: z.optional(z.nullable(z.string())),
});
/** The model a client asks for: its own environment's, not that of whoever started the daemon. */
export type ModelSettingsInput = z.infer<typeof ModelSettingsInput>;

export const WorkflowStart = z.object({
  /** The file, relative to the workspace with `/`; with `text`, only where its calls are looked for. */
  path: z.string().check(z.minLength(1), z.maxLength(500)),
  /** The definition itself, where it is not in the workspace. */
  text: z.optional(z.string().check(z.maxLength(256 * 1024))),
  inputs: z.optional(z.record(z.string(), z.unknown())),
});
/** The workflow that a run follows. */
export type WorkflowStart = z.infer<typeof WorkflowStart>;

export const runStart = request(
  "run/start",
  "Starts a run of a prompt and answers with its id at once; what happens is told by run/event.",
  z.object({
    workspace: z.string().check(z.minLength(1)),
    prompt: z.string().check(z.minLength(1), z.maxLength(100_000)),
    sessionId: z.optional(z.string()),
    mode: z.optional(SessionMode),
    /** True when nobody can answer questions: whatever would ask is denied. */
    headless: z.boolean(),
    autoApply: z.optional(z.boolean()),
    budgetUsd: z.optional(z.nullable(z.number().check(z.gte(0)))),
    policy: z.optional(PolicyRules),
    /** False: the workspace is treated as untrusted whatever is recorded of it. True never raises what is recorded. */
    trusted: z.optional(z.boolean()),
    /** Who wrote the prompt; `outsider`: somebody whom the user does not vouch for, such as the author of an issue. Default user. */
    origin: z.optional(z.enum(["user", "outsider"])),
    /** Left out: normal. */
    priority: z.optional(RunPriority),
    /** The run follows this workflow; the prompt is then its title. */
    workflow: z.optional(WorkflowStart),
    /** How much ceremony it gets in mode act, where the client knows; left out: its words decide. */
    kind: z.optional(z.enum(["question", "change", "goal"])),
    /** Texts of an editor that are not in its files: the run's copy begins with them, and its change is relative to them. */
    unsaved: z.optional(UnsavedTexts),
    /** Pictures that the prompt is about. */
    images: z.optional(PromptImages),
    /** Left out: the daemon's own (its environment, or model/configure). */
    modelSettings: z.optional(ModelSettingsInput),
    /** Sent again after a lost answer, the same key gives the same run. */
    idempotencyKey: z.string().check(z.minLength(8), z.maxLength(80)),
  }),
  z.object({
    runId,
    sessionId: z.string(),
    /** Its place among the runs that wait for a slot, 1 the next; left out when it starts at once. */
    queuePlace: z.optional(z.int()),
  }),
);

export const runPrompt = request(
  "run/prompt",
  "Sends a prompt into a run: `steer` reaches the agent before its next step, `queue` becomes the session's next run.",
  z.object({
    runId,
    text: z.string().check(z.minLength(1), z.maxLength(100_000)),
    delivery: z.enum(["steer", "queue"]),
    /** Of `steer`: the task whose agent is to read it; left out: the first of the plan that is at work, or a part of it. */
    taskId: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
    idempotencyKey: z.string().check(z.minLength(8), z.maxLength(80)),
  }),
  z.object({ promptId: z.string() }),
);

export const RunSummary = z.object({
  runId: z.string(),
  sessionId: z.string(),
  workspace: z.string(),
  prompt: z.string(),
  status: RunStatus,
  costUsd: z.number(),
  pendingFiles: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const runList = request(
  "run/list",
  "Runs, newest first, a page at a time.",
  z.object({ workspace: z.optional(z.string()), sessionId: z.optional(z.string()), ...page }),
  z.object({ runs: z.array(RunSummary), nextCursor: z.nullable(z.string()) }),
);

export const runShow = request("run/show", "The state of one run.", z.object({ runId }), z.object({ run: RunState }));

export const runEvents = request(
  "run/events",
  "A page of a run's events: those after number `after`, or with `before` the last ones below that number.",
  z.object({
    runId,
    after: z.optional(z.int().check(z.gte(0))),
    before: z.optional(z.int().check(z.gte(1))),
    limit: z.optional(z.int().check(z.gte(1), z.lte(500))),
  }),
  z.object({ events: z.array(RunEvent), lastSeq: z.int() }),
);

export const runWatch = request(
  "run/watch",
  "From now on this connection is told every event of the run after number `after` (run/event), none twice, no gap.",
  z.object({ runId, after: z.int().check(z.gte(0)) }),
  z.object({ lastSeq: z.int() }),
);

export const runUnwatch = request("run/unwatch", "Ends run/watch.", z.object({ runId }), z.object({}));

export const runCancel = request(
  "run/cancel",
  "Cancels a run: the model stream and the whole process tree end. The change so far is kept.",
  z.object({ runId }),
  z.object({}),
);

export const runResume = request(
  "run/resume",
  "Goes on with a run that failed, was cancelled or ran out of budget, from its last recorded step.",
  z.object({
    runId,
    budgetUsd: z.optional(z.nullable(z.number().check(z.gte(0)))),
    modelSettings: z.optional(ModelSettingsInput),
  }),
  z.object({}),
);

export const approvalAnswer = request(
  "approval/answer",
  "Answers an approval. The first answer wins; the others are told.",
  z.object({
    runId,
    approvalId: z.string(),
    subjectHash: z.string(),
    decision: ApprovalDecision,
    /** Reaches the agent with a rejection. */
    feedback: z.optional(z.string().check(z.maxLength(10_000))),
    /** With an approval: also keeps the rule that the approval names (`remember`) in the user's policy. */
    remember: z.optional(z.boolean()),
  }),
  z.object({}),
);

export const questionAnswer = request(
  "question/answer",
  "Answers a question of an agent. The first answer wins; the others are told.",
  z.object({ runId, questionId: z.string(), answer: z.string().check(z.minLength(1), z.maxLength(10_000)) }),
  z.object({}),
);

export const approvalList = request(
  "approval/list",
  "What waits for a person now, over all runs, oldest first: one queue for all clients.",
  z.object({}),
  z.object({ approvals: z.array(z.object({ runId: z.string(), approval: Approval })) }),
);

export const changesDiff = request(
  "changes/diff",
  "The unified diff of one file of a run's change set.",
  z.object({ runId, path: z.string() }),
  z.object({ diff: FileDiff }),
);

export const changesFile = request(
  "changes/file",
  "A file's text before (as it was when the run began) or after the run, for a diff editor; null where it does not exist or is binary.",
  z.object({ runId, path: z.string(), side: z.enum(["before", "after"]) }),
  z.object({ text: z.nullable(z.string()) }),
);

export const changesAccept = request(
  "changes/accept",
  "Writes the change set, or the named files of it, into the user's tree: all of them or none. A file that a client has open with unsaved text is changed there (client/applyEdit), or is a conflict.",
  z.object({ runId, paths: z.optional(z.array(z.string())), shown }),
  z.object({
    accepted: z.array(z.string()),
    conflicts: z.array(ChangeConflict),
    /** Of the accepted ones, those that are changed in an editor and not saved there. */
    inEditor: z.optional(z.array(z.string())),
  }),
);

export const changesDiscard = request(
  "changes/discard",
  "Gives up the change set, or the named files of it. The user's tree is not touched.",
  z.object({ runId, paths: z.optional(z.array(z.string())) }),
  z.object({ discarded: z.array(z.string()) }),
);

export const changesTaken = request(
  "changes/taken",
  "Tells that an editor has put the change set, or the named files of it, into its own texts: it counts as accepted, and nothing is written.",
  z.object({
    runId,
    files: z.optional(
      z.array(
        z.object({
          path: z.string(),
          /** Of the editor's text in UTF-8, hexadecimal: a file that holds it already is no conflict. */
          sha256: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
        }),
      ),
    ),
  }),
  /** With conflicts nothing is taken: a file on disk is neither as the run found it nor as it made it. */
  z.object({ taken: z.array(z.string()), conflicts: z.array(ChangeConflict) }),
);

export const runEvent = notification("run/event", "One event of a watched run.", z.object({ event: RunEvent }));

export const runDelta = notification(
  "run/delta",
  "A piece of the model's answer, or of a call's output, while it comes. Never stored: the whole comes with model.responded, or tool.finished.",
  z.object({
    runId: z.string(),
    taskId: z.string(),
    turn: z.int(),
    text: z.string(),
    /** The call of the turn whose output it is, by its index; left out: the model's answer. */
    call: z.optional(z.int()),
  }),
);
/** Without the run. */
export type RunDelta = Omit<z.infer<typeof runDelta.params>, "runId">;

export const runChanged = notification(
  "run/changed",
  "A run was made or its summary changed; sent to every connection, for lists. Of one run at once, and then five times a second at most.",
  z.object({ run: RunSummary }),
);
