/** Who works on what: the tree of agents with where each works, what it may spend and until when. */
import type { ReactNode } from "react";
import { isEnded, type RunState } from "../../protocol/run-state.ts";
import type { TaskState } from "../../protocol/task-state.ts";
import type { AgentLife } from "../../protocol/team-events.ts";
import { formatCost, formatMoment, plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { Card } from "../run/card.tsx";
import type { StatusLook } from "../run/status.ts";
import { TaskButtons } from "./task-buttons.tsx";
import { type Branch, lifeOf, teamTree } from "./tree.ts";

const LIFE: Record<AgentLife, StatusLook> = {
  created: { label: "not begun", icon: "clock", tone: "plain" },
  ready: { label: "ready", icon: "clock", tone: "plain" },
  working: { label: "working", icon: "spark", tone: "busy" },
  waiting: { label: "waiting", icon: "clock", tone: "wait" },
  paused: { label: "paused", icon: "pause", tone: "wait" },
  done: { label: "done", icon: "check", tone: "good" },
  failed: { label: "failed", icon: "cross", tone: "bad" },
  stopped: { label: "stopped", icon: "stop", tone: "plain" },
};

export function TeamCard({ run }: { readonly run: RunState }): ReactNode {
  if (!run.tasks.some(({ life, parent }) => life !== undefined || parent !== undefined)) return null;
  const branches = teamTree(run.tasks);
  const isOver = isEnded(run.status);
  const working = branches.filter(({ task }) => lifeOf(task) === "working").length;
  return (
    <Card title="Team" icon="graph" aside={`${plural(branches.length, "agent")}, ${working} at work`}>
      <table className="plan-table team">
        <caption className="reader-only">Agents, and what each works on</caption>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">State</th>
            <th scope="col">Works in</th>
            <th scope="col">Until</th>
            <th scope="col" className="figure">
              Spent
            </th>
            {isOver ? null : (
              <th scope="col">
                <span className="reader-only">What you can do</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {branches.map((branch) => (
            <BranchRow key={branch.task.id} branch={branch} isLive={!isOver} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function BranchRow({ branch, isLive }: { readonly branch: Branch; readonly isLive: boolean }): ReactNode {
  const { task, depth, spentUsd } = branch;
  const look = LIFE[lifeOf(task)];
  const isOver = task.status === "done" || task.status === "failed" || task.status === "skipped";
  return (
    <tr>
      <th scope="row" style={{ paddingLeft: `${depth * 18 + 6}px` }}>
        {depth === 0 ? null : <span className="reader-only">Handed on by {task.parent}: </span>}
        {task.agent}
        <span className="goal">{task.title}</span>
      </th>
      <td>
        <span className={`task-status tone-${look.tone}`}>
          <Icon name={look.icon} /> {look.label}
        </span>
        {isOver || task.lifeReason === undefined ? null : <span className="goal">{task.lifeReason}</span>}
      </td>
      <td>
        {task.place === undefined ? "–" : task.place.kind === "copy" ? "a copy of its own" : "the run’s copy"}
        {(task.leases ?? []).length === 0 ? null : (
          <span className="goal code">{task.leases?.map(({ name }) => name).join("  ")}</span>
        )}
      </td>
      <td className="until">{task.deadlineAt == null || isOver ? "–" : formatMoment(task.deadlineAt)}</td>
      <td className="figure">
        {formatCost(spentUsd)}
        <Limit task={task} />
      </td>
      {isLive ? (
        <td className="task-buttons">{task.status === "working" ? <TaskButtons task={task} /> : null}</td>
      ) : null}
    </tr>
  );
}

/** A cap is said as one; a share by estimate is no limit. */
function Limit({ task: { budgetUsd, shareUsd } }: { task: TaskState }) {
  if (budgetUsd != null) return <span className="goal">of {formatCost(budgetUsd)} at most</span>;
  return shareUsd === undefined ? null : <span className="goal">share {formatCost(shareUsd)}</span>;
}
