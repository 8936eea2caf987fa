/** Where MetaGPT keeps what it writes (classic layout), and what it derives from each document. */

import { reviseJson } from "./json/revise.ts";
import { COMPACT, INDENTED, type JsonStyle, PYTHON, printJson } from "./json/style.ts";
import { textsOf } from "./listed-files.ts";
import { markdownOf } from "./markdown.ts";

/** Kinds that Nexus writes: one JSON file, with what follows from it. */
export type WrittenKind =
  | "prd"
  | "system_design"
  | "task"
  | "code_plan_and_change"
  | "refined_prd"
  | "refined_system_design"
  | "refined_task"
  | "code_summary"
  | "ui_design";

const FOLDERS: Readonly<Record<WrittenKind, string>> = {
  prd: "docs/prd",
  refined_prd: "docs/prd",
  system_design: "docs/system_design",
  refined_system_design: "docs/system_design",
  task: "docs/task",
  refined_task: "docs/task",
  code_plan_and_change: "docs/code_plan_and_change",
  code_summary: "docs/code_summary",
  ui_design: "docs/ui_design",
};

const COPIES: Readonly<Partial<Record<WrittenKind, string>>> = {
  prd: "resources/prd",
  refined_prd: "resources/prd",
  system_design: "resources/system_design",
  refined_system_design: "resources/system_design",
  task: "resources/api_spec_and_task",
  refined_task: "resources/api_spec_and_task",
  code_plan_and_change: "resources/code_plan_and_change",
};

const DIAGRAMS: readonly (readonly [key: string, folder: string])[] = [
  ["Competitive Quadrant Chart", "resources/competitive_analysis"],
  ["Data structures and interfaces", "resources/data_api_design"],
  ["Refined Data structures and interfaces", "resources/data_api_design"],
  ["Program call flow", "resources/seq_flow"],
  ["Refined Program call flow", "resources/seq_flow"],
];

const DIAGRAM_HEAD = '%%{init: {"theme": "default", "themeVariables": {"fontFamily": "Arial"}}}%%\n';

/** A file to write, or one that was written: its path from the project's folder with `/`, and its whole text. */
export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

/** `stem` links a PRD with its design and its tasks: MetaGPT takes the time, `20261128051500`. */
export function documentPath(kind: WrittenKind, stem: string): string {
  return `${FOLDERS[kind]}/${stem}.json`;
}

/** The document and the copies that follow from it: Markdown and diagrams. `before`: the document's text so far, kept where equal. */
export function documentFiles(
  { kind, stem, content }: { readonly kind: WrittenKind; readonly stem: string; readonly content: object },
  before?: string,
): WrittenFile[] {
  const files = [{ path: documentPath(kind, stem), text: documentText(content, before) }];
  const copy = COPIES[kind];
  if (copy !== undefined) files.push({ path: `${copy}/${stem}.md`, text: markdownOf(content) });
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(content));
  for (const [key, folder] of DIAGRAMS) {
    const source = fields.get(key);
    if (typeof source !== "string" || source.trim() === "") continue;
    const head = source.startsWith("%%{") ? "" : DIAGRAM_HEAD;
    files.push({ path: `${folder}/${stem}.mmd`, text: head + source });
  }
  return files;
}

/** The JSON text of a document: as it was where it says the same, only the changed values anew; indented where it is new. */
export function documentText(content: object, before?: string): string {
  const revised = before === undefined ? undefined : reviseJson(before, content);
  return revised ?? `${printJson(content, INDENTED)}\n`;
}

/** As MetaGPT's own code writes it, for a document that it wrote: on one line. */
export function compactText(content: object): string {
  return printJson(content, COMPACT);
}

/** Python's `json.dump(…, ensure_ascii=False, indent=4)`. */
const TEAM_STYLE: JsonStyle = { ...INDENTED, indent: "    " };

export function teamText(team: object): string {
  return printJson(team, TEAM_STYLE);
}

/** What each file was made from. Adds to what is there; paths that are no longer needed stay for others to judge. */
export function dependenciesText(before: string | undefined, made: ReadonlyMap<string, readonly string[]>): string {
  const known = before === undefined ? new Map<string, unknown>() : recordOf(before);
  for (const [path, sources] of made) known.set(path, [...new Set([...textsOf(known.get(path)), ...sources])].sort());
  const value = Object.fromEntries(known);
  return (before === undefined ? undefined : reviseJson(before, value)) ?? printJson(value, PYTHON);
}

function recordOf(text: string): Map<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? new Map(Object.entries(value))
      : new Map();
  } catch {
    return new Map();
  }
}

/** `requirements.txt`: what was there, and the packages of a task document that were not; undefined: there are none. */
export function requirementsText(before: string | undefined, tasks: object): string | undefined {
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(tasks));
  const wanted = [...textsOf(fields.get("Required packages")), ...textsOf(fields.get("Required Python packages"))];
  const lines = (before ?? "").split("\n").filter((line) => line.trim() !== "");
  const added = wanted.map((name) => name.trim()).filter((name) => name !== "" && !lines.includes(name));
  if (added.length === 0) return before;
  return [...lines, ...new Set(added)].join("\n");
}
