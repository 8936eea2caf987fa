/** What is wrong with one parsed document. Older keys, keys nobody knows and optional parts that are not there are no problem. */
import * as z from "zod/mini";
import {
  CodePlanAndChange,
  CodeSummary,
  DocumentDependencies,
  type DocumentKind,
  type DocumentProblem,
  Prd,
  ProjectTasks,
  RefinedPrd,
  RefinedSystemDesign,
  RefinedTasks,
  SystemDesign,
  TestOutput,
  UiDesign,
} from "../../../protocol/index.ts";
import { errorMap } from "../../../protocol/validate.ts";
import { cycleIn } from "./cycles.ts";
import { executableProblems } from "./executable.ts";
import { leavesProject, pathsOf } from "./listed-files.ts";
import { graphsOf } from "./order.ts";

/** Of one document; what is beyond is counted. */
const MOST_PROBLEMS = 30;

/** A serialised team; everything in it is kept as it is. */
const Team = z.looseObject({ env: z.looseObject({}) });

const SCHEMAS: Partial<Record<DocumentKind, z.ZodMiniType>> = {
  prd: Prd,
  refined_prd: RefinedPrd,
  system_design: SystemDesign,
  refined_system_design: RefinedSystemDesign,
  task: ProjectTasks,
  refined_task: RefinedTasks,
  code_plan_and_change: CodePlanAndChange,
  code_summary: CodeSummary,
  test_output: TestOutput,
  dependencies: DocumentDependencies,
  team: Team,
  ui_design: UiDesign,
};

/** `content` is parsed JSON. */
export function contentProblems(kind: DocumentKind, content: unknown): DocumentProblem[] {
  const problems = [
    ...typeProblems(kind, content),
    ...outsideProblems(kind, content),
    ...cycleProblems(kind, content),
    ...executableProblems(content),
  ];
  if (problems.length <= MOST_PROBLEMS) return problems;
  const rest = problems.length - MOST_PROBLEMS;
  return [...problems.slice(0, MOST_PROBLEMS), { code: "more", message: `There are ${rest} problems more.` }];
}

function typeProblems(kind: DocumentKind, content: unknown): DocumentProblem[] {
  const schema = SCHEMAS[kind];
  if (schema === undefined) return [];
  if (!isRecord(content)) return [{ code: "wrong_type", message: "It must be a JSON object." }];
  // Python writes an optional part that it has not as null.
  const present = Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
  const parsed = schema.safeParse(present, { error: errorMap });
  if (parsed.success) return [];
  return parsed.error.issues.slice(0, MOST_PROBLEMS + 1).map(({ path, message }) => {
    const [key] = path;
    const isMissing = path.length === 1 && typeof key === "string" && !Object.hasOwn(present, key);
    if (isMissing) return { code: "missing_key", message: `“${String(key).slice(0, 100)}” is missing.` };
    const where = path.map(String).join(" / ").slice(0, 200);
    return {
      code: "wrong_type",
      message: `${where === "" ? "The document" : `“${where}”`}: ${message.slice(0, 200)}.`,
    };
  });
}

function outsideProblems(kind: DocumentKind, content: unknown): DocumentProblem[] {
  return pathsOf(kind, content)
    .filter(leavesProject)
    .map((path) => ({ code: "outside", message: `“${path.slice(0, 200)}” leads outside of the project.` }));
}

function cycleProblems(kind: DocumentKind, content: unknown): DocumentProblem[] {
  return graphsOf(kind, content).flatMap((graph) => {
    const cycle = cycleIn(graph);
    if (cycle === undefined) return [];
    const circle = [...cycle, cycle[0]].map((name) => String(name).slice(0, 80)).slice(0, 12);
    return [{ code: "cyclic", message: `These need each other in a circle: ${circle.join(" → ")}.` }];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
