/**
 * `applyRunEvent` folds a run's events into the state that daemon, webview and command line share. Pure and bounded:
 * what grows without limit (steps, tool calls, output) stays in the event log and is paged.
 */
import * as z from "zod/mini";
import { Approval } from "./approval.ts";
import { AgentMessage, BoardEntry, MessageDelivery } from "./collaboration-events.ts";
import { DesignState } from "./design/state.ts";
import { ErrorValue } from "./errors.ts";
import { PendingPrompt, receivedPrompt } from "./pending-prompt.ts";
import { Milestone, Plan } from "./plan.ts";
import { PolicyRules } from "./policy.ts";
import { ImagePin } from "./prompt-images.ts";
import { Question, TodoList } from "./question.ts";
import {
  ChangesState,
  changeChanges,
  type FileDecision,
  finishedRewind,
  RewindState,
  rewoundState,
} from "./rewind-state.ts";
import { RunBudget, released, reserved, settled } from "./run-budget.ts";
import {
  ContextUse,
  EndStatus,
  Evidence,
  ModelChoice,
  type RunEvent,
  type RunEventOf,
  RunKind,
  RunPhase,
  RunPriority,
  SessionMode,
} from "./run-events.ts";
import { RunStats } from "./run-stats.ts";
import { mergeTaint, Taint, taintOf } from "./taint.ts";
import { changeTask, finishTask, startTask, TaskState, waitingTask } from "./task-state.ts";
import { teamChange } from "./team-state.ts";
import { UnsavedPin } from "./unsaved.ts";
import { WorkflowPin } from "./workflow-events.ts";
import { WorkflowStep } from "./workflow-state.ts";

export const RunStatus = z.enum(["queued", "working", "awaiting_approval", "suspended", ...EndStatus.options]);
export type RunStatus = z.infer<typeof RunStatus>;

export const RunState = z.object({
  runId: z.string(),
  sessionId: z.string(),
  workspace: z.string(),
  prompt: z.string(),
  /** Pictures that it is about; left out: none. */
  images: z.optional(z.array(ImagePin)),
  mode: SessionMode,
  headless: z.boolean(),
  autoApply: z.boolean(),
  model: ModelChoice,
  policy: PolicyRules,
  continues: z.nullable(z.string()),
  /** Left out by older daemons: yes. */
  trusted: z.optional(z.boolean()),
  priority: z.optional(RunPriority),
  unsaved: z.optional(UnsavedPin),
  asksFor: z.optional(RunKind),
  /** Left out by older daemons. */
  taint: z.optional(Taint),
  status: RunStatus,
  phase: z.nullable(RunPhase),
  kind: z.nullable(RunKind),
  attempt: z.int(),
  cancelRequested: z.boolean(),
  plan: z.nullable(Plan),
  tasks: z.array(TaskState),
  /** How often the plan was changed after it was made; left out: never. */
  planRevisions: z.optional(z.int()),
  /** What the strategic planner made of the goal; left out where it was not needed. */
  milestones: z.optional(z.array(Milestone)),
  /** The blackboard: the latest version of each entry, the last written last, at most 200. */
  board: z.optional(z.array(BoardEntry)),
  /** Between agents, the latest 100; what nobody has read yet is never left out. */
  messages: z.optional(z.array(AgentMessage)),
  /** Which of them were read by whom, the latest 500. */
  deliveries: z.optional(z.array(MessageDelivery)),
  /** The workflow file that the run follows. */
  workflow: z.optional(WorkflowPin),
  /** Its steps that have begun, in that order, the latest 300. */
  workflowSteps: z.optional(z.array(WorkflowStep)),
  /** Its design documents; left out before the first. */
  design: z.optional(DesignState),
  pendingApprovals: z.array(Approval),
  /** Left out before the first question, and in what older versions wrote. */
  pendingQuestions: z.optional(z.array(Question)),
  /** Of the agent that last changed its list; left out where none has one. */
  todo: z.optional(TodoList),
  pendingPrompts: z.array(PendingPrompt),
  /** Steering prompts that reached an agent, and before which of its turns. */
  deliveredPrompts: z.array(z.object({ promptId: z.string(), taskId: z.string(), turn: z.int() })),
  /** The last one over the whole change; null evidence: nothing to run was found. */
  verification: z.nullable(z.object({ evidence: z.nullable(Evidence) })),
  answer: z.nullable(z.string()),
  findings: z.array(
    z.object({ severity: z.enum(["info", "warning", "error"]), path: z.nullable(z.string()), message: z.string() }),
  ),
  isolation: z.nullable(
    z.object({ baseCommit: z.string(), startCommit: z.string(), worktree: z.string(), linked: z.array(z.string()) }),
  ),
  changes: z.nullable(ChangesState),
  /** How many checkpoints were taken; left out before the first. */
  checkpoints: z.optional(z.int()),
  /** The last rewind. */
  rewind: z.optional(RewindState),
  /** The run that this one was forked from, and the one whose approvals its history holds. */
  forkedFrom: z.optional(z.object({ runId: z.string(), checkpoint: z.int(), origin: z.string() })),
  /** The run that goes on where this one's conversation went back. */
  rewoundBy: z.optional(z.nullable(z.string())),
  budget: RunBudget,
  stats: RunStats,
  /** What the latest request of an agent was made of; left out before the first. */
  context: z.optional(ContextUse),
  /** The latest notices, at most 20. */
  notices: z.array(z.object({ level: z.enum(["info", "warning"]), code: z.string(), message: z.string() })),
  summary: z.string(),
  error: z.nullable(ErrorValue),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** The number of the last event in this state. */
  seq: z.int(),
});
export type RunState = z.infer<typeof RunState>;

export function isEnded(status: RunStatus): status is EndStatus {
  return EndStatus.options.some((end) => end === status);
}

/** Files of the change set that nobody has decided about yet. */
export function pendingPaths(state: RunState): string[] {
  if (state.changes === null || state.changes.supersededBy !== null) return [];
  const { changeSet, decisions } = state.changes;
  return changeSet.files.map((file) => file.path).filter((path) => (decisions[path] ?? "pending") === "pending");
}

/**
 * The next state of a run. `state` is null before `run.created`, which must come first.
 * Throws when events are skipped or out of order: that is a bug, or a damaged log, never a state to draw.
 */
export function applyRunEvent(state: RunState | null, event: RunEvent): RunState {
  if (event.body.type === "run.created") return createdState(event, event.body);
  if (state === null) throw new Error(`run ${event.runId}: event ${event.seq} comes before run.created`);
  if (event.seq !== state.seq + 1)
    throw new Error(`run ${event.runId}: event ${event.seq} does not follow event ${state.seq}`);
  return { ...state, ...changeOf(state, event), updatedAt: event.at, seq: event.seq };
}

function createdState(event: RunEvent, body: Extract<RunEvent["body"], { type: "run.created" }>): RunState {
  return {
    runId: event.runId,
    sessionId: body.sessionId,
    workspace: body.workspace,
    prompt: body.prompt,
    mode: body.mode,
    headless: body.headless,
    autoApply: body.autoApply,
    model: body.model,
    policy: body.policy,
    continues: body.continues,
    trusted: body.trusted !== false,
    ...(body.images === undefined ? {} : { images: body.images }),
    ...(body.priority === undefined ? {} : { priority: body.priority }),
    ...(body.unsaved === undefined ? {} : { unsaved: body.unsaved }),
    ...(body.asksFor === undefined ? {} : { asksFor: body.asksFor }),
    status: "queued",
    phase: null,
    kind: null,
    attempt: 0,
    cancelRequested: false,
    plan: null,
    tasks: [],
    pendingApprovals: [],
    pendingPrompts: [],
    deliveredPrompts: [],
    verification: null,
    answer: null,
    findings: [],
    isolation: null,
    changes: null,
    budget: { limitUsd: body.budgetUsd, reservedUsd: 0, spentUsd: 0 },
    stats: {
      modelCalls: 0,
      toolCalls: 0,
      callsBeforeFirstEdit: null,
      overheadTokens: 0,
      inputTokens: 0,
      cacheReadTokens: 0,
      outputTokens: 0,
    },
    notices: [],
    summary: "",
    error: null,
    createdAt: event.at,
    updatedAt: event.at,
    seq: event.seq,
  };
}

function changeOf(state: RunState, event: RunEvent): Partial<RunState> {
  const { body } = event;
  const change = teamChange(state, body, event.at);
  if (change !== undefined) return change;
  switch (body.type) {
    case "run.created":
      return {};
    case "run.started":
      // A reservation without a settlement belongs to a call that a crash cut off; it will be reserved anew.
      // What was asked before a restart is still asked, and is not written again.
      return {
        status: waitingStatus(state.pendingApprovals, state.pendingQuestions),
        attempt: body.attempt,
        error: null,
        summary: "",
        cancelRequested: body.reason === "resume" ? false : state.cancelRequested,
        budget: released(state.budget, null),
      };
    case "run.entered":
      return { phase: body.phase };
    case "run.isolated":
      return {
        isolation: {
          baseCommit: body.baseCommit,
          startCommit: body.startCommit,
          worktree: body.worktree,
          linked: body.linked,
        },
      };
    case "run.triaged":
      return { kind: body.kind };
    case "run.recalled":
      return {};
    case "plan.proposed":
      return { plan: body.plan, tasks: body.plan.tasks.map(waitingTask) };
    case "plan.rejected":
      return {};
    case "approval.requested":
      return { status: "awaiting_approval", pendingApprovals: [...state.pendingApprovals, body.approval] };
    case "approval.answered": {
      const pendingApprovals = state.pendingApprovals.filter((approval) => approval.approvalId !== body.approvalId);
      return { pendingApprovals, status: waitingStatus(pendingApprovals, state.pendingQuestions) };
    }
    case "question.asked":
      return { status: "awaiting_approval", pendingQuestions: [...(state.pendingQuestions ?? []), body.question] };
    case "question.answered": {
      const pendingQuestions = state.pendingQuestions?.filter(({ questionId }) => questionId !== body.questionId) ?? [];
      return { pendingQuestions, status: waitingStatus(state.pendingApprovals, pendingQuestions) };
    }
    case "todo.changed":
      return { todo: body.todo };
    case "task.started":
      return { tasks: startTask(state.tasks, body, event.at) };
    case "task.finished":
      return {
        tasks: finishTask(state.tasks, body, event.at),
        budget: released(state.budget, body.taskId),
      };
    case "model.requested":
      return {
        budget: reserved(state.budget, body, body.reservedUsd),
        stats: { ...state.stats, overheadTokens: Math.max(state.stats.overheadTokens, body.overheadTokens) },
        tasks: changeTask(state.tasks, body.taskId, (task) => ({ steps: Math.max(task.steps, body.turn) })),
        ...(body.context === undefined ? {} : { context: body.context }),
      };
    case "context.compacted":
      return {};
    case "model.responded":
      return respondedState(state, body);
    case "model.failed":
      return body.willRetry ? {} : { budget: settled(state.budget, body, 0) };
    case "tool.requested":
      return requestedTool(state, body);
    case "tool.finished":
      return {};
    case "verification.finished":
      return body.taskId === null
        ? { verification: { evidence: body.evidence } }
        : { tasks: changeTask(state.tasks, body.taskId, () => ({ evidence: body.evidence })) };
    case "run.noticed":
      return {
        notices: [...state.notices, { level: body.level, code: body.code, message: body.message }].slice(-20),
      };
    case "prompt.received":
      return { pendingPrompts: receivedPrompt(state.pendingPrompts, body) };
    case "prompt.delivered":
      return {
        pendingPrompts: state.pendingPrompts.filter((prompt) => prompt.promptId !== body.promptId),
        deliveredPrompts: [
          ...state.deliveredPrompts,
          { promptId: body.promptId, taskId: body.taskId, turn: body.turn },
        ],
      };
    case "run.tainted":
      return { taint: mergeTaint(taintOf(state), body.taint) };
    case "run.answered":
      return { answer: body.text };
    case "run.reviewed":
      return { findings: body.findings };
    case "changes.ready":
      return {
        changes: { changeSet: body.changeSet, decisions: {}, applying: [], conflicts: [], supersededBy: null },
      };
    case "changes.applying":
      return changeChanges(state, () => ({
        applying: body.paths,
        conflicts: [],
        ...(body.kept === undefined ? {} : { kept: body.kept }),
      }));
    case "changes.accepted":
      return changeChanges(state, (changes) => ({
        applying: [],
        conflicts: [],
        decisions: { ...changes.decisions, ...decide(body.paths, "accepted") },
        written: { ...changes.written, ...valueFor(body.paths, changes.changeSet.resultCommit) },
        ...(body.kept === undefined ? {} : { kept: body.kept }),
      }));
    case "changes.discarded":
      return changeChanges(state, (changes) => ({
        conflicts: changes.conflicts.filter((conflict) => !body.paths.includes(conflict.path)),
        decisions: { ...changes.decisions, ...decide(body.paths, "discarded") },
      }));
    case "changes.conflicted":
      return changeChanges(state, () => ({ applying: [], conflicts: body.conflicts }));
    case "changes.superseded":
      return changeChanges(state, () => ({ supersededBy: body.byRun }));
    case "checkpoint.taken":
      return { checkpoints: body.number };
    case "rewind.started":
      return { rewind: { ...body.rewind, status: "working" } };
    case "rewind.finished":
      return finishedRewind(state, body);
    case "run.forked":
      return { forkedFrom: { runId: body.from, checkpoint: body.checkpoint, origin: body.origin } };
    case "run.rewound":
      return rewoundState(state, body.byRun);
    case "budget.changed":
      return { budget: { ...state.budget, limitUsd: body.budgetUsd } };
    case "run.cancel_requested":
      return { cancelRequested: true };
    case "run.suspended":
      return { status: "suspended" };
    case "run.finished":
      return {
        status: body.status,
        summary: body.summary,
        error: body.error ?? null,
        pendingApprovals: [],
        ...(state.pendingQuestions === undefined ? {} : { pendingQuestions: [] }),
        budget: released(state.budget, null),
        tasks: state.tasks.map((task) => (task.status === "working" ? { ...task, status: "failed" } : task)),
      };
    default:
      return {};
  }
}

/** A run that asks anything waits for a person, whatever it asks. */
function waitingStatus(approvals: readonly Approval[], questions: readonly Question[] = []): RunStatus {
  return approvals.length + questions.length > 0 ? "awaiting_approval" : "working";
}

function respondedState(state: RunState, body: RunEventOf<"model.responded">): Partial<RunState> {
  const { usage } = body;
  return {
    budget: settled(state.budget, body, body.costUsd),
    stats: {
      ...state.stats,
      modelCalls: state.stats.modelCalls + 1,
      inputTokens: state.stats.inputTokens + usage.inputTokens + usage.cacheWriteTokens,
      cacheReadTokens: state.stats.cacheReadTokens + usage.cacheReadTokens,
      outputTokens: state.stats.outputTokens + usage.outputTokens,
    },
    tasks: changeTask(state.tasks, body.taskId, (task) => ({ costUsd: task.costUsd + body.costUsd })),
  };
}

function requestedTool(state: RunState, body: RunEventOf<"tool.requested">): Partial<RunState> {
  const firstEdit = state.stats.callsBeforeFirstEdit === null && body.effect === "verifiable";
  return {
    stats: {
      ...state.stats,
      toolCalls: state.stats.toolCalls + 1,
      callsBeforeFirstEdit: firstEdit ? state.stats.modelCalls : state.stats.callsBeforeFirstEdit,
    },
    tasks: changeTask(state.tasks, body.taskId, (task) => ({ toolCalls: task.toolCalls + 1 })),
  };
}

function decide(paths: string[], decision: FileDecision): Record<string, FileDecision> {
  return valueFor(paths, decision);
}

function valueFor<Value>(paths: string[], value: Value): Record<string, Value> {
  return Object.fromEntries(paths.map((path) => [path, value]));
}
