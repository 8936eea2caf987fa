/**
 * The events of a run. The event log is a run's truth: numbered per run from 1, append-only, committed before anyone
 * hears of it. `applyRunEvent` (run-state.ts) folds them into the state that every client draws.
 */
import * as z from "zod/mini";
import { Approval, ApprovalDecision } from "./approval.ts";
import { ChangeConflict, ChangeSet } from "./change-set.ts";
import { COLLABORATION_EVENTS } from "./collaboration-events.ts";
import { DESIGN_EVENTS } from "./design/events.ts";
import { ErrorValue } from "./errors.ts";
import { event } from "./event.ts";
import { EVIDENCE_EVENTS } from "./evidence-events.ts";
import { Plan } from "./plan.ts";
import { PLANNING_EVENTS } from "./planning-events.ts";
import { PolicyRules } from "./policy.ts";
import { ImagePin } from "./prompt-images.ts";
import { Question, TodoList } from "./question.ts";
import { Rewind } from "./rewind.ts";
import { SCHEDULING_EVENTS } from "./scheduling-events.ts";
import { Taint } from "./taint.ts";
import { TEAM_EVENTS } from "./team-events.ts";
import { UnsavedPin } from "./unsaved.ts";
import { WORKFLOW_EVENTS } from "./workflow-events.ts";

export const SessionMode = z.enum(["ask", "plan", "act"]);
/** ask: reads only · plan: may write plans · act. Enforced at the tool gate. */
export type SessionMode = z.infer<typeof SessionMode>;

export const RunKind = z.enum(["question", "change", "goal", "workflow"]);
export type RunKind = z.infer<typeof RunKind>;

export const EndStatus = z.enum(["done", "failed", "denied", "cancelled", "out_of_budget"]);
export type EndStatus = z.infer<typeof EndStatus>;

export const RunPriority = z.enum(["low", "normal", "high"]);
/** How soon a run gets a slot where not all can work at once; where it is left out: normal. */
export type RunPriority = z.infer<typeof RunPriority>;

export const ModelName = z.object({ provider: z.string(), model: z.string() });
export type ModelName = z.infer<typeof ModelName>;

export const ModelChoice = z.object({
  provider: z.enum(["openai", "anthropic", "openai-compatible", "ollama", "editor", "replay"]),
  model: z.string().check(z.minLength(1), z.maxLength(200)),
  baseUrl: z.optional(z.nullable(z.string())),
  /** USD per million tokens; left out: from the price table. */
  price: z.optional(z.nullable(z.object({ input: z.number(), output: z.number() }))),
  recordFile: z.optional(z.nullable(z.string())),
  replayFile: z.optional(z.nullable(z.string())),
  /** Tokens of input and answer together; left out: by the model's name. */
  windowTokens: z.optional(z.nullable(z.int().check(z.gte(4000)))),
});
/** Which model a run uses and where it answers. Never holds a key. */
export type ModelChoice = z.infer<typeof ModelChoice>;

export const Usage = z.object({
  /** Tokens; the four buckets are disjoint. */
  inputTokens: z.int(),
  cacheReadTokens: z.int(),
  cacheWriteTokens: z.int(),
  outputTokens: z.int(),
  /** True when the provider sent no figures and they were estimated from the text. */
  estimated: z.boolean(),
});
export type Usage = z.infer<typeof Usage>;

export const ContextPart = z.object({
  name: z.enum([
    "instructions",
    "tools",
    "rules",
    "task",
    "plan",
    "map",
    "code",
    "knowledge",
    "conversation",
    "results",
  ]),
  tokens: z.int(),
  /** Of all input tokens of the request, 0 to 1. */
  share: z.number(),
  /** Rules, files, facts, messages … that it holds. */
  items: z.int(),
  /** True when something of it was left out for want of room. */
  truncated: z.boolean(),
});
export type ContextPart = z.infer<typeof ContextPart>;

export const ContextUse = z.object({
  taskId: z.string(),
  turn: z.int(),
  /** What the model's window is taken to be, and what of it is kept free for the answer. */
  windowTokens: z.int(),
  answerTokens: z.int(),
  /** All of the request; the parts add up to it. */
  inputTokens: z.int(),
  /** False: the true counts may be above these by `errorShare` of them. */
  exact: z.boolean(),
  errorShare: z.number(),
  /** How often this task's conversation was shortened to notes so far. */
  compactions: z.int(),
  parts: z.array(ContextPart),
});
/** What a request to a model is made of. */
export type ContextUse = z.infer<typeof ContextUse>;

export const Evidence = z.object({
  command: z.string(),
  /** Null when the command did not end by itself (time-out, signal). */
  exitCode: z.nullable(z.int()),
  expected: z.enum(["pass", "fail"]),
  /** True when the outcome is the expected one. */
  satisfied: z.boolean(),
  durationMs: z.number(),
  /** The last 4 000 characters of standard output and error. */
  outputTail: z.string(),
  /** Content address of the whole output. */
  outputArtifact: z.nullable(z.string()),
});
/** What a claim of "done" rests on: the command that ran, its exit code and its output. */
export type Evidence = z.infer<typeof Evidence>;

export const ToolEffect = z.enum(["pure", "idempotent", "verifiable", "unknown"]);
/** What repeating an interrupted call would do; decides what happens to it after a crash. */
export type ToolEffect = z.infer<typeof ToolEffect>;

export const ToolStatus = z.enum(["done", "failed", "denied", "interrupted"]);
export type ToolStatus = z.infer<typeof ToolStatus>;

export const RunPhase = z.enum(["triage", "recall", "plan", "approve", "tasks", "verify", "review", "finish"]);
export type RunPhase = z.infer<typeof RunPhase>;

const FileProbe = z.object({ path: z.string(), before: z.nullable(z.string()), after: z.string() });

/**
 * Which call an event belongs to: run and task, turn of the task, index in the turn ("model" or a number). A model call
 * whose key begins with "notes/" is none of the agent's: it writes the notes of a compaction.
 */
const call = { key: z.string(), taskId: z.string(), turn: z.int() };

export const RunEventBody = z.discriminatedUnion("type", [
  event("run.created", {
    sessionId: z.string(),
    workspace: z.string(),
    prompt: z.string(),
    mode: SessionMode,
    headless: z.boolean(),
    /** Accept the change set as soon as the run is done. */
    autoApply: z.boolean(),
    model: ModelChoice,
    budgetUsd: z.nullable(z.number()),
    policy: PolicyRules,
    /** The earlier run of the session whose pending change set this one goes on from. */
    continues: z.nullable(z.string()),
    /** Whether what the workspace configures and runs may be used; left out in the logs of older versions: yes. */
    trusted: z.optional(z.boolean()),
    /** Left out: normal. */
    priority: z.optional(RunPriority),
    /** Texts of an editor that the run's copy begins with, laid over the files. */
    unsaved: z.optional(UnsavedPin),
    /** Pictures that the prompt is about. */
    images: z.optional(z.array(ImagePin)),
    /** What the client says that it is; left out: its words tell. */
    asksFor: z.optional(RunKind),
  }),
  event("run.started", {
    attempt: z.int(),
    reason: z.enum(["new", "restart", "resume"]),
    /** The model from here on, where it is not the one that the run began with. */
    model: z.optional(ModelChoice),
  }),
  event("run.entered", { phase: RunPhase }),
  event("run.isolated", {
    baseCommit: z.string(),
    startCommit: z.string(),
    worktree: z.string(),
    linked: z.array(z.string()),
  }),
  event("run.triaged", { kind: RunKind, reason: z.string() }),
  event("run.recalled", {
    /** What was to be done with it: a task's id, or "plan". */
    taskId: z.string(),
    files: z.array(z.object({ path: z.string(), why: z.string() })),
    rules: z.array(z.string()),
    /** Content address of all that the agent was told about the repository. */
    artifact: z.string(),
  }),
  event("plan.proposed", { plan: Plan }),
  event("plan.rejected", { attempt: z.int(), problems: z.array(z.string()) }),
  event("approval.requested", { approval: Approval }),
  event("approval.answered", {
    approvalId: z.string(),
    decision: ApprovalDecision,
    by: z.string(),
    feedback: z.optional(z.string()),
    /** The rule that the person keeps from now on. */
    remembered: z.optional(z.string()),
  }),
  event("question.asked", { question: Question }),
  event("question.answered", { questionId: z.string(), answer: z.string(), by: z.string() }),
  /** The agent's own list, as a whole. */
  event("todo.changed", { todo: TodoList }),
  event("task.started", { taskId: z.string(), title: z.string(), agent: z.string() }),
  event("task.finished", {
    taskId: z.string(),
    outcome: z.enum(["done", "failed", "skipped"]),
    summary: z.string(),
    /** Why it failed; left out in the logs of older versions. */
    error: z.optional(ErrorValue),
  }),
  event("model.requested", {
    ...call,
    model: ModelName,
    reservedUsd: z.number(),
    /** Counted tokens of the whole request, and of its system prompt and tool schemas alone. */
    inputTokens: z.int(),
    overheadTokens: z.int(),
    /** Content address of the instructions and tools that were sent: what of a request the rest of the log does not tell. */
    frame: z.optional(z.string()),
    /** Left out for calls that no agent makes, and in the logs of older versions. */
    context: z.optional(ContextUse),
  }),
  event("model.responded", {
    ...call,
    text: z.string(),
    toolCalls: z.array(z.object({ callId: z.string(), tool: z.string() })),
    stopReason: z.string(),
    usage: Usage,
    costUsd: z.number(),
    durationMs: z.number(),
    /** Content address of the full response. */
    artifact: z.string(),
  }),
  /** From this turn on the older part of the conversation is sent as notes; all of it stays in this log. */
  event("context.compacted", {
    taskId: z.string(),
    turn: z.int(),
    /** model: a model wrote the notes, and they were checked · extract: they were made without one. */
    by: z.enum(["model", "extract"]),
    /** Messages that the notes now stand for. */
    messages: z.int(),
    /** Of the conversation, opening included. */
    tokensBefore: z.int(),
    tokensAfter: z.int(),
    /** Files and dead ends that the model's notes had lost. */
    putBack: z.int(),
    /** Why the model's notes could not be used, if they could not. */
    problems: z.array(z.string()),
    /** Content address of the notes. */
    artifact: z.string(),
  }),
  event("model.failed", { ...call, attempt: z.int(), error: ErrorValue, willRetry: z.boolean() }),
  event("tool.requested", {
    ...call,
    callId: z.string(),
    tool: z.string(),
    /** The arguments as JSON text, cut at 4 000 characters. */
    input: z.string(),
    effect: ToolEffect,
    /** For verifiable effects: how to tell whether it happened (path → content hashes before and after). */
    probe: z.optional(z.extend(FileProbe, { more: z.optional(z.array(FileProbe)) })),
  }),
  event("tool.finished", {
    ...call,
    callId: z.string(),
    tool: z.string(),
    status: ToolStatus,
    /** One line for people. */
    summary: z.string(),
    /** What the model is told, cut at 4 000 characters here; the artifact holds all of it. */
    output: z.string(),
    artifact: z.nullable(z.string()),
    durationMs: z.number(),
    /** Workspace paths that it changed. */
    changed: z.array(z.string()),
    /** Content address of the whole result, where the model was told only its beginning and end. */
    whole: z.optional(z.string()),
    /** Tools that the agent is offered from its next turn on. */
    offers: z.optional(z.array(z.string())),
  }),
  event("verification.finished", {
    taskId: z.nullable(z.string()),
    /** Null: none ran, because the project has no tests that Nexus can find or they may not run. */
    evidence: z.nullable(Evidence),
  }),
  event("run.noticed", { level: z.enum(["info", "warning"]), code: z.string(), message: z.string() }),
  event("prompt.received", {
    promptId: z.string(),
    text: z.string(),
    delivery: z.enum(["steer", "queue"]),
    /** The task that it is for; left out: the rule decides. */
    forTask: z.optional(z.string()),
    by: z.string(),
  }),
  event("prompt.delivered", { promptId: z.string(), taskId: z.string(), turn: z.int() }),
  /** The run got in touch with something new; bits that are set stay set. */
  event("run.tainted", { taint: Taint, reason: z.string() }),
  event("run.answered", { text: z.string() }),
  event("run.reviewed", {
    findings: z.array(
      z.object({ severity: z.enum(["info", "warning", "error"]), path: z.nullable(z.string()), message: z.string() }),
    ),
  }),
  event("changes.ready", { changeSet: ChangeSet }),
  /** The intent to write these paths into the user's tree; after a crash it is carried to its end. */
  event("changes.applying", {
    paths: z.array(z.string()),
    /** Commit that keeps what was there before, byte for byte; not in the logs of older versions. */
    kept: z.optional(z.string()),
  }),
  event("changes.accepted", {
    paths: z.array(z.string()),
    /** Whose editor has it in its own texts; left out: Nexus wrote the files. */
    takenBy: z.optional(z.string()),
    /** Commit that keeps the files as they were on disk. */
    kept: z.optional(z.string()),
    /** Of these, the ones that an editor has open with unsaved text: changed there, and not saved. */
    inEditor: z.optional(z.array(z.string())),
  }),
  event("changes.discarded", { paths: z.array(z.string()) }),
  event("changes.conflicted", { conflicts: z.array(ChangeConflict) }),
  event("changes.superseded", { byRun: z.string() }),
  /** The run's copy before the calls of a turn are carried out. */
  event("checkpoint.taken", {
    number: z.int(),
    taskId: z.string(),
    turn: z.int(),
    commit: z.string(),
    /** Files that are not in it: too large, or not readable. */
    leftOut: z.array(z.string()),
    durationMs: z.number(),
  }),
  /** The intent to put files back; after a crash it is carried to its end. */
  event("rewind.started", { rewind: Rewind }),
  /** With conflicts nothing was written. */
  event("rewind.finished", { number: z.int(), conflicts: z.array(ChangeConflict) }),
  /** The history before this was copied from another run. */
  event("run.forked", { from: z.string(), checkpoint: z.int(), origin: z.string() }),
  /** The conversation went back: another run goes on from one of this run's checkpoints. Null: that was taken back. */
  event("run.rewound", { byRun: z.nullable(z.string()), checkpoint: z.nullable(z.int()) }),
  event("budget.changed", { budgetUsd: z.nullable(z.number()) }),
  event("run.cancel_requested", { by: z.string() }),
  event("run.suspended", { reason: z.string() }),
  event("run.finished", { status: EndStatus, summary: z.string(), error: z.optional(ErrorValue) }),
  ...PLANNING_EVENTS,
  ...TEAM_EVENTS,
  ...EVIDENCE_EVENTS,
  ...COLLABORATION_EVENTS,
  ...SCHEDULING_EVENTS,
  ...WORKFLOW_EVENTS,
  ...DESIGN_EVENTS,
]);
export type RunEventBody = z.infer<typeof RunEventBody>;
export type RunEventType = RunEventBody["type"];
export type RunEventOf<Type extends RunEventType> = Extract<RunEventBody, { type: Type }>;

export const RunEvent = z.object({
  runId: z.string(),
  /** 1, 2, 3 … without gaps in one run. */
  seq: z.int(),
  /** ISO 8601, UTC. Order comes from `seq`, never from this. */
  at: z.string(),
  body: RunEventBody,
});
export type RunEvent = z.infer<typeof RunEvent>;
