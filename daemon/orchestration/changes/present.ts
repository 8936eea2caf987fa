/** What stands at a path of the user's tree now, and whether it is what the run began with or what the run made. */
import { createHash } from "node:crypto";
import { join, posix } from "node:path";
import { hashOf, listFolder, lstat, readBytes, readLink, type Stats } from "../../host/files.ts";
import { git } from "../../host/git.ts";
import type { Blob, BlobChange } from "./change-set.ts";
import { callOnObjects, type Repository } from "./repository.ts";

export type Present =
  | { readonly kind: "missing" }
  | { readonly kind: "file"; readonly bytes: Buffer; readonly stats: Stats }
  | { readonly kind: "link"; readonly bytes: Buffer }
  | { readonly kind: "folder" | "other" };

/** before: as the run found it · after: as the run made it. */
export type Standing =
  | { readonly state: "before" | "after"; readonly present: Present }
  | { readonly state: "conflict"; readonly reason: string };

export interface Tree {
  readonly repository: Repository;
  /** Absolute real path of the workspace. */
  readonly root: string;
  /** Everything that is to be written or deleted, by path. */
  readonly chosen: ReadonlyMap<string, BlobChange>;
  /** Contents are compared byte for byte, not by git's own measure. */
  readonly exact?: boolean;
}

/** No change set holds files of this size, so one that is there is somebody else's. */
const MAX_BYTES = 256 * 1024 * 1024;

export async function look(path: string): Promise<Present> {
  const stats = await lstat(path);
  if (stats === undefined) return { kind: "missing" };
  if (stats.isSymbolicLink()) return { kind: "link", bytes: Buffer.from(await readLink(path)) };
  if (stats.isDirectory()) return { kind: "folder" };
  if (!stats.isFile() || stats.size > MAX_BYTES) return { kind: "other" };
  const bytes = await readBytes(path);
  return bytes === undefined ? { kind: "missing" } : { kind: "file", bytes, stats };
}

/** The same text for the same kind and content. */
export function fingerprintOf(present: Present): string {
  return "bytes" in present ? `${present.kind}:${hashOf(present.bytes)}` : present.kind;
}

export async function standingOf(tree: Tree, change: BlobChange): Promise<Standing> {
  const parents = await judgeParents(tree, change.path);
  if (parents.kind === "refused") return { state: "conflict", reason: parents.reason };
  // A folder above it became a file or a link, as the run wants it: nothing can stand here any more.
  if (parents.kind === "replaced")
    return { state: change.after === undefined ? "after" : "before", present: { kind: "missing" } };
  const present = await look(join(tree.root, change.path));
  if (present.kind === "folder") return standingOfFolder(tree, change, present);
  if (await isAs(tree, change, present, "after")) return { state: "after", present };
  if (await isAs(tree, change, present, "before")) return { state: "before", present };
  return { state: "conflict", reason: conflictReason(change, present) };
}

function conflictReason(change: BlobChange, present: Present): string {
  if (present.kind === "missing") return "you deleted it since the run began";
  if (present.kind === "other") return "what is in its place is no file, or too large to compare";
  if (present.kind === "link" && change.before?.mode !== "120000") return "a symbolic link is in its place";
  return change.before === undefined
    ? "it exists in your tree, with other content"
    : "you changed it since the run began";
}

/** Whether what stands at the path is this content, by git's own measure; undefined: whether nothing is there. */
export async function isContent(tree: Tree, path: string, blob: Blob | undefined): Promise<boolean> {
  if ((await judgeParents(tree, path)).kind !== "fine") return false;
  const present = await look(join(tree.root, path));
  if (blob === undefined || present.kind === "missing") return blob === undefined && present.kind === "missing";
  return holds(tree, path, present, blob);
}

async function isAs(tree: Tree, change: BlobChange, present: Present, side: "before" | "after"): Promise<boolean> {
  const blob = change[side];
  if (blob === undefined || present.kind === "missing") return blob === undefined && present.kind === "missing";
  if (!(await holds(tree, change.path, present, blob))) return false;
  const isModeOnly = change.before?.id === change.after?.id;
  if (!isModeOnly || present.kind !== "file") return true;
  return ((present.stats.mode & 0o100) !== 0) === (blob.mode === "100755");
}

/** By git's own measure: line endings and filters count as git counts them. */
async function holds(tree: Tree, path: string, present: Present, blob: Blob): Promise<boolean> {
  if (present.kind !== (blob.mode === "120000" ? "link" : "file") || !("bytes" in present)) return false;
  if (rawId(present.bytes, blob.id) === blob.id) return true;
  return present.kind === "file" && tree.exact !== true && (await cleanId(tree, path, present.bytes)) === blob.id;
}

function rawId(bytes: Uint8Array, like: string): string {
  const algorithm = like.length === 64 ? "sha256" : "sha1";
  return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** The id that git would give to the content at this path. */
export async function cleanId(tree: Tree, path: string, bytes: Uint8Array): Promise<string> {
  const { repository } = tree;
  const call = { ...callOnObjects(repository), folder: repository.top, workTree: repository.top, input: bytes };
  const id = await git(call, "hash-object", "--stdin", `--path=${repository.prefix}${path}`);
  return id.toString().trim();
}

type Parents = { readonly kind: "fine" | "replaced" } | { readonly kind: "refused"; readonly reason: string };

/** Every folder above must be a real folder, or not be there yet: a link could lead anywhere. */
export async function judgeParents(tree: Tree, path: string): Promise<Parents> {
  const parts = path.split("/");
  const isStrange = parts.some((part) => part === "" || part === "." || part === ".." || /^(\.git|git~1)$/i.test(part));
  if (isStrange || posix.isAbsolute(path)) return { kind: "refused", reason: "the path leads outside the workspace" };
  for (let count = 1; count < parts.length; count += 1) {
    const parent = parts.slice(0, count).join("/");
    const stats = await lstat(join(tree.root, parent));
    if (stats === undefined) break;
    if (stats.isDirectory()) continue;
    if (tree.chosen.has(parent)) return { kind: "replaced" };
    const what = stats.isSymbolicLink() ? "a symbolic link" : "a file";
    return { kind: "refused", reason: `${parent} is ${what} now, not a folder` };
  }
  return { kind: "fine" };
}

/** A folder where a file is wanted is fine when all that is in it goes away with the same change. */
async function standingOfFolder(tree: Tree, change: BlobChange, present: Present): Promise<Standing> {
  const conflict = { state: "conflict" as const, reason: "a folder is in its place" };
  if (change.after === undefined) {
    const isReplaced = [...tree.chosen.keys()].some((path) => path.startsWith(`${change.path}/`));
    return isReplaced ? { state: "after", present: { kind: "missing" } } : conflict;
  }
  if (change.before !== undefined) return conflict;
  return (await isGoing(tree, change.path)) ? { state: "before", present } : conflict;
}

async function isGoing(tree: Tree, folder: string): Promise<boolean> {
  for (const entry of await listFolder(join(tree.root, folder))) {
    const path = `${folder}/${entry.name}`;
    const change = tree.chosen.get(path);
    const isFine = entry.isDirectory() ? await isGoing(tree, path) : change !== undefined && change.after === undefined;
    if (!isFine) return false;
  }
  return true;
}
