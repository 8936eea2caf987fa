/** The supervised tree in reading order: each piece of work, and below it what its agent handed on. */
import type { TaskState } from "../../protocol/task-state.ts";
import type { AgentLife } from "../../protocol/team-events.ts";

export interface Branch {
  readonly task: TaskState;
  /** 0 for what nobody handed on. */
  readonly depth: number;
  /** USD, with all that is below it. */
  readonly spentUsd: number;
}

/** A child whose parent is not known, or in a circle of parents, stands at the top. */
export function teamTree(tasks: readonly TaskState[]): Branch[] {
  const ids = new Set(tasks.map(({ id }) => id));
  const branches: Branch[] = [];
  const placed = new Set<string>();
  const place = (task: TaskState, depth: number): number => {
    if (placed.has(task.id)) return 0;
    placed.add(task.id);
    const at = branches.length;
    const children = tasks.filter(({ parent }) => parent === task.id);
    branches.push({ task, depth, spentUsd: task.costUsd });
    const below = children.reduce((sum, child) => sum + place(child, depth + 1), 0);
    branches[at] = { task, depth, spentUsd: task.costUsd + below };
    return task.costUsd + below;
  };
  for (const task of tasks) if (task.parent === undefined || !ids.has(task.parent)) place(task, 0);
  for (const task of tasks) place(task, 0);
  return branches;
}

/** What its agent is doing; older runs tell only how far the task is. */
export function lifeOf({ life, status }: TaskState): AgentLife {
  if (life !== undefined && status !== "done" && status !== "failed") return life;
  if (status === "waiting") return life ?? "created";
  if (status === "skipped") return "stopped";
  return status;
}
