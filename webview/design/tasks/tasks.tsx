/** The task board: lanes from left to right, each task after those that it needs. */
import { type ReactNode, useId, useMemo, useState } from "react";
import type { DesignTask } from "../../../protocol/design/view.ts";
import { plural } from "../../format.ts";
import { Icon } from "../../icons.tsx";
import { Nothing, Section } from "../parts/section.tsx";
import { shortPath } from "../parts/short-path.ts";
import { useDesign, useView } from "../state/design-context.tsx";
import { taskLanes } from "./task-lanes.ts";
import { DESIGN_TASK_STATUS } from "./task-status.ts";

const MOST_IN_LANE = 60;
const MOST_NEEDS = 20;

export function Tasks(): ReactNode {
  const { tasks } = useView();
  const { lanes, cyclic } = useMemo(() => taskLanes(tasks), [tasks]);
  const [looked, look] = useState<string | null>(null);
  const board = useId();
  if (tasks.length === 0)
    return <Nothing>There are no tasks yet: no document says in which order it is built.</Nothing>;
  const near = nearOf(tasks, looked);
  const columns = cyclic.length === 0 ? lanes : [...lanes, cyclic];
  const shown = new Set(columns.flatMap((lane) => lane.slice(0, MOST_IN_LANE).map(({ id }) => id)));
  const done = tasks.filter(({ status }) => status === "done").length;
  return (
    <Section title="Tasks in order" aside={`${done} of ${plural(tasks.length, "task")} done`}>
      {cyclic.length === 0 ? null : <Cycle tasks={cyclic} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: no element says "what scrolls" */}
      <div className="task-board" tabIndex={0} role="group" aria-label="Task board">
        {columns.map((lane, index) => (
          <section key={lane[0]?.id ?? index} className="lane" aria-label={laneName(index, lanes.length)}>
            <h3>{laneName(index, lanes.length)}</h3>
            <ol>
              {lane.slice(0, MOST_IN_LANE).map((task) => (
                <TaskCard
                  key={task.id}
                  task={task}
                  board={board}
                  shown={shown}
                  relation={near.get(task.id)}
                  onLook={(isLooked) => look(isLooked ? task.id : null)}
                />
              ))}
            </ol>
            {lane.length > MOST_IN_LANE ? <p className="muted">{`and ${lane.length - MOST_IN_LANE} more`}</p> : null}
          </section>
        ))}
      </div>
    </Section>
  );
}

function laneName(index: number, lanes: number): string {
  if (index >= lanes) return "Never";
  return index === 0 ? "First" : `Then, ${index + 1}`;
}

type Relation = "self" | "before" | "after";

/** What the task that is looked at needs, and what needs it. */
function nearOf(tasks: readonly DesignTask[], looked: string | null): Map<string, Relation> {
  const task = tasks.find(({ id }) => id === looked);
  if (task === undefined) return new Map();
  const after = tasks.filter(({ dependsOn }) => dependsOn.includes(task.id));
  return new Map<string, Relation>([
    ...task.dependsOn.map((id) => [id, "before"] as const),
    ...after.map(({ id }) => [id, "after"] as const),
    [task.id, "self"],
  ]);
}

function Cycle({ tasks }: { readonly tasks: readonly DesignTask[] }): ReactNode {
  return (
    <p className="warning-line tone-bad" role="alert">
      <Icon name="warning" />
      <span>
        {`These tasks wait for each other, so none of them can begin: ${tasks.map(({ id }) => id).join(", ")}. Change “dependsOn” or the order of the task list.`}
      </span>
    </p>
  );
}

function TaskCard(props: {
  readonly task: DesignTask;
  readonly board: string;
  /** Tasks that have a card. */
  readonly shown: ReadonlySet<string>;
  readonly relation: Relation | undefined;
  readonly onLook: (isLooked: boolean) => void;
}): ReactNode {
  const { task, board, shown, relation, onLook } = props;
  const { send } = useDesign();
  const look = DESIGN_TASK_STATUS[task.status];
  const isFile = task.id.includes("/") || task.id.includes(".");
  return (
    <li
      id={cardId(board, task.id)}
      className={`design-task tone-${look.tone} ${relation === undefined ? "" : `near-${relation}`}`}
      tabIndex={-1}
      onMouseEnter={() => onLook(true)}
      onMouseLeave={() => onLook(false)}
      onFocus={() => onLook(true)}
      onBlur={() => onLook(false)}
    >
      <div className="design-task-head">
        {isFile ? (
          <button
            type="button"
            className="link"
            onClick={() => send({ type: "open", path: task.id })}
            aria-label={`Open ${task.id}`}
          >
            {task.id}
          </button>
        ) : (
          <span className="design-task-id">{task.id}</span>
        )}
        <span className={`task-status tone-${look.tone}`}>
          <Icon name={look.icon} /> {look.label}
        </span>
      </div>
      {task.title === task.id || task.title === "" ? null : <p className="design-task-title">{task.title}</p>}
      {task.reason === "" ? null : <p className="muted">{task.reason}</p>}
      {task.dependsOn.length === 0 ? null : <Needs ids={task.dependsOn} board={board} shown={shown} />}
    </li>
  );
}

/** Each that has a card leads to it. */
function Needs(props: {
  readonly ids: readonly string[];
  readonly board: string;
  readonly shown: ReadonlySet<string>;
}): ReactNode {
  const { ids, board, shown } = props;
  const more = ids.length - MOST_NEEDS;
  return (
    <p className="needs">
      <span className="muted">after </span>
      {ids.slice(0, MOST_NEEDS).map((id) =>
        shown.has(id) ? (
          <button
            key={id}
            type="button"
            className="link"
            title={id}
            aria-label={`Go to ${id}`}
            onClick={() => document.getElementById(cardId(board, id))?.focus()}
          >
            {shortPath(id)}
          </button>
        ) : (
          <span key={id} title={id}>
            {shortPath(id)}
          </span>
        ),
      )}
      {more > 0 ? <span className="muted">{`and ${more} more`}</span> : null}
    </p>
  );
}

function cardId(board: string, id: string): string {
  return `${board}${id}`;
}
