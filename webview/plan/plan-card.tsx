/** The plan with each task's progress: as a graph to look at, or as a table to read. */
import { lazy, type ReactNode, Suspense } from "react";
import type { RunState } from "../../protocol/run-state.ts";
import type { TaskState } from "../../protocol/task-state.ts";
import { formatCost, plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { Card } from "../run/card.tsx";
import { TASK_STATUS } from "../run/status.ts";
import { usePanel } from "../state/panel-context.tsx";
import { MarkdownView } from "../text/markdown-view.tsx";

const PlanGraph = lazy(() => import("./plan-graph.tsx").then(({ PlanGraph }) => ({ default: PlanGraph })));

export function PlanCard({ run }: { readonly run: RunState }): ReactNode {
  const { view } = usePanel();
  if (run.tasks.length === 0) return null;
  const isAsked = run.pendingApprovals.some(({ subject }) => subject.kind === "plan");
  const done = run.tasks.filter((task) => task.status === "done").length;
  return (
    <Card
      title={run.plan === null ? "Task" : "Plan"}
      icon="graph"
      aside={`${done} of ${plural(run.tasks.length, "task")} done`}
      actions={run.tasks.length > 1 ? <ViewSwitch /> : null}
    >
      {run.plan === null || isAsked ? null : <MarkdownView source={run.plan.summary} />}
      {view.planView === "graph" && run.tasks.length > 1 ? (
        <Suspense fallback={<div className="graph-place" />}>
          <PlanGraph tasks={run.tasks} />
        </Suspense>
      ) : (
        <PlanTable run={run} />
      )}
    </Card>
  );
}

function ViewSwitch(): ReactNode {
  const { view, setView } = usePanel();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend into a line of buttons
    <span className="switch" role="group" aria-label="Show the plan as">
      <button type="button" aria-pressed={view.planView === "graph"} onClick={() => setView({ planView: "graph" })}>
        <Icon name="graph" /> Graph
      </button>
      <button type="button" aria-pressed={view.planView === "list"} onClick={() => setView({ planView: "list" })}>
        <Icon name="list" /> Table
      </button>
    </span>
  );
}

function PlanTable({ run }: { readonly run: RunState }): ReactNode {
  const goals = new Map(run.plan?.tasks.map((task) => [task.id, task]) ?? []);
  return (
    <table className="plan-table">
      <caption className="reader-only">Tasks of the plan</caption>
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">Status</th>
          <th scope="col">After</th>
          <th scope="col">Done when</th>
          <th scope="col" className="figure">
            Steps
          </th>
          <th scope="col" className="figure">
            Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {run.tasks.map((task) => (
          <TaskRow key={task.id} task={task} planned={goals.get(task.id)} />
        ))}
      </tbody>
    </table>
  );
}

type PlannedTask = NonNullable<RunState["plan"]>["tasks"][number];

function TaskRow({
  task,
  planned,
}: {
  readonly task: TaskState;
  readonly planned: PlannedTask | undefined;
}): ReactNode {
  const look = TASK_STATUS[task.status];
  const acceptance = planned?.acceptance ?? null;
  return (
    <tr>
      <th scope="row">
        {task.title}
        {planned === undefined || planned.goal === "" ? null : <span className="goal">{planned.goal}</span>}
        {task.files.length === 0 ? null : <span className="goal code">{task.files.join("  ")}</span>}
      </th>
      <td>
        <span className={`task-status tone-${look.tone}`}>
          <Icon name={look.icon} /> {look.label}
        </span>
      </td>
      <td>{task.dependsOn.length === 0 ? "–" : task.dependsOn.join(", ")}</td>
      <td>{acceptance === null ? "–" : <Acceptance {...acceptance} />}</td>
      <td className="figure">{task.steps}</td>
      <td className="figure">{formatCost(task.costUsd)}</td>
    </tr>
  );
}

function Acceptance({ command, expect }: NonNullable<PlannedTask["acceptance"]>): ReactNode {
  return (
    <>
      <code>{command}</code> {expect === "pass" ? "passes" : "fails"}
    </>
  );
}
