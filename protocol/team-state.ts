/** What the events of planning, the tree of agents and their collaboration change in a run's state. Bounded: see MOST_*. */
import type { AgentMessage, BoardEntry, MessageDelivery } from "./collaboration-events.ts";
import { type DesignState, designChange } from "./design/state.ts";
import { unreadMessages } from "./mailbox.ts";
import type { Milestone, Plan } from "./plan.ts";
import type { RunEventBody } from "./run-events.ts";
import { changeTask, controlTask, type TaskState, waitingTask, withCheck } from "./task-state.ts";
import type { WorkflowPin } from "./workflow-events.ts";
import { stepChange, type WorkflowStep } from "./workflow-state.ts";

/** The part of a run's state that these events change. */
interface TeamState {
  plan: Plan | null;
  tasks: TaskState[];
  planRevisions?: number | undefined;
  milestones?: Milestone[] | undefined;
  board?: BoardEntry[] | undefined;
  messages?: AgentMessage[] | undefined;
  deliveries?: MessageDelivery[] | undefined;
  workflow?: WorkflowPin | undefined;
  workflowSteps?: WorkflowStep[] | undefined;
  design?: DesignState | undefined;
}

/** Of the blackboard and the messages; what is older stays in the event log. */
const MOST_ENTRIES = 200;
const MOST_MESSAGES = 100;
const MOST_DELIVERIES = 500;

/** Undefined: the event is none of these. */
export function teamChange(state: TeamState, body: RunEventBody, at: string): Partial<TeamState> | undefined {
  const change = (taskId: string, more: (task: TaskState) => Partial<TaskState>) => ({
    tasks: changeTask(state.tasks, taskId, more),
  });
  switch (body.type) {
    case "plan.outlined":
      return { milestones: body.milestones };
    case "plan.revised":
      return {
        plan: body.plan,
        tasks: revisedTasks(state.tasks, body.plan),
        planRevisions: (state.planRevisions ?? 0) + 1,
      };
    case "task.dispatched": {
      const { place, leases, budgetUsd, shareUsd, deadlineAt, reason } = body;
      const given = { place, leases, budgetUsd, shareUsd, deadlineAt };
      return change(body.taskId, () => ({ ...given, life: "ready", lifeReason: reason }));
    }
    case "task.life":
      return change(body.taskId, () => ({ life: body.life, lifeReason: body.reason }));
    case "task.controlled":
      return change(body.taskId, (task) => controlTask(task, { action: body.action, by: body.by, at }));
    case "task.delegated": {
      if (state.tasks.some(({ id }) => id === body.taskId)) return {};
      const { contract, parent, budgetUsd, deadlineAt, taskId: id, title, goal, agent } = body;
      const task = waitingTask({ id, title, goal, agent, files: contract.files, acceptance: null, dependsOn: [] });
      return { tasks: [...state.tasks, { ...task, parent, budgetUsd, deadlineAt, life: "created" }] };
    }
    case "task.merged":
      return change(body.taskId, () => ({ mergedAs: body.commit, leases: [] }));
    case "evidence.gathered":
      return change(body.taskId, () => ({ proof: body.proof }));
    case "task.checked": {
      const { check, ok, summary, findings } = body;
      const latest = { check, ok, summary, findings: findings.length };
      return change(body.taskId, ({ checks }) => ({ checks: withCheck(checks, latest) }));
    }
    case "task.reviewed":
      return change(body.taskId, () => ({ reviews: body.round }));
    case "contract.awarded":
      return change(body.taskId, () => {
        return { agent: body.agent, budgetUsd: body.budgetUsd, lockedUsd: body.lockedUsd };
      });
    case "message.sent":
      return { messages: keptMessages(state, body.message) };
    case "message.delivered": {
      const { type: _, ...delivery } = body;
      return { deliveries: [...(state.deliveries ?? []), delivery].slice(-MOST_DELIVERIES) };
    }
    case "board.written": {
      const others = (state.board ?? []).filter(({ key }) => key !== body.entry.key);
      return { board: [...others, body.entry].slice(-MOST_ENTRIES) };
    }
    case "workflow.pinned":
    case "workflow.migrated":
      return { workflow: body.workflow };
    case "agents.pinned":
    case "tests.reported":
    case "conflict.predicted":
    case "merge.conflicted":
    case "regression.found":
    case "contract.announced":
    case "contract.bid":
    case "contract.reported":
    case "wait.refused":
    case "scheduler.decided":
      return {};
    case "step.started":
    case "step.finished":
    case "step.retried":
    case "step.compensated":
      return { workflowSteps: stepChange(state.workflowSteps ?? [], body, at) };
    case "document.written":
    case "document.decided":
    case "design.stale":
    case "design.checked":
      return { design: designChange(state.design, body) };
    default:
      return undefined;
  }
}

/** Older ones make room, those that everybody at work has read first. */
function keptMessages(state: TeamState, message: AgentMessage): AgentMessage[] {
  const all = [...(state.messages ?? []), message];
  if (all.length <= MOST_MESSAGES) return all;
  const open = state.tasks.filter(({ status }) => status === "waiting" || status === "working");
  const unread = new Set(open.flatMap(({ id }) => unreadMessages({ ...state, messages: all }, id)));
  const oldest = all.find((other) => !unread.has(other)) ?? all[0];
  return all.filter((other) => other !== oldest);
}

/** Tasks keep what they have come to; those that the new plan leaves out go, unless they began. */
function revisedTasks(tasks: TaskState[], plan: Plan): TaskState[] {
  const planned = plan.tasks.map((task) => {
    const known = tasks.find(({ id }) => id === task.id);
    if (known === undefined || known.status === "waiting") {
      const control = known?.control === undefined ? {} : { control: known.control };
      return { ...waitingTask(task), ...control };
    }
    return { ...known, title: task.title, dependsOn: task.dependsOn, files: task.files };
  });
  const names = new Set(plan.tasks.map(({ id }) => id));
  return [...planned, ...tasks.filter(({ id, status }) => !names.has(id) && status !== "waiting")];
}
