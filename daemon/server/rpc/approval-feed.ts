/** The queue of approvals over all runs, for the connections that watch it. */
import type { NotificationParams, RunEvent, RunEventBody, RunState } from "../../../protocol/index.ts";
import { shareLines } from "../../host/lines.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import { createTopic, type Topic } from "./topic.ts";
import { notificationLine } from "./watchers.ts";

type Change = NotificationParams<"approval/changed">;

export interface ApprovalFeed {
  readonly topic: Topic;
  onEvent(event: RunEvent, state: RunState): void;
}

export function createApprovalFeed(
  service: Pick<RunService, "approvals">,
  onFailure: (error: unknown) => void,
): ApprovalFeed {
  /** Of each run that has any: what is open as far as is known here. */
  const open = new Map<string, ReadonlySet<string>>();
  const topic = createTopic(async () => {
    const { approvals } = await service.approvals();
    for (const { runId, approval } of approvals)
      open.set(runId, new Set([...(open.get(runId) ?? []), approval.approvalId]));
    return told({ whole: true, opened: approvals, closed: [] });
  }, onFailure);

  return {
    topic,
    onEvent({ runId, body }, { pendingApprovals }) {
      if (topic.isEmpty()) {
        open.clear();
        return;
      }
      const before = open.get(runId);
      // An event that changes nothing is by far the most frequent one.
      if (body.type !== "approval.requested" && body.type !== "approval.answered" && before === undefined) return;
      const now = new Set(pendingApprovals.map(({ approvalId }) => approvalId));
      const change = { whole: false, opened: openedBy(runId, body), closed: closedBy(runId, body, before, now) };
      if (now.size === 0) open.delete(runId);
      else open.set(runId, now);
      if (change.opened.length + change.closed.length > 0) topic.tell(told(change));
    },
  };
}

function openedBy(runId: string, body: RunEventBody): Change["opened"] {
  return body.type === "approval.requested" ? [{ runId, approval: body.approval }] : [];
}

function closedBy(
  runId: string,
  body: RunEventBody,
  before: ReadonlySet<string> = new Set(),
  now: ReadonlySet<string>,
): Change["closed"] {
  const answered =
    body.type === "approval.answered"
      ? [{ runId, approvalId: body.approvalId, decision: body.decision, by: body.by }]
      : [];
  const isAnswered = (id: string) => answered.some(({ approvalId }) => approvalId === id);
  const gone = [...before].filter((id) => !now.has(id) && !isAnswered(id));
  return [...answered, ...gone.map((approvalId) => ({ runId, approvalId }))];
}

function told(change: Change) {
  return shareLines([notificationLine("approval/changed", change)]);
}
