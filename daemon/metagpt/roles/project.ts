/** The project that a run designs: its documents in the run's copy, by kind. */
import { listFolder } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { fileHash } from "../../tools/files/text-file.ts";
import { textsOf } from "../documents/listed-files.ts";
import { folderFiles } from "../documents/project-files.ts";
import { pathOfSubject } from "./kinds.ts";

export interface Project {
  /** Absolute path of the copy. */
  readonly root: string;
  readonly stem: string;
  /** It refines what is there. */
  readonly incremental: boolean;
  /** The text of a file; undefined: there is none that can be read. */
  read(path: string): Promise<string | undefined>;
}

export interface ProjectPlace {
  readonly root: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Of a run. */
export interface DocumentsPlace extends ProjectPlace {
  /** Paths of the run's documents that were made from another version of a document than there is now. */
  stale(): Promise<readonly string[]>;
}

const LARGEST = 4 * 1024 * 1024;
const STEM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

/** A workflow that names no stem goes on with the project's latest documents. */
export async function projectAt({ root, inputs }: ProjectPlace): Promise<Project> {
  const files = folderFiles(root, "");
  const { stem, incremental } = inputs;
  const isNamed = typeof stem === "string" && STEM.test(stem);
  return {
    root,
    stem: isNamed ? stem : ((await latestStem(root)) ?? "design"),
    incremental: incremental === true,
    async read(path) {
      const reading = await files.read(path, LARGEST);
      return reading.ok ? new TextDecoder().decode(reading.bytes) : undefined;
    },
  };
}

/** Of the last PRD by name, which is the time at which it was begun; undefined: there is none. */
export async function latestStem(root: string): Promise<string | undefined> {
  const folder = await resolveInside(root, "docs/prd");
  if (!folder.ok) return undefined;
  const entries = await listFolder(folder.value.absolute).catch(() => []);
  const stems = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map(({ name }) => name.slice(0, -5));
  return stems
    .filter((stem) => STEM.test(stem))
    .sort()
    .at(-1);
}

/** A document as JSON; undefined: there is none, or it cannot be parsed. */
export async function documentOf(
  project: Project,
  subject: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const path = pathOfSubject(subject, project.stem);
  const text = path === undefined ? undefined : await project.read(path);
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What each file was made from, as `.dependencies.json` says it. */
export async function dependenciesOf(project: Project): Promise<ReadonlyMap<string, readonly string[]>> {
  try {
    const value: unknown = JSON.parse((await project.read(".dependencies.json")) ?? "{}");
    return new Map(isRecord(value) ? Object.entries(value).map(([path, made]) => [path, textsOf(made)]) : []);
  } catch {
    return new Map();
  }
}

/** SHA-256 of a file in the project; undefined: there is none. */
export async function hashIn({ root }: Pick<Project, "root">, path: string): Promise<string | undefined> {
  const at = await resolveInside(root, path);
  if (!at.ok) return undefined;
  return (await fileHash(at.value.absolute).catch(() => null)) ?? undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
