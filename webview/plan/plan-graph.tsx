/** The plan as a graph. Loaded only when a plan is drawn: layout and drawing are most of the page's bytes. */
import {
  Background,
  BackgroundVariant,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from "@xyflow/react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { TaskState } from "../../protocol/task-state.ts";
import { formatCost, plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { TASK_STATUS } from "../run/status.ts";
import { layoutPlan, NODE_HEIGHT, NODE_WIDTH, type PlacedTask } from "./plan-layout.ts";

type TaskNode = Node<{ task: TaskState }, "task">;

const NODE_TYPES = { task: TaskNodeView };
const PADDING = 18;
const MAX_HEIGHT = 480;

export function PlanGraph({ tasks }: { readonly tasks: readonly TaskState[] }): ReactNode {
  const places = usePlaces(tasks);
  const nodes = useMemo(() => tasks.flatMap((task) => taskNode(task, places)), [tasks, places]);
  const edges = useMemo(() => tasks.flatMap(taskEdges), [tasks]);
  if (nodes.length === 0) return <div className="graph-place" />;
  const height = Math.max(...nodes.map((node) => node.position.y)) + NODE_HEIGHT + 2 * PADDING;
  return (
    // biome-ignore lint/a11y/useSemanticElements: no element says "group of related things" without looks of its own
    <div className="graph" role="group" aria-label="Plan as a graph" style={{ height: Math.min(height, MAX_HEIGHT) }}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        fitView
        fitViewOptions={{ padding: 0.06, maxZoom: 1 }}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        edgesFocusable={false}
        nodesFocusable
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={18} size={1} />
      </ReactFlow>
    </div>
  );
}

/** Laid out again only when the tasks or their order change, not when one makes progress. */
function usePlaces(tasks: readonly TaskState[]): readonly PlacedTask[] {
  const [places, setPlaces] = useState<readonly PlacedTask[]>([]);
  const shape = JSON.stringify(tasks.map(({ id, dependsOn }) => ({ id, dependsOn })));
  useEffect(() => {
    let isCurrent = true;
    layoutPlan(JSON.parse(shape)).then((placed) => {
      if (isCurrent) setPlaces(placed);
    });
    return () => {
      isCurrent = false;
    };
  }, [shape]);
  return places;
}

function taskNode(task: TaskState, places: readonly PlacedTask[]): TaskNode[] {
  const place = places.find(({ id }) => id === task.id);
  if (place === undefined) return [];
  const after = task.dependsOn.length === 0 ? "" : `, after ${task.dependsOn.join(", ")}`;
  return [
    {
      id: task.id,
      type: "task",
      position: { x: place.x, y: place.y },
      width: NODE_WIDTH,
      height: NODE_HEIGHT,
      data: { task },
      ariaLabel: `${task.title}: ${TASK_STATUS[task.status].label}${after}`,
    },
  ];
}

function taskEdges(task: TaskState): Edge[] {
  return task.dependsOn.map((from) => ({
    id: `${from}>${task.id}`,
    source: from,
    target: task.id,
    className: `edge-${task.status}`,
  }));
}

function TaskNodeView({ data: { task } }: NodeProps<TaskNode>): ReactNode {
  const look = TASK_STATUS[task.status];
  return (
    <div className={`task-node tone-${look.tone} task-${task.status}`}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <span className="task-node-title">
        <Icon name={look.icon} />
        <span>{task.title}</span>
      </span>
      <span className="task-node-facts">
        {task.status === "waiting" ? task.agent : `${plural(task.steps, "step")} · ${formatCost(task.costUsd)}`}
      </span>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
}
