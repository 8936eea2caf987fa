/** Which kind of document a file is: by its folder or name first, by its keys where these leave it open. */
import type { Dialect, DocumentKind } from "../../../protocol/index.ts";

/** What a place in the project says about a file before it is opened. */
export interface DocumentPlace {
  readonly kind: DocumentKind;
  readonly dialect: Dialect;
  readonly format: "json" | "text";
  /** The name alone does not tell: its keys or headings must, or the file is no document. */
  readonly unsure?: true;
}

/** Folders of JSON documents, those of versions up to 0.6 included. */
export const JSON_FOLDERS: ReadonlyMap<string, DocumentKind> = new Map<string, DocumentKind>([
  ["docs/prd", "prd"],
  ["docs/prds", "prd"],
  ["docs/system_design", "system_design"],
  ["docs/system_designs", "system_design"],
  ["docs/task", "task"],
  ["docs/tasks", "task"],
  ["docs/code_plan_and_change", "code_plan_and_change"],
  ["docs/code_plan_and_changes", "code_plan_and_change"],
  ["docs/code_summary", "code_summary"],
  ["docs/code_summaries", "code_summary"],
  ["docs/ui_design", "ui_design"],
  ["test_outputs", "test_output"],
]);

const TEXT_FILES: ReadonlyMap<string, DocumentKind> = new Map<string, DocumentKind>([
  ["docs/requirement.txt", "requirement"],
  ["docs/bugfix.txt", "requirement"],
  ["requirements.txt", "requirements_txt"],
]);

export const TEAM_FILES = [
  "team.json",
  "team/team.json",
  "storage/team/team.json",
  "workspace/storage/team/team.json",
] as const;

const MARKDOWN_OF: Partial<Record<DocumentKind, DocumentKind>> = {
  prd: "prd_markdown",
  system_design: "system_design_markdown",
  task: "task_markdown",
};

const STEMS: readonly (readonly [RegExp, DocumentKind])[] = [
  [/(^|[-_. ])prds?([-_. ]|$)|product[-_ ]requirements?/i, "prd"],
  [/system[-_ ]?designs?/i, "system_design"],
  [
    /(^|[-_. ])(project[-_ ]?)?schedule$|api[-_ ]spec[-_ ]and[-_ ]tasks?|(^|_)tasks?([-_ ](list|breakdown|plan))?$/i,
    "task",
  ],
  [/code[-_ ]plan[-_ ]and[-_ ]change/i, "code_plan_and_change"],
  [/code[-_ ]summar(y|ies)/i, "code_summary"],
  [/^test_.*\.py$/i, "test_output"],
];

const DIAGRAM = /-(class-diagram|sequence-diagram|competitive-analysis)$/;

/** Undefined: no document. `path` from the project's folder. */
export function placeOf(path: string): DocumentPlace | undefined {
  const slash = path.lastIndexOf("/");
  const [folder, name] = [slash < 0 ? "" : path.slice(0, slash), path.slice(slash + 1)];
  if (path === ".dependencies.json") return { kind: "dependencies", dialect: "classic", format: "json" };
  if (TEAM_FILES.some((known) => known === path)) return { kind: "team", dialect: "classic", format: "json" };
  const text = TEXT_FILES.get(path);
  if (text !== undefined) return { kind: text, dialect: "classic", format: "text" };
  if (path.startsWith("resources/")) return resourceOf(name);
  const known = knownFolder(folder);
  if (known !== undefined) return inKnownFolder(known, name);
  return isLoosePlace(folder) ? looseOf(name, folder === "") : undefined;
}

function resourceOf(name: string): DocumentPlace | undefined {
  if (/\.md$/i.test(name)) return { kind: "markdown_copy", dialect: "classic", format: "text" };
  return isMermaid(name) ? { kind: "mermaid", dialect: "classic", format: "text" } : undefined;
}

function knownFolder(folder: string): DocumentKind | undefined {
  for (const [known, kind] of JSON_FOLDERS) if (folder === known || folder.startsWith(`${known}/`)) return kind;
  return undefined;
}

function inKnownFolder(kind: DocumentKind, name: string): DocumentPlace | undefined {
  if (/\.json$/i.test(name)) return { kind, dialect: "classic", format: "json" };
  if (isMermaid(name)) return { kind: "mermaid", dialect: "mgx", format: "text" };
  const markdown = MARKDOWN_OF[kind];
  if (markdown === undefined || !/\.md$/i.test(name)) return undefined;
  return { kind: markdown, dialect: "mgx", format: "text" };
}

/** Where MGX's roles write what they write with an editor. */
function isLoosePlace(folder: string): boolean {
  return folder === "" || folder === "docs" || folder === "docs/design" || folder === "docs/diagrams";
}

function looseOf(name: string, isTop: boolean): DocumentPlace | undefined {
  if (isMermaid(name)) return { kind: "mermaid", dialect: "mgx", format: "text" };
  const [, stem = "", ending = ""] = /^(.*)\.(md|json)$/i.exec(name) ?? [];
  if (ending === "") return undefined;
  const kind = STEMS.find(([pattern]) => pattern.test(stem))?.[1];
  const isJson = ending.toLowerCase() === "json";
  const known = kind === undefined || isJson ? kind : MARKDOWN_OF[kind];
  const format = isJson ? ("json" as const) : ("text" as const);
  if (known !== undefined) return { kind: known, dialect: "mgx", format, ...(isTop && isJson ? { unsure: true } : {}) };
  // At the top of a project stand many files that are no documents.
  return isTop ? undefined : { kind: isJson ? "prd" : "prd_markdown", dialect: "mgx", format, unsure: true };
}

/** MGX's editor writes diagrams without an ending, too: `system_design.mermaid-class-diagram`. */
function isMermaid(name: string): boolean {
  return /\.(mmd|mermaid)$/i.test(name) || DIAGRAM.test(name);
}

type JsonFamily = "prd" | "system_design" | "task" | "code_plan_and_change" | "code_summary" | "test_output";

/** Keys that only this kind has. */
const KEYS: Readonly<Record<JsonFamily, readonly string[]>> = {
  prd: ["Original Requirements", "Product Goals", "User Stories", "Requirement Pool", "Competitive Analysis"],
  system_design: ["Implementation approach", "File list", "Data structures and interfaces", "Program call flow"],
  task: ["Required packages", "Required Python packages", "Logic Analysis", "Task list", "Full API spec"],
  code_plan_and_change: ["Development Plan", "Incremental Change"],
  code_summary: ["design_filename", "task_filename", "codes_filenames"],
  test_output: ["summary", "stdout", "stderr"],
};

/** "Refined Implementation Approach" is written with another capital than "Implementation approach". */
const REFINED: Readonly<Partial<Record<DocumentKind, { readonly kind: DocumentKind; readonly keys: RegExp }>>> = {
  prd: {
    kind: "refined_prd",
    keys: /^Refined (Requirements|Product Goals|User Stories|Requirement Analysis|Requirement Pool)$/,
  },
  system_design: {
    kind: "refined_system_design",
    keys: /^Refined (Implementation Approach|File list|Data structures and interfaces|Program call flow)$/i,
  },
  task: { kind: "refined_task", keys: /^Refined (Logic Analysis|Task list|Shared Knowledge)$/ },
};

/** The kind of a JSON document by the keys that it has; `undefined` where the place is unsure and the keys do not tell. */
export function kindByKeys(place: DocumentPlace, keys: readonly string[]): DocumentKind | undefined {
  const family = place.unsure === true ? familyOf(keys) : place.kind;
  if (family === undefined) return undefined;
  const refined = REFINED[family];
  return refined !== undefined && keys.some((key) => refined.keys.test(key)) ? refined.kind : family;
}

function familyOf(keys: readonly string[]): JsonFamily | undefined {
  const plain = new Set(keys.map((key) => key.replace(/^Refined /, "").toLowerCase()));
  const scored = (["prd", "system_design", "task", "code_plan_and_change", "code_summary", "test_output"] as const).map(
    (family) => ({ family, score: KEYS[family].filter((key) => plain.has(key.toLowerCase())).length }),
  );
  const [best] = scored.sort((one, other) => other.score - one.score);
  return best !== undefined && best.score >= 2 ? best.family : undefined;
}

/** The kind of a JSON document that cannot be parsed, by what stands in it. */
export function kindOfBroken(place: DocumentPlace, text: string): DocumentKind | undefined {
  const keys = [...text.slice(0, 100_000).matchAll(/"((?:Refined )?[A-Za-z_][A-Za-z_ ]{2,50})"\s*:/g)];
  return kindByKeys(
    place,
    keys.map(([, key = ""]) => key),
  );
}

/** The kind of a Markdown document whose name does not tell: by its headings. */
export function kindByHeadings(place: DocumentPlace, text: string): DocumentKind | undefined {
  if (place.unsure !== true) return place.kind;
  const headings = [...text.slice(0, 200_000).matchAll(/^#{1,6}[ \t]+(?:[\d.]+[ \t]+)?(.{2,80}?)[ \t]*$/gm)];
  const family = familyOf(headings.map(([, heading = ""]) => heading.replace(/[:*]/g, "")));
  return family === undefined ? undefined : MARKDOWN_OF[family];
}
