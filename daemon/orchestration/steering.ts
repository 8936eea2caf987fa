/** Which agent reads what a person says into a run at work. Pure. */
import { nexusError, type RunState, type TaskState } from "../../protocol/index.ts";
import { lineOf } from "../planning/budget.ts";

type Steered = Pick<RunState, "tasks">;

/**
 * The prompts that this task's agent reads before its next turn. One that names a task is read by that task, until it has
 * ended. Any other is for the first task of the plan of which an agent is at work: for it, or for what it handed on.
 */
export function steeringFor(
  state: Steered & Pick<RunState, "pendingPrompts">,
  taskId: string,
): RunState["pendingPrompts"] {
  const root = lineOf(state.tasks, taskId).at(-1)?.id ?? taskId;
  const first = firstAtWork(state) ?? root;
  return state.pendingPrompts.filter((prompt) => {
    if (prompt.delivery !== "steer") return false;
    const named = state.tasks.find(({ id }) => id === prompt.forTask);
    return named !== undefined && !isOver(named) ? named.id === taskId : first === root;
  });
}

/** Throws `task.unknown` or `task.ended`. */
export function requireOpenTask({ tasks }: Steered, taskId: string): void {
  const task = tasks.find(({ id }) => id === taskId);
  if (task === undefined) throw nexusError("task.unknown", taskId);
  if (isOver(task)) throw nexusError("task.ended");
}

/** Whoever only waits or is paused takes no turn. */
function firstAtWork({ tasks }: Steered): string | undefined {
  const roots = tasks.filter(({ parent, status }) => parent === undefined && status === "working");
  const turns = ({ life, status }: TaskState) => status === "working" && life !== "waiting" && life !== "paused";
  const isBelow = (task: TaskState, root: string) => lineOf(tasks, task.id).at(-1)?.id === root;
  return (roots.find(({ id }) => tasks.some((task) => turns(task) && isBelow(task, id))) ?? roots[0])?.id;
}

function isOver({ status }: TaskState): boolean {
  return status === "done" || status === "skipped";
}
