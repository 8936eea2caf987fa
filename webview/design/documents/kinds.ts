/** What documents are called on the page, and where each is shown best. */
import type { DocumentKind } from "../../../protocol/design/documents.ts";
import type { Tab } from "../host.ts";

export const KIND_NAMES: Record<DocumentKind, string> = {
  prd: "PRD",
  system_design: "System design",
  task: "Tasks",
  code_plan_and_change: "Code plan and change",
  refined_prd: "Refined PRD",
  refined_system_design: "Refined system design",
  refined_task: "Refined tasks",
  code_summary: "Code summary",
  test_output: "Test output",
  requirement: "Requirement",
  requirements_txt: "Packages",
  dependencies: "Dependencies",
  team: "Team",
  markdown_copy: "Markdown copy",
  mermaid: "Diagram",
  prd_markdown: "PRD",
  system_design_markdown: "System design",
  task_markdown: "Tasks",
  ui_design: "UI design",
};

/** Null: nowhere better than under Documents. */
export function tabOf(kind: DocumentKind): Tab | null {
  switch (kind) {
    case "prd":
    case "refined_prd":
    case "prd_markdown":
      return "requirements";
    case "system_design":
    case "refined_system_design":
    case "system_design_markdown":
    case "mermaid":
      return "architecture";
    case "task":
    case "refined_task":
    case "task_markdown":
      return "tasks";
    case "ui_design":
      return "screens";
    default:
      return null;
  }
}
