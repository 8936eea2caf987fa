/** What an agent is told at the start of its work, in sections that share its window. */
import type { Plan, PlanTask, RunState } from "../../../protocol/index.ts";
import type { Count } from "../../memory/context/tokens.ts";
import { itemContent, type Section, textContent } from "../../memory/context/window.ts";
import type { Survey } from "./survey.ts";

/** Of the opening's part of the window: kept for a section while others are served, and the most it gets. */
const SHARES = {
  rules: { priority: 2, minShare: 0.1, maxShare: 0.3 },
  plan: { priority: 3, minShare: 0.05, maxShare: 0.2 },
  code: { priority: 4, minShare: 0.1, maxShare: 0.5 },
  map: { priority: 5, minShare: 0.05, maxShare: 0.25 },
  knowledge: { priority: 6, minShare: 0.03, maxShare: 0.1 },
  conversation: { priority: 7, minShare: 0.05, maxShare: 0.2 },
} as const;

export function sectionsOfPrompt(state: RunState, seen: Survey, label: string, count: Count): Section[] {
  return [taskSection(`${label}:\n${state.prompt}`, seen, count), ...surveySections(seen, count)];
}

export function sectionsOfPlanning(state: RunState, seen: Survey, count: Count): Section[] {
  const noTests = seen.testCommand === undefined ? "\n\nThe project has no tests that were found." : "";
  return [taskSection(`Goal:\n${state.prompt}${noTests}`, seen, count), ...surveySections(seen, count)];
}

export function sectionsOfTask(
  state: RunState,
  { plan, task }: { plan: Plan; task: PlanTask },
  seen: Survey,
  count: Count,
): Section[] {
  const planned = seen.plan ?? planText(state, plan);
  return [
    taskSection(taskText(state, task), seen, count),
    { name: "plan", label: "", kind: "words", ...SHARES.plan, content: textContent(planned, count) },
    ...surveySections(seen, count),
  ];
}

/** The plan, and what of it is done. */
export function planText({ tasks }: Pick<RunState, "tasks">, plan: Plan): string {
  const earlier = tasks.filter((other) => other.status === "done" && other.parent === undefined);
  const done = earlier.map((other) => `- ${other.id}: ${other.summary.slice(0, 500)}`).join("\n");
  return joined([
    `The plan: ${plan.summary}\n${plan.tasks.map((other) => `- ${other.id}: ${other.title}`).join("\n")}`,
    done === "" ? "" : `Done so far:\n${done}`,
  ]);
}

/** A piece of work that another agent handed over. */
export function sectionsOfDelegated(state: RunState, piece: DelegatedPiece, seen: Survey, count: Count): Section[] {
  return [taskSection(delegatedText(state, piece), seen, count), ...surveySections(seen, count)];
}

export interface DelegatedPiece {
  readonly taskId: string;
  readonly title: string;
  readonly goal: string;
  readonly files: readonly string[];
  readonly returns: string;
  readonly readOnly: boolean;
}

/** What must still stand in the last request of a delegated task, word for word. */
export function requestOfDelegated({ taskId, title, goal, returns }: DelegatedPiece): string {
  return `Your task (${taskId}), which another agent handed to you: ${title}\n${goal}\nEnd with: ${returns}`;
}

function delegatedText({ prompt }: RunState, piece: DelegatedPiece): string {
  const { files, readOnly } = piece;
  return joined([
    `The whole goal, of which you do a part:\n${prompt}`,
    requestOfDelegated(piece),
    files.length === 0 ? "" : `Files it concerns: ${files.join(", ")}`,
    readOnly ? "Look only: nothing may be changed or run." : "",
  ]);
}

export function sectionsOfRepair(state: RunState, report: string, seen: Survey, count: Count): Section[] {
  const text = `What was asked:\n${state.prompt}\n\nThe change is made, but the project's tests fail with it. ${report}\n\nFind the cause and fix it. Do not weaken or delete tests that are right.`;
  const rules = surveySections(seen, count).filter((section) => section.name === "rules");
  return [taskSection(text, seen, count), ...rules];
}

/** What must still stand in the last request of a task, word for word. */
export function requestOfTask(task: PlanTask): string {
  return `Your task (${task.id}): ${task.title}\n${task.goal}`;
}

function taskText(state: RunState, task: PlanTask): string {
  return joined([
    `The whole goal, of which you do one task:\n${state.prompt}`,
    requestOfTask(task),
    task.files.length === 0 ? "" : `Files it concerns: ${task.files.join(", ")}`,
    task.acceptance === null
      ? ""
      : `It is done when \`${task.acceptance.command}\` ${task.acceptance.expect === "pass" ? "succeeds" : "fails, because the code that the tests ask for is not there yet"}; Nexus runs it when you finish.`,
  ]);
}

function taskSection(text: string, { testCommand }: Survey, count: Count): Section {
  const tests = testCommand === undefined ? "" : `The project's tests run with \`${testCommand}\`.`;
  const content = textContent(joined([text, tests]), count);
  return { name: "task", label: "", kind: "words", priority: 1, minShare: 0, maxShare: 1, required: true, content };
}

function surveySections(seen: Survey, count: Count): Section[] {
  const data = (name: keyof typeof SHARES, label: string, content: Section["content"]): Section => ({
    name,
    label,
    kind: "data",
    ...SHARES[name],
    content,
  });
  return [
    data("rules", "The project's rules:", textContent(seen.rules, count)),
    data("map", "The repository:", textContent(seen.overview, count)),
    data("code", "Files that may matter:", itemContent(seen.code ?? [], count, "\n")),
    data("knowledge", "What is known of it:", itemContent(seen.knowledge ?? [], count)),
    data("conversation", "Earlier in this conversation:", textContent(seen.history, count)),
  ];
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
