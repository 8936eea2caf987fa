/** Which files of a scratch project are design documents, and whether they can be read. */
import { join } from "node:path";
import type { DocumentKind } from "../../../protocol/index.ts";
import { readFileOnce } from "../../host/source-files.ts";
import type { FoundDocument } from "./outcome.ts";
import type { ScratchFile } from "./project-files.ts";

const KINDS: readonly (readonly [RegExp, DocumentKind])[] = [
  [/^docs\/prds?\/[^/]+\.json$/, "prd"],
  [/^docs\/system_designs?\/[^/]+\.json$/, "system_design"],
  [/^docs\/tasks?\/[^/]+\.json$/, "task"],
  [/^docs\/code_plan_and_changes?\/[^/]+\.json$/, "code_plan_and_change"],
  [/^docs\/code_summar(?:y|ies)\/[^/]+\.json$/, "code_summary"],
  [/^docs\/(?:requirement|bugfix)\.txt$/, "requirement"],
  [/^\.dependencies\.json$/, "dependencies"],
  [/^requirements\.txt$/, "requirements_txt"],
  [/^test_outputs\/[^/]+\.json$/, "test_output"],
  [/^resources\/.*\.md$/, "markdown_copy"],
  [/\.(?:mmd|mermaid)$|-(?:class-diagram|sequence-diagram)$/, "mermaid"],
  [/^docs\/(?:.*\/)?[^/]*prd[^/]*\.md$/i, "prd_markdown"],
  [/^docs\/(?:.*\/)?[^/]*(?:design|architecture)[^/]*\.md$/i, "system_design_markdown"],
  [/^docs\/(?:.*\/)?[^/]*(?:task|schedule)[^/]*\.md$/i, "task_markdown"],
  [/^docs\/prd\.json$/, "prd"],
  [/^docs\/system_design\.json$/, "system_design"],
  [/^docs\/project_schedule\.json$/, "task"],
];
const LARGEST = 4 * 1024 * 1024;

/** Undefined: it is no document. */
export function kindOf(path: string): DocumentKind | undefined {
  return KINDS.find(([pattern]) => pattern.test(path))?.[1];
}

export function findDocuments(folder: string, files: readonly ScratchFile[]): FoundDocument[] {
  return files.flatMap(({ path }) => {
    const kind = kindOf(path);
    return kind === undefined ? [] : [{ path, kind, isBroken: isBroken(join(folder, path)) }];
  });
}

/** Empty, or JSON that is none. */
function isBroken(path: string): boolean {
  const reading = readFileOnce(path, LARGEST);
  if (!reading.ok) return true;
  const text = reading.bytes.toString("utf8");
  if (text.trim() === "") return true;
  if (!path.endsWith(".json")) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value !== "object" || value === null;
  } catch {
    return true;
  }
}
