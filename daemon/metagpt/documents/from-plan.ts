/** A Nexus plan as the documents of a MetaGPT project, so that MetaGPT can carry it out. */
import type { Plan, PlanTask, Prd, ProjectTasks, SystemDesign } from "../../../protocol/index.ts";
import { inOrder } from "./cycles.ts";
import { dependenciesText, documentFiles, documentPath, type WrittenFile } from "./layout.ts";
import { leavesProject } from "./listed-files.ts";
import { teamFile } from "./team.ts";

export interface PlanExport {
  readonly plan: Plan;
  /** The goal in the person's words. */
  readonly goal: string;
  /** Becomes the project's name: words of small letters, joined by `_`. */
  readonly name: string;
  /** What links the documents: the time, as `20261128051500`. */
  readonly stem: string;
  /** USD. Left out: MetaGPT's own default. */
  readonly budgetUsd?: number | undefined;
}

/** What MetaGPT's command line takes when nobody says it. */
const INVESTMENT = 3;

/** All files of the project. Files of the plan that leave the project are left out, and told in the PRD as unclear. */
export function planProject({ plan, goal, name, stem, budgetUsd = INVESTMENT }: PlanExport): WrittenFile[] {
  const project = projectName(name);
  const files = plannedFiles(plan);
  const documents = [
    { kind: "prd" as const, stem, content: prdOf(plan, goal, project) },
    { kind: "system_design" as const, stem, content: designOf(plan, files.inside) },
    { kind: "task" as const, stem, content: tasksOf(plan, files.inside) },
  ];
  const [prd, design, task] = [
    documentPath("prd", stem),
    documentPath("system_design", stem),
    documentPath("task", stem),
  ];
  const made = new Map([
    [design, [prd]],
    [task, [design]],
    ...files.inside.map((file): [string, string[]] => [`${project}/${file}`, [design, task]]),
  ]);
  return [
    { path: "docs/requirement.txt", text: goal },
    ...documents.flatMap((document) => documentFiles(document)),
    { path: ".dependencies.json", text: dependenciesText(undefined, made) },
    { path: ".src_workspace", text: project },
    { path: "team/team.json", text: teamFile({ idea: goal, investment: budgetUsd, project }) },
  ];
}

/** `nexus_todo_app`: what a Python package may be called. */
export function projectName(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const joined = words.join("_").slice(0, 60);
  return /^[a-z]/.test(joined) ? joined : `project_${joined}`.replace(/_$/, "");
}

interface PlannedFiles {
  /** Each after those that its task's dependencies make. */
  readonly inside: readonly string[];
  readonly outside: readonly string[];
}

function plannedFiles(plan: Plan): PlannedFiles {
  const needs = new Map(plan.tasks.map((task) => [task.id, task.dependsOn]));
  const order = inOrder(
    plan.tasks.map(({ id }) => id),
    needs,
  );
  const tasks = order.flatMap((id) => plan.tasks.filter((task) => task.id === id));
  const all = [...new Set(tasks.flatMap(filesOf))];
  return { inside: all.filter((file) => !leavesProject(file)), outside: all.filter(leavesProject) };
}

/** Without patterns: a design lists files. */
function filesOf({ files, outputs = [] }: PlanTask): string[] {
  const made = outputs.flatMap(({ kind, path }) => (kind === "file" && path !== undefined ? [path] : []));
  return [...files, ...made]
    .map((file) => file.replace(/^\.\//, ""))
    .filter((file) => file !== "" && !/[*?{]/.test(file));
}

function prdOf(plan: Plan, goal: string, project: string): Prd {
  const milestones = plan.milestones ?? [];
  const risks = milestones.flatMap(({ risks = [] }) => risks.map(({ risk, mitigation }) => `${risk}: ${mitigation}`));
  const unclear = [
    ...risks,
    ...plannedFiles(plan).outside.map((file) => `“${file}” leads outside of the project and was left out.`),
  ];
  return {
    Language: "en_us",
    "Programming Language": languagesOf(plannedFiles(plan).inside),
    "Original Requirements": goal,
    "Project Name": project,
    "Product Goals": milestones.length === 0 ? [plan.summary] : milestones.map(({ title }) => title),
    "User Stories": milestones.map(({ outcome }) => outcome),
    "Requirement Analysis": plan.summary,
    "Requirement Pool": plan.tasks.map(({ title, goal: wanted }) => ["P0", `${title}: ${wanted}`]),
    "Anything UNCLEAR": unclear.join("\n"),
  };
}

const LANGUAGES: Readonly<Record<string, string>> = {
  ...{ py: "Python", ts: "TypeScript", tsx: "TypeScript", js: "JavaScript", jsx: "JavaScript", mjs: "JavaScript" },
  ...{ go: "Go", rs: "Rust", java: "Java", kt: "Kotlin", cs: "C#", rb: "Ruby", php: "PHP", c: "C", cpp: "C++" },
};

function languagesOf(files: readonly string[]): string {
  const found = files.flatMap((file) => LANGUAGES[file.slice(file.lastIndexOf(".") + 1).toLowerCase()] ?? []);
  return [...new Set(found)].join(", ");
}

function designOf(plan: Plan, files: readonly string[]): SystemDesign {
  const milestones = (plan.milestones ?? []).map(({ title, outcome }) => `${title}: ${outcome}`);
  return {
    "Implementation approach": [plan.summary, ...milestones].join("\n"),
    "File list": [...files],
    "Anything UNCLEAR": "",
  };
}

function tasksOf(plan: Plan, files: readonly string[]): ProjectTasks {
  const logic = files.map((file) => {
    const tasks = plan.tasks.filter((task) => filesOf(task).includes(file));
    return [file, tasks.map(({ title, goal }) => `${title}: ${goal}`).join("\n")];
  });
  const accepted = plan.tasks.flatMap(({ title, acceptance }) =>
    acceptance === null ? [] : [`${title} is done when this ${acceptance.expect}es: ${acceptance.command}`],
  );
  return {
    "Required packages": [],
    "Required Other language third-party packages": [],
    "Logic Analysis": logic,
    "Task list": [...files],
    "Full API spec": "",
    "Shared Knowledge": accepted.join("\n"),
    "Anything UNCLEAR": "",
  };
}
