/** All documents of a MetaGPT project, of both dialects. What is broken is listed with its problem; the rest still loads. */
import type { Dialect, ProjectDocument, ProjectReading } from "../../../protocol/index.ts";
import { breathe } from "../../host/source-files.ts";
import { type DocumentPlace, JSON_FOLDERS, placeOf, TEAM_FILES } from "./kinds.ts";
import type { ProjectEntry, ProjectFiles } from "./project-files.ts";
import { type ReadDocument, readDocument } from "./read-document.ts";

const MOST_DOCUMENTS = 2000;
/** Text of all documents together, in characters; those after are listed and not held. */
const MOST_TEXT = 64 * 1024 * 1024;
/** Documents read before others who wait have a turn. */
const BEFORE_BREATH = 25;
const DEEPEST_FOLDER = 6;
/** Folders looked into below one of those that hold documents. */
const MOST_FOLDERS = 2000;
/** Names looked at in one folder. */
const MOST_NAMES = 5000;
/** Folders of a workspace that are looked into for the project, where it is not the given folder itself. */
const MOST_PROJECTS = 50;

/** What a project was read as, with what is needed to change it. */
export interface FullReading {
  readonly project: string;
  /** By path. */
  readonly documents: readonly ReadDocument[];
}

/** Never rejects because of what the project holds. */
export async function readProject(files: ProjectFiles): Promise<FullReading> {
  const roots = await findRoots(files);
  const found = await findDocuments(files, roots);
  const documents: ReadDocument[] = [];
  let characters = 0;
  for (const [index, { path, place }] of found.entries()) {
    if (documents.length >= MOST_DOCUMENTS) break;
    if (index % BEFORE_BREATH === BEFORE_BREATH - 1) await breathe();
    const document = await readDocument(files, path, place);
    if (document === undefined) continue;
    characters += document.text?.length ?? 0;
    documents.push(characters > MOST_TEXT ? withoutContent(document) : document);
  }
  const last = documents.at(-1);
  if (found.length > MOST_DOCUMENTS && last !== undefined)
    documents[documents.length - 1] = withProblem(last, `Only the first ${MOST_DOCUMENTS} documents were read.`);
  // The only project of a workspace is what is meant.
  const folder = roots.length === 2 ? (roots[1]?.split("/").at(-1) ?? files.name) : files.name;
  return { project: projectName(documents, folder), documents: withDialects(documents) };
}

/** What `nexus metagpt read --json` prints. */
export function shownReading({ project, documents }: FullReading): ProjectReading {
  return { project, documents: documents.map(shownDocument) };
}

function shownDocument({ path, kind, dialect, content, problems }: ReadDocument): ProjectDocument {
  return { path, kind, dialect, content, problems };
}

interface Found {
  readonly path: string;
  readonly place: DocumentPlace;
}

async function findDocuments(files: ProjectFiles, roots: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const root of roots) await findIn(files, root, found);
  return found.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}

/** The folder itself, and where it is no project: MetaGPT's workspace holds a folder for each, with MGX's PRD beside them. */
async function findRoots(files: ProjectFiles): Promise<string[]> {
  const roots = [""];
  const open = [""];
  for (let folder = open.shift(); folder !== undefined && roots.length <= MOST_PROJECTS; folder = open.shift()) {
    const entries = await entriesOf(files, folder);
    const isProject = entries.some(({ name, kind }) => name === "docs" && kind !== "file");
    if (isProject && folder !== "") roots.push(folder);
    if (isProject || (folder !== "" && folder !== "workspace")) continue;
    for (const { name, kind } of entries) if (kind === "folder" && !isNoProject(name)) open.push(within(folder, name));
  }
  return roots;
}

function isNoProject(name: string): boolean {
  return name.startsWith(".") || name === "node_modules" || name === "resources" || name === "test_outputs";
}

const WALKED = ["docs", "resources", "test_outputs"] as const;

async function findIn(files: ProjectFiles, root: string, found: Found[]): Promise<void> {
  const add = (path: string) => addFound(root, path, found);
  for (const entry of await entriesOf(files, root)) {
    if (entry.kind !== "folder") add(entry.name);
    if (entry.kind === "link" && WALKED.some((name) => name === entry.name)) add(`${entry.name}/`);
  }
  for (const path of TEAM_FILES) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (folder === "") continue;
    const entry = (await entriesOf(files, within(root, folder))).find(({ name }) => name === "team.json");
    if (entry !== undefined && entry.kind !== "folder") add(path);
  }
  for (const name of WALKED) await walk(files, { root, folder: name }, add);
}

async function walk(
  files: ProjectFiles,
  { root, folder }: { readonly root: string; readonly folder: string },
  add: (path: string) => void,
): Promise<void> {
  const open = [folder];
  for (let looked = 0; looked < MOST_FOLDERS && open.length > 0; looked++) {
    const inside = open.shift() ?? folder;
    for (const { name, kind } of await entriesOf(files, within(root, inside))) {
      const path = `${inside}/${name}`;
      if (kind !== "folder") add(path);
      else if (path.split("/").length <= DEEPEST_FOLDER) open.push(path);
      if (kind === "link") add(`${path}/`);
    }
  }
}

/** `path` with a slash at its end: a link where a folder of documents should be. */
function addFound(root: string, path: string, found: Found[]): void {
  const place = path.endsWith("/") ? folderPlace(path.slice(0, -1)) : placeOf(path);
  // A link to nothing and a pipe are read, so that the reading says what they are.
  if (place !== undefined && found.length <= MOST_DOCUMENTS)
    found.push({ path: within(root, path.replace(/\/$/, "")), place });
}

/** A link in place of a folder that holds documents: it is listed as what it would hold. */
function folderPlace(path: string): DocumentPlace | undefined {
  const kind = path === "docs" ? "prd" : path === "resources" ? "markdown_copy" : JSON_FOLDERS.get(path);
  return kind === undefined ? undefined : { kind, dialect: "classic", format: "text" };
}

function within(root: string, path: string): string {
  return root === "" ? path : path === "" ? root : `${root}/${path}`;
}

async function entriesOf(files: ProjectFiles, folder: string): Promise<readonly ProjectEntry[]> {
  const entries = [...(await files.list(folder))];
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1)).slice(0, MOST_NAMES);
}

/** The latest PRD's own word, cut to what a name is; else the folder's name. */
function projectName(documents: readonly ReadDocument[], fallback: string): string {
  const named = documents
    .filter(({ kind }) => kind === "prd" || kind === "refined_prd")
    .flatMap(({ content, path }) => {
      const name = typeof content === "object" && content !== null ? Reflect.get(content, "Project Name") : undefined;
      return typeof name === "string" && name.trim() !== "" ? [{ name: name.trim(), stem: stemOf(path) }] : [];
    })
    .sort((one, other) => (one.stem < other.stem ? 1 : one.stem > other.stem ? -1 : 0));
  return (named[0]?.name ?? fallback).replace(/\s+/g, " ").slice(0, 200);
}

export function stemOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
}

/** A team says by its environment which dialect it is of; what both have follows the project's other documents. */
function withDialects(documents: readonly ReadDocument[]): ReadDocument[] {
  const others = documents.filter(({ kind }) => kind !== "team" && kind !== "requirements_txt");
  const isMgx = others.length > 0 && others.every(({ dialect }) => dialect === "mgx");
  return documents.map((document): ReadDocument => {
    if (document.kind === "team") return { ...document, dialect: teamDialect(document.content, isMgx) };
    return document.kind === "requirements_txt" && isMgx ? { ...document, dialect: "mgx" } : document;
  });
}

function teamDialect(content: unknown, isMgx: boolean): Dialect {
  if (typeof content !== "object" || content === null) return isMgx ? "mgx" : "classic";
  const env: unknown = Reflect.get(content, "env");
  const environment: unknown = typeof env === "object" && env !== null ? Reflect.get(env, "__module_class_name") : "";
  if (typeof environment === "string" && environment !== "") return /mgx/i.test(environment) ? "mgx" : "classic";
  return Reflect.get(content, "use_mgx") === true ? "mgx" : "classic";
}

function withoutContent(document: ReadDocument): ReadDocument {
  return withProblem(
    { ...document, content: null, text: null },
    "The documents together are too large to hold this one.",
  );
}

function withProblem(document: ReadDocument, message: string): ReadDocument {
  return { ...document, problems: [...document.problems, { code: "too_large", message }] };
}
