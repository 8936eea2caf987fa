/** What a scan of a workspace answers, and how what it leaves out is counted. */
import type { FileStamp } from "../../host/source-files.ts";
import { dependencyFolderOf } from "./path-rules.ts";
import { SKIP_REASONS, type SkipReason } from "./skip-reasons.ts";

export interface Skipped {
  readonly reason: SkipReason;
  readonly count: number;
  /** At most five paths, the first by name. */
  readonly examples: readonly string[];
}

/** A name that Nexus computed itself, and how the file looked then. */
export interface Hashed extends FileStamp {
  /** When it was read, milliseconds since 1970. */
  readonly at: number;
}

export interface SourceEntry {
  /** Relative to the workspace, forward slashes. */
  readonly path: string;
  /** Git's name of the content: 40 hexadecimal digits, or 64 in a SHA-256 repository. */
  readonly oid: string;
  /** Size of the file in the working tree. */
  readonly bytes: number;
  /** Left out where git vouches for the name. */
  readonly hashed?: Hashed;
}

export type ObjectFormat = "sha1" | "sha256";

export interface ScanLimits {
  /** Larger files are left out, unread. */
  readonly maxFileBytes: number;
  readonly maxFiles: number;
}

export const DEFAULT_SCAN_LIMITS: ScanLimits = { maxFileBytes: 2 * 1024 * 1024, maxFiles: 500_000 };

/** Counts what is left out. */
export interface Tally {
  /** What lies in one dependency folder counts once, as that folder. */
  add(reason: SkipReason, path: string, count?: number): void;
  skipped(): Skipped[];
  /** Folders that are left out whole. */
  ignoredFolders(): string[];
}

const EXAMPLES = 5;
const MAX_FOLDERS = 1000;

export function createTally(): Tally {
  const reasons = new Map<SkipReason, { count: number; paths: string[] }>();
  const folders = new Set<string>();
  return {
    add(reason, whole, count = 1) {
      const folder = reason === "ignored" ? dependencyFolderOf(whole) : undefined;
      const path = folder === undefined ? whole : `${folder}/`;
      if (folders.has(path)) return;
      if (reason === "ignored" && path.endsWith("/")) folders.add(path);
      const known = reasons.get(reason) ?? { count: 0, paths: [] };
      reasons.set(reason, known);
      known.count += count;
      known.paths.push(path);
      if (known.paths.length > 1000) known.paths = firstByName(known.paths);
    },
    skipped: () =>
      SKIP_REASONS.flatMap((reason) => {
        const known = reasons.get(reason);
        return known === undefined ? [] : [{ reason, count: known.count, examples: firstByName(known.paths) }];
      }),
    // The outermost first, so that a cut loses little.
    ignoredFolders: () =>
      [...folders]
        .map((path) => path.slice(0, -1))
        .sort((one, two) => one.split("/").length - two.split("/").length || (one < two ? -1 : 1))
        .slice(0, MAX_FOLDERS),
  };
}

function firstByName(paths: readonly string[]): string[] {
  return paths.toSorted().slice(0, EXAMPLES);
}

/** The order of paths everywhere in code memory: by UTF-16 code units, as `Array.sort` has it. */
export function byPath(first: { readonly path: string }, second: { readonly path: string }): number {
  return first.path < second.path ? -1 : first.path > second.path ? 1 : 0;
}

/** The list of before when nothing is new, so that a caller sees at once that there is nothing to do. */
export function sameOrNew(
  old: readonly SourceEntry[] | undefined,
  entries: readonly SourceEntry[],
): readonly SourceEntry[] {
  return old?.length === entries.length && entries.every((entry, index) => entry === old[index]) ? old : entries;
}

/** Finds a path in a list that is sorted by path. */
export function findPath<Item extends { readonly path: string }>(
  list: readonly Item[],
  path: string,
): Item | undefined {
  const item = list[placeOf(list, path)];
  return item?.path === path ? item : undefined;
}

/** Where in a list that is sorted by path it stands or would stand. */
export function placeOf(list: readonly { readonly path: string }[], path: string): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.path ?? "") < path) low = middle + 1;
    else high = middle;
  }
  return low;
}
