/** Kinds of documents as roles name them, and as they are called when they refine what is there. */
import { DocumentKind } from "../../../protocol/index.ts";
import { documentPath, type WrittenKind } from "../documents/layout.ts";

export const REQUIREMENT_PATH = "docs/requirement.txt";

const REFINED: Readonly<Partial<Record<DocumentKind, WrittenKind>>> = {
  prd: "refined_prd",
  system_design: "refined_system_design",
  task: "refined_task",
};

const WRITTEN = [
  "prd",
  "system_design",
  "task",
  "code_plan_and_change",
  "refined_prd",
  "refined_system_design",
  "refined_task",
  "code_summary",
  "ui_design",
] as const satisfies readonly WrittenKind[];

/** The kind that a role writes for this subject; undefined: it is a message, or no role writes it. */
export function writtenKind(subject: string, incremental: boolean): WrittenKind | undefined {
  const kind = DocumentKind.safeParse(subject).data;
  const refined = kind === undefined ? undefined : REFINED[kind];
  if (incremental && refined !== undefined) return refined;
  return WRITTEN.find((known) => known === kind);
}

/** `refined_prd` → `prd`. */
export function plainKind(kind: string): string {
  return kind.replace(/^refined_/, "");
}

/** From the project's folder; undefined: it is no file. */
export function pathOfSubject(subject: string, stem: string): string | undefined {
  if (subject === "requirement") return REQUIREMENT_PATH;
  if (subject === "test_output") return testOutputPath("tests");
  const kind = writtenKind(subject, false);
  return kind === undefined ? undefined : documentPath(kind, stem);
}

/** `name`: of the test file, or of all tests together. */
function testOutputPath(name: string): string {
  return `test_outputs/${name}.json`;
}
