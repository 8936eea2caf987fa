/** What an agent is told at the start of its work. */
import type { Plan, PlanTask, RunState } from "../../../protocol/index.ts";
import type { Survey } from "./survey.ts";

export function openingOfPrompt(state: RunState, seen: Survey, label: string): string {
  return joinSections([
    seen.history === "" ? "" : `Earlier in this conversation:\n${seen.history}`,
    `${label}:\n${state.prompt}`,
    ...surveySections(seen),
  ]);
}

export function openingOfTask(state: RunState, plan: Plan, task: PlanTask, seen: Survey): string {
  const earlier = state.tasks.filter((other) => other.status === "done");
  return joinSections([
    `The whole goal, of which you do one task:\n${state.prompt}`,
    `The plan: ${plan.summary}\n${plan.tasks.map((other) => `- ${other.id}: ${other.title}`).join("\n")}`,
    earlier.length === 0
      ? ""
      : `Done so far:\n${earlier.map((other) => `- ${other.id}: ${other.summary.slice(0, 500)}`).join("\n")}`,
    `Your task (${task.id}): ${task.title}\n${task.goal}`,
    task.files.length === 0 ? "" : `Files it concerns: ${task.files.join(", ")}`,
    task.acceptance === null
      ? ""
      : `It is done when \`${task.acceptance.command}\` ${task.acceptance.expect === "pass" ? "succeeds" : "fails, because the code that the tests ask for is not there yet"}; Nexus runs it when you finish.`,
    ...surveySections(seen),
  ]);
}

function surveySections(seen: Survey): string[] {
  return [
    seen.rules === "" ? "" : `The project's rules:\n${seen.rules}`,
    `The repository:\n${seen.overview}`,
    seen.testCommand === undefined ? "" : `Its tests run with \`${seen.testCommand}\`.`,
  ];
}

function joinSections(sections: readonly string[]): string {
  return sections.filter((section) => section !== "").join("\n\n");
}
