/** Places the plan's tasks from top to bottom by their dependencies. */
import Elk from "elkjs/lib/elk.bundled.js";

export interface LayoutTask {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

export interface PlacedTask {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

export const NODE_WIDTH = 208;
export const NODE_HEIGHT = 66;

const elk = new Elk.default();

export async function layoutPlan(tasks: readonly LayoutTask[]): Promise<PlacedTask[]> {
  const ids = new Set(tasks.map((task) => task.id));
  const edges = tasks.flatMap((task) =>
    task.dependsOn
      .filter((from) => ids.has(from))
      .map((from) => ({ id: `${from}>${task.id}`, sources: [from], targets: [task.id] })),
  );
  const graph = await elk.layout({
    id: "plan",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "DOWN",
      "elk.layered.spacing.nodeNodeBetweenLayers": "30",
      "elk.spacing.nodeNode": "20",
      "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
    },
    children: tasks.map(({ id }) => ({ id, width: NODE_WIDTH, height: NODE_HEIGHT })),
    edges,
  });
  return (graph.children ?? []).map(({ id, x = 0, y = 0 }) => ({ id, x, y }));
}
