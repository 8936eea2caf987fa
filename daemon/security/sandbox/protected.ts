/**
 * The protected files of a copy, read-only while a command runs: those that are there, and those that are not there yet.
 * Where one is missing something must stand that can be covered, and git must not see it: a folder that is empty, or a
 * named pipe, which git ignores. Both are told from anything a user has, so that a later command clears what a kill left.
 */
import { dirname, join } from "node:path";
import { listFolder, lstat, makeFolder, removeEmptyFolder, removeFile } from "../../host/files.ts";
import { makePipes } from "../../host/scratch.ts";
import { isGitPath, isProtectedPath } from "../paths/path-classes.ts";

/**
 * In the root of a copy: the names of path-classes.ts, in the letters that programs look for, without those that are
 * obeyed in a home folder only.
 */
export const MISSING_FOLDERS = words(
  ".git .vscode .idea .devcontainer .zed .fleet .vs .cursor .claude .gemini .codex .windsurf .aider .continue .clinerules",
  ".roo .nexus .husky .githooks .circleci .buildkite .github/workflows .github/actions .github/hooks .yarn/plugins",
  ".yarn/releases",
);

export const MISSING_FILES = words(
  ".mcp.json .envrc .npmrc .pnpmfile.cjs .gitmodules .nexusignore .tool-versions .yarnrc",
  ".yarnrc.yml AGENTS.md AGENTS.override.md CLAUDE.md CLAUDE.local.md GEMINI.md .cursorrules .windsurfrules .roorules",
  ".vimrc .exrc .nvimrc .dir-locals.el .gdbinit .lldbinit",
  ".gitlab-ci.yml .travis.yml azure-pipelines.yml Jenkinsfile .pre-commit-config.yaml lefthook.yml .lefthook.yml",
);

export interface ProtectedPlaces {
  /** Absolute; each is there. */
  readonly existing: readonly string[];
  readonly missingFolders: readonly string[];
  readonly missingFiles: readonly string[];
  /** Folders around a place, which must not be moved away with it. */
  readonly around: readonly string[];
  /** Takes away what stood in for what is missing, when no other command needs it. */
  dispose(): Promise<void>;
}

/** How many running commands need what stands in for a missing file; by absolute path. */
const inUse = new Map<string, number>();
/** Two commands of one copy must not make or remove at the same time. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
  const result = turn.then(act, act);
  turn = result.catch(() => undefined);
  return result;
}

/** Looks at the root of the copy and makes what stands in for missing names. Rejects when that cannot be done. */
export function protectPlaces(root: string): Promise<ProtectedPlaces> {
  return inTurn(async () => {
    const folders = await sort(root, MISSING_FOLDERS, "folder");
    const files = await sort(root, MISSING_FILES, "file");
    const around = [...new Set(folders.all.map((path) => dirname(path)).filter((path) => path !== root))];
    const standIns = [...folders.missing, ...files.missing];
    for (const path of standIns) inUse.set(path, (inUse.get(path) ?? 0) + 1);
    const dispose = () => inTurn(() => release(root, standIns));
    try {
      await Promise.all(folders.missing.map((path) => makeFolder(path)));
      await makePipes(files.absent);
    } catch (error) {
      await release(root, standIns);
      throw error;
    }
    const nested = await protectedBelow(root);
    const existing = [...new Set([...folders.existing, ...files.existing, ...nested])];
    return { existing, missingFolders: folders.missing, missingFiles: files.missing, around, dispose };
  });
}

/** Removes what a killed daemon left in a copy; what a running command needs stays. */
export function removeStandIns(root: string): Promise<void> {
  return inTurn(async () => {
    const files = await sort(root, MISSING_FILES, "file");
    const folders = await sort(root, MISSING_FOLDERS, "folder");
    const unused = [...files.missing, ...folders.missing].filter((path) => !inUse.has(path));
    await Promise.all(unused.map((path) => removeStandIn(root, path)));
  });
}

async function release(root: string, paths: readonly string[]): Promise<void> {
  const unused = paths.filter((path) => {
    const users = (inUse.get(path) ?? 1) - 1;
    if (users > 0) inUse.set(path, users);
    else inUse.delete(path);
    return users <= 0;
  });
  await Promise.all(unused.map((path) => removeStandIn(root, path)));
}

/** Only a named pipe or an empty folder is ever removed: neither can hold anything. */
async function removeStandIn(root: string, path: string): Promise<void> {
  const stats = await lstat(path);
  if (stats?.isFIFO()) await removeFile(path);
  if (!stats?.isDirectory()) return;
  await removeEmptyFolder(path);
  if (dirname(path) !== root) await removeEmptyFolder(dirname(path));
}

interface Sorted {
  readonly all: readonly string[];
  readonly existing: readonly string[];
  /** Not there, or what stands in for it. */
  readonly missing: readonly string[];
  readonly absent: readonly string[];
}

async function sort(root: string, names: readonly string[], kind: "folder" | "file"): Promise<Sorted> {
  const result = { all: [] as string[], existing: [] as string[], missing: [] as string[], absent: [] as string[] };
  const looked = await Promise.all(
    names.map(async (name) => ({ path: join(root, name), state: await stateOf(root, name, kind) })),
  );
  for (const { path, state } of looked) {
    if (state === "unreachable") continue;
    result.all.push(path);
    if (state === "existing") result.existing.push(path);
    else result.missing.push(path);
    if (state === "absent") result.absent.push(path);
  }
  return result;
}

type State = "existing" | "standIn" | "absent" | "unreachable";

async function stateOf(root: string, name: string, kind: "folder" | "file"): Promise<State> {
  const [first = ""] = name.split("/");
  const parent = first === name ? undefined : await lstat(join(root, first));
  // A file or a link has the parent's name: nothing can be made below it.
  if (parent !== undefined && !parent.isDirectory()) return "unreachable";
  const path = join(root, name);
  const stats = await lstat(path);
  if (stats === undefined) return "absent";
  if (stats.isSymbolicLink()) return "unreachable";
  if (kind === "file") return stats.isFIFO() ? "standIn" : "existing";
  if (!stats.isDirectory()) return "existing";
  return inUse.has(path) || (await listFolder(path)).length === 0 ? "standIn" : "existing";
}

const MAX_FOLDERS = 400;
const SKIPPED = new Set(
  words("node_modules target dist build out vendor .venv venv __pycache__ .next .cache coverage"),
);

/** Protected files that are there in folders below the root, breadth first: the first 400 folders. */
async function protectedBelow(root: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [""];
  for (let index = 0; index < folders.length && index < MAX_FOLDERS; index++) {
    const folder = folders[index] ?? "";
    for (const entry of await listFolder(join(root, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink() || SKIPPED.has(entry.name) || inUse.has(join(root, path))) continue;
      if (isProtectedPath(path) || isGitPath(path)) found.push(join(root, path));
      else if (entry.isDirectory()) folders.push(path);
    }
  }
  return found;
}

function words(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(" "));
}
