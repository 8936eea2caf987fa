/** What each document is made from, as MetaGPT records it in `.dependencies.json`. */
import { documentPath } from "../documents/layout.ts";
import { pairsOf, textsOf } from "../documents/listed-files.ts";
import { pathOfSubject, plainKind } from "./kinds.ts";
import { documentOf, hashIn, type Project } from "./project.ts";

const MADE_FROM: Readonly<Record<string, readonly string[]>> = {
  prd: ["requirement"],
  system_design: ["prd"],
  ui_design: ["prd"],
  task: ["system_design", "ui_design"],
  code_plan_and_change: ["requirement", "prd", "system_design", "task"],
  code_summary: ["system_design", "task"],
};

/** Of a document of this kind: documents that are there, and for what tells of code also the code. */
export async function sourcesOf(project: Project, kind: string): Promise<string[]> {
  const subjects = MADE_FROM[plainKind(kind)] ?? [];
  const paths = subjects.flatMap((subject) => pathOfSubject(subject, project.stem) ?? []);
  const code = kind === "code_summary" || kind === "test_output" ? await writtenFiles(project) : [];
  return present(project, [...paths, ...code]);
}

/** Each source file of the task list that is there, with the design, the tasks and the plan that it was written from. */
export async function sourcesOfCode(project: Project): Promise<Map<string, string[]>> {
  const kinds = ["system_design", "task", "code_plan_and_change"] as const;
  const from = await present(
    project,
    kinds.map((kind) => documentPath(kind, project.stem)),
  );
  return new Map((await writtenFiles(project)).map((file) => [file, from]));
}

/** The files of the task list, in its order. */
export async function listedFiles(project: Project): Promise<string[]> {
  const tasks = (await documentOf(project, "task")) ?? {};
  return [...new Set([...textsOf(tasks["Task list"]), ...textsOf(tasks["Refined Task list"])])];
}

/** What the tasks say about each file. */
export function logicOf(tasks: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map([...pairsOf(tasks["Logic Analysis"]), ...pairsOf(tasks["Refined Logic Analysis"])]);
}

async function writtenFiles(project: Project): Promise<string[]> {
  return present(project, await listedFiles(project));
}

async function present(project: Project, paths: readonly string[]): Promise<string[]> {
  const hashes = await Promise.all(paths.map((path) => hashIn(project, path)));
  return paths.filter((_, index) => hashes[index] !== undefined);
}
