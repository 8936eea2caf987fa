/** Which events of a log a replay takes from the record, and which the engine has to make again. */
import type { RunEventBody, RunEventType } from "../../../protocol/index.ts";

/** What people, other runs, the machine or a tool's insides brought: told to the engine when their turn comes. */
const TOLD: ReadonlySet<RunEventType> = new Set<RunEventType>([
  "run.created",
  "prompt.received",
  "approval.answered",
  "question.asked",
  "question.answered",
  "todo.changed",
  "message.sent",
  "board.written",
  "run.tainted",
  "run.noticed",
  "run.cancel_requested",
  "budget.changed",
  "checkpoint.taken",
  "tests.reported",
  "scheduler.decided",
  "changes.applying",
  "changes.accepted",
  "changes.discarded",
  "changes.conflicted",
  "changes.superseded",
  "rewind.started",
  "rewind.finished",
  "run.rewound",
  "run.forked",
  "plan.revised",
  "task.controlled",
  "merge.conflicted",
  "task.merged",
  "contract.announced",
  "contract.bid",
  "contract.awarded",
  "contract.reported",
  "workflow.pinned",
  "document.written",
  "document.decided",
  "design.stale",
  "design.checked",
  "workflow.migrated",
]);

/** Told only when the engine has done all that it can before: an agent that is stopped had come as far as the log says. */
const WHEN_QUIET: ReadonlySet<RunEventType> = new Set<RunEventType>(["task.controlled"]);

/** Tests of what was joined: of the search for what broke them only the outcome is asked for. */
const WHOLE = /^joined\//;

/** The life that a task has while another one is before it. */
const HELD_BACK = /^life\/.+\/waiting\/lease\//;

/** Which files a task's symbols are in is not in the log: where nobody else tells that it waits for another, the log does. */
export function isHeldBack({ type }: RunEventBody, key: string | null): boolean {
  return type === "conflict.predicted" || (type === "task.life" && key !== null && HELD_BACK.test(key));
}

export function isToldWhenQuiet({ type }: RunEventBody): boolean {
  return WHEN_QUIET.has(type);
}

export function isTold(body: RunEventBody, key: string | null = null): boolean {
  if (key !== null && WHOLE.test(key)) return true;
  if (body.type === "approval.requested") return body.approval.subject.kind !== "plan";
  // A prompt that became the session's next run was handed over by the queue, not by an agent.
  if (body.type === "prompt.delivered") return body.turn === 0;
  return TOLD.has(body.type);
}

const ANSWERS: ReadonlySet<RunEventType> = new Set<RunEventType>([
  "run.recalled",
  "agents.pinned",
  "task.checked",
  "evidence.gathered",
  "task.merged",
  "merge.conflicted",
  "regression.found",
  "tool.requested",
  "tool.finished",
]);

/** What an effect brought: told when the engine asks for it, in its turn. */
export function isAnswer({ type, ...body }: RunEventBody): boolean {
  if (type === "verification.finished") return "evidence" in body && body.evidence !== null;
  return ANSWERS.has(type);
}

/** Which of several events without a key is meant: those of one call, task or attempt. */
export function identityOf(body: RunEventBody): string {
  const fields: Record<string, unknown> = body;
  return JSON.stringify(["type", "key", "taskId", "turn", "attempt"].map((name) => fields[name] ?? null));
}

export function taskOf(body: RunEventBody): string | undefined {
  const taskId: unknown = "taskId" in body ? body.taskId : undefined;
  return typeof taskId === "string" ? taskId : undefined;
}
