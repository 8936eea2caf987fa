/** The run's plan, or the list of its one agent, as an editor's plan. */
import type { PlanEntry, PlanEntryStatus } from "@agentclientprotocol/sdk";
import type { RunState, TaskStatus, TodoItem } from "../../../protocol/index.ts";

const TASKS: Record<TaskStatus, PlanEntryStatus> = {
  waiting: "pending",
  working: "in_progress",
  done: "completed",
  failed: "completed",
  skipped: "completed",
};
const ITEMS: Record<TodoItem["status"], PlanEntryStatus> = {
  open: "pending",
  doing: "in_progress",
  done: "completed",
};
/** What ACP has no status for is said in words. */
const SAID: Partial<Record<TaskStatus, string>> = { failed: " (failed)", skipped: " (skipped)" };

/** Undefined while there is neither. */
export function planEntries({ plan, tasks, todo }: RunState): PlanEntry[] | undefined {
  if (plan !== null) {
    const difficulty = new Map(plan.tasks.map((task) => [task.id, task.difficulty ?? "medium"]));
    return tasks.map(({ id, title, status }) => ({
      content: `${title}${SAID[status] ?? ""}`,
      priority: difficulty.get(id) ?? "medium",
      status: TASKS[status],
    }));
  }
  return todo?.items.map(({ text, status }) => ({ content: text, priority: "medium", status: ITEMS[status] }));
}
