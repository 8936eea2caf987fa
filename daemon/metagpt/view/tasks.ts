/** The task board: files of the task list in the order in which they need each other, with how far a run is with each. */
import type { DesignTask, RunState, TaskState } from "../../../protocol/index.ts";
import { cycleIn, inOrder } from "../documents/cycles.ts";
import { taskNeeds } from "../documents/order.ts";
import type { CurrentDocuments } from "./current.ts";

const MOST_TASKS = 500;

export interface TaskBoard {
  readonly tasks: readonly DesignTask[];
  /** The files of a circle; empty: there is none. */
  readonly cycle: readonly string[];
}

interface Standing {
  /** Files that are there, as the task list names them. */
  readonly present: ReadonlySet<string>;
  readonly stale: ReadonlyMap<string, readonly string[]>;
  readonly run: RunState | undefined;
}

export function taskBoard({ tasks: document }: CurrentDocuments, standing: Standing): TaskBoard {
  const needs = taskNeeds(document?.content);
  const described = descriptions(document?.content);
  const used = new Set<string>();
  const listed = inOrder([...needs.keys()], needs).map((file): DesignTask => {
    const own = standing.run?.tasks.find((task) => isAbout(task, file));
    if (own !== undefined) used.add(own.id);
    const { status, reason } = statusOf(file, own, standing);
    const title = (described.get(file) ?? "").split("\n")[0]?.slice(0, 300) || file;
    return { id: file, title, dependsOn: [...(needs.get(file) ?? [])], status, taskId: own?.id ?? null, reason };
  });
  // Of a plan, or where no document says what is to be done, the run's own tasks are shown too.
  const isPlanned = standing.run?.plan != null || needs.size === 0;
  const others = isPlanned ? (standing.run?.tasks ?? []).filter(({ id }) => !used.has(id)).map(ofRun) : [];
  return { tasks: [...listed, ...others].slice(0, MOST_TASKS), cycle: cycleIn(needs) ?? [] };
}

function descriptions(content: unknown): Map<string, string> {
  if (typeof content !== "object" || content === null) return new Map();
  const pairs: unknown[] = ["Logic Analysis", "Refined Logic Analysis"].flatMap((key): unknown[] => {
    const value: unknown = Reflect.get(content, key);
    return Array.isArray(value) ? value : [];
  });
  return new Map(
    pairs.flatMap((pair): [string, string][] =>
      Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "string" ? [[pair[0], pair[1]]] : [],
    ),
  );
}

function isAbout({ files, title }: TaskState, file: string): boolean {
  return files.some((own) => own === file || own.endsWith(`/${file}`)) || title === file || title.endsWith(` ${file}`);
}

function statusOf(
  file: string,
  task: TaskState | undefined,
  { present, stale }: Standing,
): Pick<DesignTask, "status" | "reason"> {
  if (task !== undefined && task.status !== "done" && task.status !== "skipped") return workStatus(task);
  const why = stale.get(file);
  if (why !== undefined) return { status: "stale", reason: why.join(" ") };
  if (task !== undefined) return workStatus(task);
  return present.has(file) ? { status: "done", reason: "The file is there." } : { status: "waiting", reason: "" };
}

function workStatus({ status, lifeReason, summary }: TaskState): Pick<DesignTask, "status" | "reason"> {
  const reason = (lifeReason === undefined || lifeReason === "" ? summary : lifeReason).slice(0, 1000);
  return { status: status === "skipped" ? "waiting" : status, reason };
}

function ofRun(task: TaskState): DesignTask {
  const { id, title, dependsOn } = task;
  return { id, title, dependsOn, taskId: id, ...workStatus(task) };
}
