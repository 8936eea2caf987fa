/** The runs as server/rpc sees them: one method a request. Implemented in runs.ts. */
import type {
  Answer,
  NotificationParams,
  Params,
  RunEvent,
  RunState,
  RunSummary,
  Scheduling,
  TaskAction,
} from "../../protocol/index.ts";
import type { SessionService } from "./sessions.ts";
import type { WorkflowService } from "./workflows/workflow-service.ts";

export interface Caller {
  /** Who acts, for the record: client name and connection. */
  readonly name: string;
}

export interface RunService {
  start(params: Params<"run/start">, caller: Caller): Promise<Answer<"run/start">>;
  prompt(params: Params<"run/prompt">, caller: Caller): Promise<Answer<"run/prompt">>;
  list(params: Params<"run/list">): Promise<Answer<"run/list">>;
  show(params: Params<"run/show">): Promise<Answer<"run/show">>;
  events(params: Params<"run/events">): Promise<Answer<"run/events">>;
  cancel(params: Params<"run/cancel">, caller: Caller): Promise<Answer<"run/cancel">>;
  resume(params: Params<"run/resume">, caller: Caller): Promise<Answer<"run/resume">>;
  controlTask(action: TaskAction, params: Params<"task/cancel">, caller: Caller): Promise<Answer<"task/cancel">>;
  answer(params: Params<"approval/answer">, caller: Caller): Promise<Answer<"approval/answer">>;
  answerQuestion(params: Params<"question/answer">, caller: Caller): Promise<Answer<"question/answer">>;
  approvals(): Promise<Answer<"approval/list">>;
  showPlan(params: Params<"plan/show">): Promise<Answer<"plan/show">>;
  editPlan(params: Params<"plan/edit">, caller: Caller): Promise<Answer<"plan/edit">>;
  planHistory(params: Params<"plan/history">): Promise<Answer<"plan/history">>;
  diff(params: Params<"changes/diff">): Promise<Answer<"changes/diff">>;
  file(params: Params<"changes/file">): Promise<Answer<"changes/file">>;
  accept(params: Params<"changes/accept">, caller: Caller): Promise<Answer<"changes/accept">>;
  discard(params: Params<"changes/discard">, caller: Caller): Promise<Answer<"changes/discard">>;
  taken(params: Params<"changes/taken">, caller: Caller): Promise<Answer<"changes/taken">>;
  checkpoints(params: Params<"run/checkpoints">): Promise<Answer<"run/checkpoints">>;
  checkpointDiff(params: Params<"run/checkpointDiff">): Promise<Answer<"run/checkpointDiff">>;
  rewind(params: Params<"run/rewind">, caller: Caller): Promise<Answer<"run/rewind">>;
  fork(params: Params<"run/fork">, caller: Caller): Promise<Answer<"run/fork">>;
  replay(params: Params<"run/replay">): Promise<Answer<"run/replay">>;
  compare(params: Params<"run/compare">): Promise<Answer<"run/compare">>;
  prune(params: Params<"run/prune">): Promise<Answer<"run/prune">>;
  readonly sessions: SessionService;
  /** States, comparisons, migrations and schedules of runs that follow workflows. */
  readonly workflows: WorkflowService;
  /** Runs at work in this process now (waiting for a person does not count). */
  readonly activeRuns: number;
  /** Who has slots, and who waits for one. */
  scheduling(): Scheduling;
  /** Told of committed events; the server forwards them to the connections that watch the run. */
  onEvent(listener: (event: RunEvent, state: RunState) => void): () => void;
  onDelta(listener: (delta: NotificationParams<"run/delta">) => void): () => void;
  onChanged(listener: (run: RunSummary) => void): () => void;
  /** Takes up the runs that an earlier daemon left unfinished. Called once, after the store is open. */
  recover(): Promise<void>;
  /** Suspends every run at its next recorded step; resolves when all are still. */
  drain(reason: string): Promise<void>;
}
