/** The tasks in lanes: each stands in the first lane in which everything that it needs stands before it. */
import type { DesignTask } from "../../../protocol/design/view.ts";

export interface TaskLanes {
  readonly lanes: readonly (readonly DesignTask[])[];
  /** Tasks that wait for each other, and so can never begin. */
  readonly cyclic: readonly DesignTask[];
}

export function taskLanes(tasks: readonly DesignTask[]): TaskLanes {
  const known = new Set(tasks.map(({ id }) => id));
  const needs = (task: DesignTask) => task.dependsOn.filter((id) => known.has(id));
  const lane = new Map<string, number>();
  let left = [...tasks];
  for (let index = 0; left.length > 0; index++) {
    const ready = left.filter((task) => needs(task).every((id) => lane.has(id)));
    if (ready.length === 0) break;
    for (const { id } of ready) lane.set(id, index);
    left = left.filter(({ id }) => !lane.has(id));
  }
  const count = Math.max(-1, ...lane.values()) + 1;
  const lanes = Array.from({ length: count }, (_, index) => tasks.filter(({ id }) => lane.get(id) === index));
  return { lanes, cyclic: left };
}
