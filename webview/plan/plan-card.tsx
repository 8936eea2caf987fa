/** The plan with each task's progress: as a graph to look at, or as a table to read. */
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import type { RunState, RunStatus } from "../../protocol/run-state.ts";
import { Button } from "../controls/button.tsx";
import { plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { Card } from "../run/card.tsx";
import { usePanel } from "../state/panel-context.tsx";
import { MarkdownView } from "../text/markdown-view.tsx";
import { LastChange } from "./plan-change.tsx";
import { PlanEditor } from "./plan-editor.tsx";
import { estimateWords, PlanTable } from "./plan-table.tsx";

const PlanGraph = lazy(() => import("./plan-graph.tsx").then(({ PlanGraph }) => ({ default: PlanGraph })));

/** After these a plan is history. */
const OVER: ReadonlySet<RunStatus> = new Set(["done", "denied"]);

export function PlanCard({ run }: { readonly run: RunState }): ReactNode {
  const { view, state } = usePanel();
  const [isEditing, setEditing] = useState(false);
  const isTaken = state.planEdit !== null && state.planEdit.problems.length === 0;
  useEffect(() => {
    if (isTaken) setEditing(false);
  }, [isTaken]);
  if (run.tasks.length === 0) return null;
  const isAsked = run.pendingApprovals.some(({ subject }) => subject.kind === "plan");
  const done = run.tasks.filter((task) => task.status === "done").length;
  const mayEdit = run.plan !== null && !isEditing && !OVER.has(run.status);
  const { estimate } = run.plan ?? {};
  return (
    <Card
      title={run.plan === null ? "Task" : "Plan"}
      icon="graph"
      aside={`${done} of ${plural(run.tasks.length, "task")} done`}
      actions={
        <>
          {run.tasks.length > 1 ? <ViewSwitch /> : null}
          {mayEdit ? <Button onPress={() => setEditing(true)}>Edit plan</Button> : null}
        </>
      }
    >
      {run.plan === null || isAsked ? null : <MarkdownView source={run.plan.summary} />}
      {estimate === undefined || isAsked ? null : <p className="muted">Thought to take {estimateWords(estimate)}.</p>}
      <LastChange events={state.events} />
      <PlanView run={run} asGraph={view.planView === "graph"} />
      {isEditing && run.plan !== null ? (
        <PlanEditor run={run} plan={run.plan} onClose={() => setEditing(false)} />
      ) : null}
    </Card>
  );
}

function PlanView({ run, asGraph }: { readonly run: RunState; readonly asGraph: boolean }): ReactNode {
  if (!asGraph || run.tasks.length < 2) return <PlanTable run={run} />;
  return (
    <Suspense fallback={<div className="graph-place" />}>
      <PlanGraph tasks={run.tasks} />
    </Suspense>
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
