/** The tasks of a plan in the groups of its milestones, with what they were thought to take beside what they took. */
import type { ReactNode } from "react";
import type { Estimate, Milestone } from "../../protocol/plan.ts";
import type { RunState } from "../../protocol/run-state.ts";
import type { TaskState } from "../../protocol/task-state.ts";
import { formatCost, formatTokens, plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { TASK_STATUS } from "../run/status.ts";

type PlannedTask = NonNullable<RunState["plan"]>["tasks"][number];

const COLUMNS = 6;
const MINUTE_MS = 60_000;

export function PlanTable({ run }: { readonly run: RunState }): ReactNode {
  const planned = new Map(run.plan?.tasks.map((task) => [task.id, task]) ?? []);
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
            Time
          </th>
          <th scope="col" className="figure">
            Cost
          </th>
        </tr>
      </thead>
      {groupsOf(run).map(({ milestone, tasks }) => (
        <tbody key={milestone?.id ?? ""}>
          {milestone === undefined ? null : <MilestoneRow milestone={milestone} tasks={tasks} />}
          {tasks.map((task) => (
            <TaskRow key={task.id} task={task} planned={planned.get(task.id)} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

interface Group {
  readonly milestone: Milestone | undefined;
  readonly tasks: readonly TaskState[];
}

/** In the order of the milestones; tasks of none, such as repairs, come last. */
export function groupsOf({ plan, tasks }: Pick<RunState, "plan" | "tasks">): Group[] {
  const milestones = plan?.milestones ?? [];
  const isOf = (task: TaskState, { id }: Milestone) => task.milestone === id;
  const groups = milestones.map((milestone) => ({ milestone, tasks: tasks.filter((task) => isOf(task, milestone)) }));
  const others = tasks.filter((task) => !milestones.some((milestone) => isOf(task, milestone)));
  return [...groups, ...(others.length === 0 ? [] : [{ milestone: undefined, tasks: others }])];
}

function MilestoneRow({ milestone, tasks }: Group & { readonly milestone: Milestone }): ReactNode {
  const { title, outcome, risks = [], estimate } = milestone;
  const done = tasks.filter(({ status }) => status === "done").length;
  return (
    <tr className="milestone">
      <th scope="rowgroup" colSpan={COLUMNS}>
        {title}{" "}
        <span className="muted">
          {done} of {plural(tasks.length, "task")} done{estimate === undefined ? "" : `; ${estimateWords(estimate)}`}
        </span>
        <span className="goal">{outcome}</span>
        {risks.length === 0 ? null : (
          <details>
            <summary>{plural(risks.length, "risk")}</summary>
            <ul>
              {risks.map(({ risk, mitigation }) => (
                <li key={risk}>
                  {risk} <span className="muted">Against it: {mitigation}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </th>
    </tr>
  );
}

function TaskRow({
  task,
  planned,
}: {
  readonly task: TaskState;
  readonly planned: PlannedTask | undefined;
}): ReactNode {
  const look = TASK_STATUS[task.status];
  const acceptance = planned?.acceptance ?? null;
  const { estimate } = task;
  const began = task.status !== "waiting";
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
      <Compared
        actual={began ? minutesOf(task) : undefined}
        thought={estimate === undefined ? undefined : minuteWords(estimate.minutes)}
      />
      <Compared
        actual={began ? formatCost(task.costUsd) : undefined}
        thought={estimate === undefined || estimate.usd === null ? undefined : formatCost(estimate.usd)}
      />
    </tr>
  );
}

function Compared({
  actual,
  thought,
}: {
  readonly actual: string | undefined;
  readonly thought: string | undefined;
}): ReactNode {
  return (
    <td className="figure">
      {actual ?? "–"}
      {thought === undefined ? null : <span className="goal">of about {thought}</span>}
    </td>
  );
}

function Acceptance({ command, expect }: NonNullable<PlannedTask["acceptance"]>): ReactNode {
  return (
    <>
      <code>{command}</code> {expect === "pass" ? "passes" : "fails"}
    </>
  );
}

/** By the clock, waiting for people included; undefined while it is at work. */
function minutesOf({ startedAt, finishedAt }: TaskState): string | undefined {
  if (startedAt === null || finishedAt === null) return undefined;
  return minuteWords((Date.parse(finishedAt) - Date.parse(startedAt)) / MINUTE_MS);
}

export function estimateWords({ tokens, minutes, usd }: Estimate): string {
  return `about ${formatTokens(tokens)} tokens, ${minuteWords(minutes)}${usd === null ? "" : `, ${formatCost(usd)}`}`;
}

function minuteWords(minutes: number): string {
  return minutes < 10 ? `${Number(minutes.toFixed(1))} min` : `${Math.round(minutes)} min`;
}
