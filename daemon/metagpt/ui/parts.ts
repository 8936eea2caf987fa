/**
 * What a design consists of, each part with a hash and with the parts that it was made from: requirements and stories, elements,
 * components, files, tests, and the documents themselves. Pure. Traces and staleness are read off it.
 */
import * as z from "zod/mini";
import { DocumentDependencies, ProjectTasks, RefinedTasks, UiDesign } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import { isRecord } from "./token-tree.ts";

export interface DesignPart {
  /** R1 · S1 · home.title · PriceTag · tokens · src/PriceTag.tsx · docs/prd/1.json · entry src/PriceTag.tsx */
  readonly id: string;
  /** `entry`: what the task list says of a file. */
  readonly kind: "requirement" | "story" | "element" | "component" | "tokens" | "file" | "test" | "document" | "entry";
  readonly text: string;
  /** Of its content; "": it is not there. */
  readonly hash: string;
  readonly from: readonly string[];
}

/** As a reading of the project gives them; of other stems too. */
export interface DesignDocuments {
  readonly documents: readonly { readonly path: string; readonly kind: string; readonly content: unknown }[];
  /** SHA-256 by path, from the project's folder, with `/`. */
  readonly files: ReadonlyMap<string, string>;
}

/** Parts of the documents with this stem, requirements first. What does not parse has none. */
export function partsOf(stem: string, { documents, files }: DesignDocuments): DesignPart[] {
  const own = documents.filter(({ path }) => stemOf(path) === stem);
  const design = own.map(({ kind, content }) => (kind === "ui_design" ? UiDesign.safeParse(content).data : undefined));
  const dependencies = documents.map(({ kind, content }) =>
    kind === "dependencies" ? DocumentDependencies.safeParse(content).data : undefined,
  );
  const parts = [
    ...own.flatMap(({ kind, content }) => (/^(refined_)?prd$/.test(kind) ? wishes(content) : [])),
    ...design.flatMap((one) => (one === undefined ? [] : designParts(one, files))),
    ...own.flatMap(({ kind, content }) => (/^(refined_)?task$/.test(kind) ? entries(content, files) : [])),
    ...documentParts(
      own,
      dependencies.find((one) => one !== undefined),
    ),
  ];
  return merged(parts);
}

function stemOf(path: string): string {
  return /([^/]+?)\.[a-z]+$/i.exec(path)?.[1] ?? path;
}

function part(
  kind: DesignPart["kind"],
  id: string,
  text: string,
  content: unknown,
  from: readonly string[] = [],
): DesignPart {
  return { id, kind, text, hash: contentHash(content), from };
}

function wishes(content: unknown): DesignPart[] {
  if (!isRecord(content)) return [];
  const listOf = (key: string) => z.array(z.unknown()).safeParse(content[key] ?? content[`Refined ${key}`]).data ?? [];
  const textOf = (entry: unknown) => (Array.isArray(entry) ? entry.map(String).join(": ") : String(entry));
  return [
    ...listOf("Requirement Pool").map((entry, index) => part("requirement", `R${index + 1}`, textOf(entry), entry)),
    ...listOf("User Stories").map((entry, index) => part("story", `S${index + 1}`, textOf(entry), entry)),
  ];
}

function designParts(design: UiDesign, files: ReadonlyMap<string, string>): DesignPart[] {
  const elements = design.Screens.flatMap(({ route, elements }) =>
    elements.map((element) =>
      part("element", element.id, `${element.role}: ${element.label}`, { ...element, route }, element.traces),
    ),
  );
  const components = design.Components.flatMap((component) => {
    const { name, purpose, elements: drawn, file, stories, test } = component;
    return [
      part("component", name, purpose, component, drawn),
      filePart("file", file, [name], files),
      filePart("file", stories, [name], files),
      ...(test === undefined ? [] : [filePart("test", test, [name], files)]),
    ];
  });
  const sheets = [...files.keys()].filter((path) => /(^|\/)tokens\.(css|scss|ts|js)$/.test(path));
  const tokens = part("tokens", "tokens", "Design Tokens", design["Design Tokens"]);
  return [...elements, tokens, ...components, ...sheets.map((path) => filePart("file", path, ["tokens"], files))];
}

function filePart(
  kind: "file" | "test",
  path: string,
  from: readonly string[],
  files: ReadonlyMap<string, string>,
): DesignPart {
  return { id: path, kind, text: path, hash: files.get(path) ?? "", from };
}

/** What the task list says of each of its files. */
function entries(content: unknown, files: ReadonlyMap<string, string>): DesignPart[] {
  const now = ProjectTasks.safeParse(content).data;
  const refined = RefinedTasks.safeParse(content).data;
  const list = now?.["Task list"] ?? refined?.["Refined Task list"] ?? [];
  const logic = now?.["Logic Analysis"] ?? refined?.["Refined Logic Analysis"] ?? [];
  return list.flatMap((path) => {
    const told = logic.find(([file]) => file === path)?.[1] ?? "";
    const id = `entry ${path}`;
    return [part("entry", id, told, told), filePart("file", path, [id], files)];
  });
}

const DERIVED = /^(refined_)?(prd|system_design|task)$|^ui_design$|^code_plan_and_change$/;

function documentParts(
  documents: DesignDocuments["documents"],
  dependencies: DocumentDependencies | undefined,
): DesignPart[] {
  return documents
    .filter(({ kind, content }) => DERIVED.test(kind) && content !== null)
    .map(({ path, content }) => part("document", path, path, content, dependencies?.[path] ?? []));
}

/** A file may be there for a component and for the task list: it is one part, made from both. */
function merged(parts: readonly DesignPart[]): DesignPart[] {
  const byId = new Map<string, DesignPart>();
  for (const one of parts) {
    const other = byId.get(one.id);
    byId.set(one.id, other === undefined ? one : { ...other, from: [...new Set([...other.from, ...one.from])] });
  }
  return [...byId.values()];
}

/** The same for the same content, however its keys are ordered. */
function contentHash(content: unknown): string {
  return hashOf(
    JSON.stringify(content, (_, value: unknown) =>
      isRecord(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
        : value,
    ) ?? "",
  );
}
