/** Tasks that nobody planned: one that resolves a conflict, and one that mends what another broke. Pure. */
import type { PlanTask } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import { asData } from "../../memory/context/cut.ts";
import type { MergeConflict } from "../changes/changes.ts";

const LONGEST_ID = 40;
/** Of a task's goal in the protocol. */
const LONGEST_GOAL = 2000;
const INTENT = 300;
const MOST_FILES = 50;
const MOST_NAMED = 8;

/** Of the `attempt`th task (from 1) that resolves the conflicts of a task. */
export function joinId(taskId: string, attempt: number): string {
  return idOf("join", taskId, attempt);
}

function idOf(what: string, taskId: string, attempt: number): string {
  const tail = attempt === 1 ? "" : `-${attempt}`;
  const whole = `${what}-${taskId}${tail}`;
  if (whole.length <= LONGEST_ID && /^[a-z0-9-]+$/.test(whole)) return whole;
  return `${what}-${hashOf(taskId).slice(0, 12)}${tail}`;
}

export interface Intent {
  readonly id: string;
  readonly title: string;
  readonly goal: string;
  readonly summary: string;
}

export function joinTask(
  id: string,
  task: PlanTask & { readonly summary: string },
  others: readonly Intent[],
  conflicts: readonly MergeConflict[],
  redact: (text: string) => string,
): PlanTask {
  const { milestone, acceptance } = task;
  const paths = conflicts.map(({ path }) => path);
  const head = [
    "Two pieces of work changed the same places. Join them so that both do what they were for; drop neither.",
    `Theirs, in the marks “nexus theirs”: ${intentOf(task)}`,
    ...others.slice(0, 3).map((other) => `Ours, already part of the whole: ${intentOf(other)}`),
    "The copy that you work in holds both sides between lines “<<<<<<<<<<< nexus …” and “>>>>>>>>>>> nexus …”; where that is not possible a note NAME.nexus-conflict lies beside the file. No such line, note or NAME.nexus-ours or .nexus-theirs may remain.",
    `Files: ${paths.slice(0, MOST_NAMED).join(", ")}${paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : ""}`,
  ].join("\n");
  const left = LONGEST_GOAL - head.length - 1;
  const goal = `${head}\n${hunks(conflicts, left)}`.slice(0, LONGEST_GOAL);
  return {
    id,
    title: `Join what ${[task.id, ...others.map((other) => other.id)].join(" and ")} did`.slice(0, 120),
    goal: redact(goal).slice(0, LONGEST_GOAL),
    agent: "coder",
    files: paths.filter((path) => path.length <= 500).slice(0, MOST_FILES),
    acceptance: acceptance?.expect === "pass" ? acceptance : null,
    dependsOn: [task.id],
    ...(milestone === undefined ? {} : { milestone }),
  };
}

function intentOf({ id, title, goal, summary }: Intent): string {
  const done = summary === "" ? "" : ` It says: ${summary.slice(0, INTENT)}`;
  return `task ${id}, “${title}”: ${goal.slice(0, INTENT)}${done}`;
}

/** The places themselves, as data; the copy holds all of them. */
function hunks(conflicts: readonly MergeConflict[], room: number): string {
  const shown: string[] = [];
  let left = room - 100;
  for (const { path, reason, base, ours, theirs } of conflicts) {
    const text = `${path} (${reason})\n--- before\n${cut(base)}\n--- ours\n${cut(ours)}\n--- theirs\n${cut(theirs)}`;
    if (text.length > left) break;
    shown.push(text);
    left -= text.length + 1;
  }
  return shown.length === 0 ? "" : asData("conflict", shown.join("\n"));
}

function cut(text: string | null): string {
  if (text === null) return "(not there)";
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

export interface Breakage {
  readonly task: PlanTask;
  readonly files: readonly string[];
  /** How the project's tests are run without anything added. */
  readonly command: string;
  readonly tests: readonly string[];
  readonly outputTail: string;
}

export function mendTask(attempt: number, broken: Breakage, redact: (text: string) => string): PlanTask {
  const { task, files, command, tests, outputTail } = broken;
  const named = tests.length === 0 ? "" : `\nThey fail now and did not before: ${tests.slice(0, 10).join(" · ")}`;
  const head = `With task ${task.id} (“${task.title}”: ${task.goal.slice(0, INTENT)}) the project's tests fail, and without it they do not. Keep what the task was for, and mend what it broke. Do not weaken or delete tests that are right.${named}`;
  const room = Math.max(0, LONGEST_GOAL - head.length - 100);
  const tail = room < 100 ? "" : `\n${asData("output", outputTail.slice(-room))}`;
  const { milestone } = task;
  return {
    id: idOf("mend", task.id, attempt),
    title: `Mend what task ${task.id} broke`.slice(0, 120),
    goal: redact(`${head}${tail}`).slice(0, LONGEST_GOAL),
    agent: task.agent,
    files: files.filter((path) => path.length <= 500).slice(0, MOST_FILES),
    acceptance: { command, expect: "pass" },
    dependsOn: [task.id],
    ...(milestone === undefined ? {} : { milestone }),
  };
}
