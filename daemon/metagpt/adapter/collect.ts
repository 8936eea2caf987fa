/** Takes a finished project over into the run's copy: file by file, inside the fence, and never over what it should not touch. */
import { basename, dirname, join } from "node:path";
import { lstat, makeFolder, readBytes, writeAtomically } from "../../host/files.ts";
import { readFileOnce } from "../../host/source-files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { isGitPath, isProtectedPath, isSecretPath } from "../../security/paths/path-classes.ts";
import { isProtectedChange } from "../../security/paths/protected-change.ts";
import type { ScratchFile } from "./project-files.ts";

export interface Taken {
  /** Paths from the copy's root. */
  readonly changed: readonly string[];
  readonly leftOut: readonly { readonly path: string; readonly why: string }[];
}

const MOST_FILES = 5000;
const LARGEST_FILE = 5 * 1024 * 1024;
const MOST_BYTES = 100 * 1024 * 1024;
const MOST_NAMES = 100;

export interface TakeOptions {
  /** Absolute folder of the scratch project; nothing runs in it any more. */
  readonly from: string;
  readonly files: readonly ScratchFile[];
  /** Absolute real path of the run's copy. */
  readonly root: string;
  /** Folder below it; "" is the copy itself. */
  readonly target: string;
}

/** Files that are the same already are no change. Rejects with the system's error when the copy cannot be written. */
export async function takeOver({ from, files, root, target }: TakeOptions): Promise<Taken> {
  const changed: string[] = [];
  const leftOut: { path: string; why: string }[] = [];
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    const path = target === "" ? file.path : `${target}/${file.path}`;
    const why = index >= MOST_FILES ? "there are too many files" : reasonAgainst(path, file, bytes);
    const outcome = why ?? (await takeOne(join(from, file.path), root, path));
    if (typeof outcome === "string") leftOut.push({ path, why: outcome });
    else if (outcome.isNew) changed.push(path);
    if (typeof outcome !== "string") bytes += file.bytes;
  }
  return { changed, leftOut };
}

function reasonAgainst(path: string, { bytes }: ScratchFile, before: number): string | undefined {
  if (isGitPath(path)) return "it is git's own";
  if (isSecretPath(path)) return "it may hold secrets";
  if (isProtectedPath(path)) return "programs run or obey it";
  if (bytes > LARGEST_FILE) return "it is too large";
  return before + bytes > MOST_BYTES ? "all files together are too large" : undefined;
}

async function takeOne(from: string, root: string, path: string): Promise<string | { readonly isNew: boolean }> {
  const reading = readFileOnce(from, LARGEST_FILE);
  if (!reading.ok) return reading.reason === "link" ? "it is a link" : `it cannot be read (${reading.reason})`;
  const place = await resolveInside(root, path);
  if (!place.ok) return "it would leave the copy";
  // A link within the copy means another file than the path says.
  if (place.value.relative !== path) return "a link stands in its way";
  const { absolute } = place.value;
  const there = await lstat(absolute);
  if (there !== undefined && !there.isFile()) return "something else stands in its place";
  const before = there === undefined ? undefined : await readBytes(absolute);
  if (before?.equals(reading.bytes) === true) return { isNew: false };
  if (before !== undefined && isProtectedChange(path, before.toString("utf8"), reading.bytes.toString("utf8")))
    return "it would change what programs run";
  await makeFolder(dirname(absolute));
  await writeAtomically(absolute, reading.bytes);
  return { isNew: true };
}

/** A folder's name that is not taken in the copy, the wanted one first. Undefined: a hundred are. */
export async function freeTarget(root: string, wanted: string): Promise<string | undefined> {
  for (let number = 1; number <= MOST_NAMES; number++) {
    const name = number === 1 ? wanted : `${wanted}_${number}`;
    if ((await lstat(join(root, name))) === undefined) return name;
  }
  return undefined;
}

/** The other way round: a project of the copy, for MetaGPT to change. Without git's own files, secrets and links. */
export async function handOver(from: string, files: readonly ScratchFile[], to: string): Promise<number> {
  let count = 0;
  let bytes = 0;
  for (const { path, bytes: size } of files.slice(0, MOST_FILES)) {
    if (isGitPath(path) || isSecretPath(path) || size > LARGEST_FILE || bytes + size > MOST_BYTES) continue;
    const reading = readFileOnce(join(from, path), LARGEST_FILE);
    if (!reading.ok) continue;
    await makeFolder(dirname(join(to, path)));
    await writeAtomically(join(to, path), reading.bytes);
    bytes += size;
    count++;
  }
  return count;
}

/** A name that MetaGPT and every disk take: lower-case letters, digits and underscores. */
export function projectName(text: string): string {
  const words = basename(text)
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .match(/[a-z0-9]+/g);
  const name = (words ?? []).slice(0, 5).join("_").slice(0, 40);
  return /^[a-z]/.test(name) ? name : `project_${name}`.replace(/_$/, "");
}
