/**
 * What of a workspace would configure Nexus, or decides what is run through it. Trust is bound to a hash of exactly this:
 * code and tests change with every commit and are what one trusts a folder for; these say what is done with them.
 */
import { join } from "node:path";
import { hashOf, listFolder, readLink, realPath } from "../host/files.ts";
import { type FileStamp, lookAt, readFileOnce } from "../host/source-files.ts";
import { canonicalJson } from "./approvals.ts";

interface Place {
  /** A file, or with `below` a folder, from the workspace's root. */
  readonly path: string;
  readonly below?: boolean;
  /** Only what these keys of its JSON hold. */
  readonly keys?: readonly string[];
  readonly why: string;
}

const RULES = "says how agents work here";
const MAKES = "says what build commands run";
const PACKAGE = { keys: ["scripts", "workspaces", "packageManager"], why: "says what its scripts run" } as const;

export const EXECUTABLE_CONFIGURATION: readonly Place[] = [
  { path: ".nexus", below: true, why: "configures Nexus: tools, rules, policy, servers" },
  { path: ".mcp.json", why: "names servers that would be started" },
  { path: ".vscode/mcp.json", why: "names servers that would be started" },
  { path: ".vscode/tasks.json", why: "names commands for the editor to run" },
  ...["AGENTS.md", "CLAUDE.md", "GEMINI.md", "CONVENTIONS.md", ".cursorrules", ".windsurfrules"].map((path) => ({
    path,
    why: RULES,
  })),
  { path: ".github/copilot-instructions.md", why: RULES },
  ...[".claude", ".cursor/rules", ".clinerules", ".github/instructions"].map((path) => ({
    path,
    below: true,
    why: RULES,
  })),
  { path: "package.json", ...PACKAGE },
  ...[".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", "bunfig.toml"].map((path) => ({
    path,
    why: "configures the package manager, which runs the scripts",
  })),
  ...["Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Taskfile.yml", "Taskfile.yaml"].map((path) => ({
    path,
    why: MAKES,
  })),
  ...["pytest.ini", "tox.ini", ".cargo/config.toml", ".cargo/config", "gradle.properties", ".envrc"].map((path) => ({
    path,
    why: "configures the test runner or the shell",
  })),
  { path: ".mvn", below: true, why: "configures the test runner or the shell" },
];

export interface ConfigurationFile {
  readonly path: string;
  readonly why: string;
  readonly hash: string;
}

export interface Configuration {
  readonly hash: string;
  readonly files: readonly ConfigurationFile[];
  /** Why it could not be read as a whole, so that nothing can be bound to it; undefined when it could. */
  readonly problem?: string;
}

const MAX_FILES = 1000;
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 8;
const MAX_PACKAGES = 300;

/** Links are named, never followed. Rejects where the folder itself cannot be found. */
export async function readConfiguration(workspace: string): Promise<Configuration> {
  const root = await realPath(workspace);
  const found = new Map<string, ConfigurationFile>();
  const reader: Reader = { root, found, full: false };
  for (const place of [...EXECUTABLE_CONFIGURATION, ...(await packagesOf(root))]) {
    if (place.below === true) await readBelow(reader, place.path, place.why, MAX_DEPTH);
    else await readOne(reader, place.path, place);
  }
  const files = [...found.values()].sort((first, second) => (first.path < second.path ? -1 : 1));
  const hash = hashOf(canonicalJson(files.map((file) => [file.path, file.hash])));
  return reader.full ? { hash, files, problem: `it has more than ${MAX_FILES} files` } : { hash, files };
}

/** New, different and gone paths; all of `files` when nothing was known. */
export function changedFiles(known: Readonly<Record<string, string>>, files: readonly ConfigurationFile[]): string[] {
  const present = new Map(files.map((file) => [file.path, file.hash]));
  const gone = Object.keys(known).filter((path) => !present.has(path));
  return [...files.filter((file) => known[file.path] !== file.hash).map((file) => file.path), ...gone].sort();
}

interface Reader {
  readonly root: string;
  readonly found: Map<string, ConfigurationFile>;
  full: boolean;
}

async function readOne(reader: Reader, path: string, { why, keys }: Pick<Place, "why" | "keys">): Promise<void> {
  const hash = await hashAt(join(reader.root, path), keys);
  if (hash === undefined || reader.found.has(path)) return;
  if (reader.found.size >= MAX_FILES) reader.full = true;
  else reader.found.set(path, { path, why, hash });
}

async function readBelow(reader: Reader, folder: string, why: string, depth: number): Promise<void> {
  if (lookAt(join(reader.root, folder)).kind !== "folder") return readOne(reader, folder, { why });
  // Deeper than anything that Nexus reads: what may be there cannot be bound.
  if (depth === 0) reader.full = true;
  for (const entry of await listFolder(join(reader.root, folder))) {
    if (reader.full) return;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) await readBelow(reader, path, why, depth - 1);
    else await readOne(reader, path, { why });
  }
}

/** Undefined where nothing is. What cannot be read has a hash too: of what can be told of it from outside. */
async function hashAt(path: string, keys: readonly string[] | undefined): Promise<string | undefined> {
  const look = lookAt(path);
  if (look.kind === "missing") return undefined;
  if (look.kind === "link") return hashOf(`link ${await readLink(path)}`);
  const reading = readFileOnce(path, MAX_FILE_BYTES);
  if (!reading.ok) return hashOf(`${reading.reason} ${stampText(look.stamp)}`);
  return hashOf(keys === undefined ? reading.bytes : partsOf(reading.bytes, keys));
}

function stampText(stamp: FileStamp | undefined): string {
  return stamp === undefined ? "" : `${stamp.bytes} ${stamp.mtimeMs} ${stamp.ctimeMs} ${stamp.ino}`;
}

/** The named parts of a JSON object; the whole text when it is none. */
function partsOf(bytes: Buffer, keys: readonly string[]): string | Buffer {
  const value = objectOf(bytes.toString("utf8"));
  return value === undefined ? bytes : canonicalJson(keys.map((key) => value[key] ?? null));
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The manifests of a repository of several packages: `packages/*` and plain names, one star, at the end. */
async function packagesOf(root: string): Promise<Place[]> {
  const reading = readFileOnce(join(root, "package.json"), MAX_FILE_BYTES);
  const workspaces = reading.ok ? objectOf(reading.bytes.toString("utf8"))?.["workspaces"] : undefined;
  const patterns = patternsOf(workspaces).filter((pattern) => /^[\w@-][\w@./-]*(?:\/\*\*?)?$/.test(pattern));
  const places: Place[] = [];
  for (const pattern of patterns.filter((each) => !each.split("/").includes(".."))) {
    const folder = pattern.replace(/\/\*\*?$/, "");
    const names = pattern === folder ? [folder] : await foldersIn(root, folder);
    places.push(...names.map((name) => ({ path: `${name}/package.json`, ...PACKAGE })));
  }
  return places.slice(0, MAX_PACKAGES);
}

async function foldersIn(root: string, folder: string): Promise<string[]> {
  if (lookAt(join(root, folder)).kind !== "folder") return [];
  const entries = await listFolder(join(root, folder));
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${folder}/${entry.name}`);
}

function patternsOf(workspaces: unknown): string[] {
  const list =
    typeof workspaces === "object" && workspaces !== null && "packages" in workspaces
      ? workspaces.packages
      : workspaces;
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}
