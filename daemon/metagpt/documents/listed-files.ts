/** The files that a document names, and whether they are of the project. */
import type { DocumentKind } from "../../../protocol/index.ts";

/** Where in each kind's keys paths stand. `pairs`: the first of each pair. */
const PATHS: Partial<Record<DocumentKind, { readonly lists?: readonly string[]; readonly pairs?: string }>> = {
  system_design: { lists: ["File list"] },
  refined_system_design: { lists: ["Refined File list", "File list"] },
  task: { lists: ["Task list"], pairs: "Logic Analysis" },
  refined_task: { lists: ["Refined Task list", "Task list"], pairs: "Refined Logic Analysis" },
  code_summary: { lists: ["design_filename", "task_filename", "codes_filenames"] },
};

/** In the order in which they stand, each once; wrong types are passed over. */
export function pathsOf(kind: DocumentKind, content: unknown): string[] {
  if (!isRecord(content)) return [];
  if (kind === "dependencies")
    return unique(Object.entries(content).flatMap(([path, sources]) => [path, ...textsOf(sources)]));
  if (kind === "ui_design") return unique(componentFiles(content));
  const { lists = [], pairs } = PATHS[kind] ?? {};
  const listed = lists.flatMap((key) => textsOf(content[key]));
  return unique([...listed, ...(pairs === undefined ? [] : firstsOf(content[pairs]))]);
}

function componentFiles(content: Readonly<Record<string, unknown>>): string[] {
  const components = content["Components"];
  if (!Array.isArray(components)) return [];
  return components.flatMap((component: unknown) =>
    isRecord(component) ? [component["file"], component["stories"], component["test"]].flatMap(textsOf) : [],
  );
}

/** The texts of a list, or a text by itself. */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is string => typeof item === "string");
}

/** [file, description] pairs; what is none is passed over. */
export function pairsOf(value: unknown): [string, string][] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair: unknown): [string, string][] => {
    const [first, second] = textsOf(pair);
    return Array.isArray(pair) && first !== undefined ? [[first, second ?? ""]] : [];
  });
}

function firstsOf(value: unknown): string[] {
  return pairsOf(value).map(([first]) => first);
}

/** Judged on the letters: an absolute path of either kind of system, or a way up that goes above the project. */
export function leavesProject(path: string): boolean {
  if (/^([\\/~]|[A-Za-z]:|file:)/.test(path) || path.includes("\0")) return true;
  let depth = 0;
  for (const part of path.split(/[\\/]/)) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
