/** A plan while a person edits it: lists as lines of text, and every change as a pure step. */
import type { Plan, PlanTask } from "../../protocol/plan.ts";
import type { TaskState } from "../../protocol/task-state.ts";

export interface TaskDraft {
  readonly id: string;
  readonly title: string;
  readonly goal: string;
  readonly agent: string;
  /** One a line. */
  readonly files: string;
  /** The command; empty: nothing is checked. */
  readonly check: string;
  readonly expect: "pass" | "fail";
  /** Ids with commas between them. */
  readonly after: string;
  /** How far it is; only what waits can be changed. */
  readonly status: TaskState["status"];
}

export interface PlanDraft {
  readonly summary: string;
  readonly tasks: readonly TaskDraft[];
}

export type DraftStep =
  | { readonly type: "summary"; readonly text: string }
  | { readonly type: "field"; readonly id: string; readonly change: Partial<Omit<TaskDraft, "id" | "status">> }
  | { readonly type: "remove"; readonly id: string }
  | { readonly type: "add" };

export function draftOf(plan: Plan, states: readonly Pick<TaskState, "id" | "status">[]): PlanDraft {
  const status = new Map(states.map((state) => [state.id, state.status]));
  return { summary: plan.summary, tasks: plan.tasks.map((task) => taskDraft(task, status.get(task.id) ?? "waiting")) };
}

function taskDraft(task: PlanTask, status: TaskState["status"]): TaskDraft {
  const { id, title, goal, agent, files, acceptance, dependsOn } = task;
  return {
    ...{ id, title, goal, agent, status, files: files.join("\n"), after: dependsOn.join(", ") },
    check: acceptance?.command ?? "",
    expect: acceptance?.expect ?? "pass",
  };
}

export function draftReducer(draft: PlanDraft, step: DraftStep): PlanDraft {
  switch (step.type) {
    case "summary":
      return { ...draft, summary: step.text };
    case "field":
      return { ...draft, tasks: draft.tasks.map((task) => (task.id === step.id ? { ...task, ...step.change } : task)) };
    case "remove": {
      // What waited for it waits for it no longer.
      const left = draft.tasks.filter(({ id }) => id !== step.id);
      const without = (after: string) =>
        idsOf(after)
          .filter((id) => id !== step.id)
          .join(", ");
      return { ...draft, tasks: left.map((task) => ({ ...task, after: without(task.after) })) };
    }
    case "add": {
      const id = freshId(draft.tasks.map((task) => task.id));
      const fresh = {
        id,
        title: "",
        goal: "",
        agent: "coder",
        files: "",
        check: "",
        expect: "pass",
        after: "",
      } as const;
      return { ...draft, tasks: [...draft.tasks, { ...fresh, status: "waiting" }] };
    }
  }
}

/** The plan that the draft says; what the form does not show stays as it was. */
export function planOfDraft(plan: Plan, draft: PlanDraft): Plan {
  const known = new Map(plan.tasks.map((task) => [task.id, task]));
  const tasks = draft.tasks.map((task): PlanTask => {
    const was = known.get(task.id);
    if (was !== undefined && task.status !== "waiting") return was;
    const { id, title, goal, agent } = task;
    const command = task.check.trim();
    return {
      ...was,
      ...{ id, title, goal, agent: agent.trim(), files: linesOf(task.files), dependsOn: idsOf(task.after) },
      acceptance: command === "" ? null : { command, expect: task.expect },
    };
  });
  return { ...plan, summary: draft.summary, tasks };
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function idsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((id) => id !== "");
}

function freshId(taken: readonly string[]): string {
  for (let number = taken.length + 1; ; number++) if (!taken.includes(`task-${number}`)) return `task-${number}`;
}
