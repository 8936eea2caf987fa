/**
 * Whether MetaGPT could go on with a project: the rules that its roles rely on, written from what it records. Its engineer,
 * for one, stops at a source file without a design and a task in `.dependencies.json` (“from an unknown origin”).
 */
import type { DocumentKind, DocumentProblem, ProjectDocument } from "../../../protocol/index.ts";
import { cycleIn } from "./cycles.ts";
import { pairsOf, textsOf } from "./listed-files.ts";
import { markdownOf } from "./markdown.ts";
import { graphsOf } from "./order.ts";
import { stemOf } from "./read-project.ts";

export interface StructureProblem extends DocumentProblem {
  /** The document or file that it is about. */
  readonly path: string;
}

/** The source files of a project, where they are known: paths from its folder. */
export interface ProjectSources {
  /** Where source paths of designs and tasks begin; "" is the project's folder. */
  readonly folder: string;
  /** Those that are there. */
  readonly files: readonly string[];
}

interface Project {
  readonly documents: readonly ProjectDocument[];
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly sources: ProjectSources;
}

/** In the order of the checks; empty: MetaGPT can go on with it. Of classic documents; MGX's have no such rules. */
export function structureProblems(documents: readonly ProjectDocument[], sources: ProjectSources): StructureProblem[] {
  const classic = documents.filter(({ dialect }) => dialect === "classic");
  const dependencies = classic.find(({ kind }) => kind === "dependencies");
  const needs = new Map(recordOf(dependencies?.content).map(([path, made]) => [path, textsOf(made)] as const));
  const project = { documents: classic, needs, sources };
  return [
    ...requirementProblems(project),
    ...(dependencies === undefined && ofKinds(project, DESIGNS).length > 0
      ? [
          {
            path: ".dependencies.json",
            code: "missing",
            message: "It says what each file was made from, and is not there.",
          },
        ]
      : []),
    ...chainProblems(project),
    ...listProblems(project),
    ...sourceProblems(project),
    ...laterProblems(project),
    ...copyProblems(project),
    ...circleProblems(project),
  ];
}

const PRDS: readonly DocumentKind[] = ["prd", "refined_prd"];
const DESIGNS: readonly DocumentKind[] = ["system_design", "refined_system_design"];
const TASKS: readonly DocumentKind[] = ["task", "refined_task"];

function ofKinds({ documents }: Project, kinds: readonly DocumentKind[]): ProjectDocument[] {
  return documents.filter(({ kind, content }) => kinds.includes(kind) && content !== null);
}

function requirementProblems(project: Project): StructureProblem[] {
  if (ofKinds(project, PRDS).length === 0) return [];
  if (project.documents.some(({ path }) => path.endsWith("docs/requirement.txt"))) return [];
  return [
    { path: "docs/requirement.txt", code: "missing", message: "The requirement that the PRD answers is not there." },
  ];
}

/** requirement → PRD → design → tasks, linked by the stem of their names. */
function chainProblems(project: Project): StructureProblem[] {
  const follow = (kinds: readonly DocumentKind[], before: readonly DocumentKind[], what: string) =>
    ofKinds(project, kinds).flatMap(({ path }): StructureProblem[] => {
      const source = ofKinds(project, before).find((other) => stemOf(other.path) === stemOf(path));
      if (source === undefined)
        return [
          { path, code: "unlinked", message: `There is no ${what} of the name ${stemOf(path)} that it follows.` },
        ];
      return needProblems(project, path, [source.path]);
    });
  return [...follow(DESIGNS, PRDS, "PRD"), ...follow(TASKS, DESIGNS, "system design")];
}

/** Every file of the design has a task, and every task is a file of the design and has a word on what it does. */
function listProblems(project: Project): StructureProblem[] {
  return ofKinds(project, TASKS).flatMap((task) => {
    const design = ofKinds(project, DESIGNS).find((other) => stemOf(other.path) === stemOf(task.path));
    const [tasks, files] = [filesOf(task, "Task list"), filesOf(design, "File list")];
    const logic = new Set(
      recordOf(task.content)
        .filter(([key]) => key === "Logic Analysis" || key === "Refined Logic Analysis")
        .flatMap(([, pairs]) => pairsOf(pairs).map(([file]) => file)),
    );
    const told = (list: readonly string[], message: (file: string) => string, path: string) =>
      list.map((file) => ({ path, code: "incomplete", message: message(file.slice(0, 200)) }));
    return [
      ...(design === undefined
        ? []
        : told(
            [...files].filter((file) => !tasks.has(file)),
            (file) => `“${file}” of the design has no task.`,
            task.path,
          )),
      ...(design === undefined
        ? []
        : told(
            [...tasks].filter((file) => !files.has(file)),
            (file) => `The task “${file}” is in no design.`,
            design.path,
          )),
      ...told(
        [...tasks].filter((file) => !logic.has(file)),
        (file) => `“${file}” has no Logic Analysis.`,
        task.path,
      ),
    ];
  });
}

/** “Task list” and “Refined Task list”; likewise for files. */
function filesOf(document: ProjectDocument | undefined, key: string): Set<string> {
  return new Set(
    recordOf(document?.content)
      .filter(([name]) => name === key || name === `Refined ${key}`)
      .flatMap(([, list]) => textsOf(list)),
  );
}

/** Every source file that is listed or there was made from a design and a task. */
function sourceProblems(project: Project): StructureProblem[] {
  const { needs, sources } = project;
  const listed = ofKinds(project, TASKS).flatMap((task) => [...filesOf(task, "Task list")]);
  const start = sources.folder === "" ? "" : `${sources.folder}/`;
  const paths = new Set([...listed.map((file) => start + file), ...sources.files]);
  const made = (path: string, kinds: readonly DocumentKind[]) =>
    ofKinds(project, kinds).some((document) => needs.get(path)?.includes(document.path));
  return [...paths].flatMap((path) => {
    const missing = [...(made(path, DESIGNS) ? [] : ["design"]), ...(made(path, TASKS) ? [] : ["task"])];
    if (missing.length === 0 || project.documents.length === 0) return [];
    return [{ path, code: "unknown_file", message: `.dependencies.json names no ${missing.join(" and no ")} for it.` }];
  });
}

/** Summaries, change plans and test outputs name what they were made from. */
function laterProblems(project: Project): StructureProblem[] {
  return project.documents.flatMap(({ path, kind, content }): StructureProblem[] => {
    if (content === null) return [];
    const fields = new Map(recordOf(content));
    switch (kind) {
      case "code_summary":
        return needProblems(project, path, [
          ...textsOf(fields.get("design_filename")),
          ...textsOf(fields.get("task_filename")),
        ]);
      case "code_plan_and_change": {
        const sameStem = ofKinds(project, [...PRDS, ...DESIGNS, ...TASKS]).filter(
          (other) => stemOf(other.path) === stemOf(path),
        );
        return needProblems(
          project,
          path,
          sameStem.map((other) => other.path),
        );
      }
      case "test_output":
        return (project.needs.get(path)?.length ?? 0) > 0
          ? []
          : [{ path, code: "unknown_file", message: ".dependencies.json names neither source nor test for it." }];
      default:
        return [];
    }
  });
}

function needProblems({ needs }: Project, path: string, sources: readonly string[]): StructureProblem[] {
  const known = needs.get(path) ?? [];
  return sources
    .filter((source) => !known.some((one) => one === source || one.endsWith(`/${source}`)))
    .map((source) => ({
      path,
      code: "unknown_file",
      message: `.dependencies.json does not say that it was made from ${source.slice(0, 200)}.`,
    }));
}

/** A Markdown copy that says something else than its document misleads whoever reads it. */
function copyProblems(project: Project): StructureProblem[] {
  const copies = new Map(
    project.documents.filter(({ kind }) => kind === "markdown_copy").map((one) => [one.path, one]),
  );
  const folders: readonly (readonly [readonly DocumentKind[], string])[] = [
    [PRDS, "resources/prd"],
    [DESIGNS, "resources/system_design"],
    [TASKS, "resources/api_spec_and_task"],
    [["code_plan_and_change"], "resources/code_plan_and_change"],
  ];
  return folders.flatMap(([kinds, folder]) =>
    ofKinds(project, kinds).flatMap((document): StructureProblem[] => {
      const path = `${folder}/${stemOf(document.path)}.md`;
      const copy = copies.get(path);
      if (copy === undefined)
        return [{ path, code: "missing", message: `The Markdown copy of ${document.path} is not there.` }];
      if (copy.content === markdownOf(document.content)) return [];
      return [{ path, code: "stale", message: `It says something else than ${document.path}.` }];
    }),
  );
}

function circleProblems({ documents }: Project): StructureProblem[] {
  return documents.flatMap(({ path, kind, content }) =>
    graphsOf(kind, content).flatMap((graph) => {
      const cycle = cycleIn(graph);
      return cycle === undefined
        ? []
        : [{ path, code: "cyclic", message: `A circle: ${cycle.slice(0, 10).join(" → ")}.` }];
    }),
  );
}

function recordOf(content: unknown): [string, unknown][] {
  return typeof content === "object" && content !== null && !Array.isArray(content) ? Object.entries(content) : [];
}
