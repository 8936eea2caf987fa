/** A scan that looks only at paths that are said to have changed: what a save in an editor costs. */
import { systemClock } from "../../host/clock.ts";
import { lookAt } from "../../host/source-files.ts";
import { listStatus } from "./git-lists.ts";
import { callAt, unlessCancelled } from "./git-place.ts";
import { nameByReading } from "./own-names.ts";
import { skipByPath } from "./path-rules.ts";
import { type ScanOptions, scanWorkspace } from "./scan.ts";
import type { Scan } from "./scan-state.ts";
import { byPath, createTally, DEFAULT_SCAN_LIMITS, findPath, placeOf, type SourceEntry, sameOrNew } from "./source.ts";

const MAX_PATHS = 1000;
const MAX_CHARACTERS = 64 * 1024;
const RULE_FILE = /(?:^|\/)\.(?:gitignore|nexusignore|gitattributes|gitmodules)$/;

/**
 * Brings `previous` up to date for these files and folders (relative). Counts of what is left out stay as they were.
 * Anything that may concern other files (ignore rules, folders that came, very many paths) makes it scan everything.
 * It does not see that git moved its index: that is what `git_moved` is told for.
 */
export async function scanPaths(
  root: string,
  paths: readonly string[],
  options: ScanOptions & { readonly previous: Scan },
): Promise<Scan> {
  const { previous, signal, clock = systemClock } = options;
  const limits = { ...DEFAULT_SCAN_LIMITS, ...options.limits };
  const isMuch = paths.length > MAX_PATHS || paths.reduce((sum, { length }) => sum + length, 0) > MAX_CHARACTERS;
  if (isMuch || paths.some((path) => RULE_FILE.test(path))) return scanWorkspace(root, options);
  const { gone, known, unknown, isOdd } = sortOut(previous, paths);
  if (isOdd) return scanWorkspace(root, options);
  const found = unknown.length === 0 ? [] : await findUntracked(previous, unknown, signal);
  if (found === undefined) return scanWorkspace(root, options);
  const naming = {
    ...{ root: previous.root, limits, signal, now: clock.now, tally: createTally() },
    format: previous.git?.place.format ?? ("sha1" as const),
  };
  const read = [...known, ...found];
  const old = read.flatMap((path) => findPath(previous.entries, path) ?? []);
  const named = await nameByReading(read, new Map(old.map((entry) => [entry.path, entry])), naming);
  const entries = merge(
    previous.entries,
    gone,
    read,
    named.map((entry) => asGitNames(entry, previous)),
  );
  return { ...previous, entries: sameOrNew(previous.entries, entries.slice(0, limits.maxFiles)) };
}

/** `gone` files and folders, and `read` files, of which `named` are there. */
function merge(
  old: readonly SourceEntry[],
  gone: readonly string[],
  read: readonly string[],
  named: readonly SourceEntry[],
): SourceEntry[] {
  const places = named.map(({ path }) => placeOf(old, path));
  const isInPlace = gone.length === 0 && named.length === read.length;
  if (isInPlace && named.every(({ path }, index) => old[places[index] ?? 0]?.path === path)) {
    const entries = [...old];
    for (const [index, entry] of named.entries()) entries[places[index] ?? 0] = entry;
    return entries;
  }
  const touched = new Set([...gone, ...read]);
  return [...old.filter(({ path }) => !isTouched(path, touched)), ...named].sort(byPath);
}

function sortOut(previous: Scan, paths: readonly string[]) {
  const gone: string[] = [];
  const known: string[] = [];
  const unknown: string[] = [];
  let isOdd = false;
  for (const path of new Set(paths)) {
    const { kind } = lookAt(`${previous.root}/${path}`);
    const row = previous.git === undefined ? undefined : findPath(previous.git.table, path);
    const isKnown = findPath(previous.entries, path) !== undefined || (row?.kind === "file" && row.skip === undefined);
    if (kind === "missing") gone.push(path);
    else if (row?.skip !== undefined || skipByPath(path) !== undefined) continue;
    else if (kind !== "file") isOdd = true;
    else if (isKnown) known.push(path);
    else unknown.push(path);
  }
  return { gone, known, unknown, isOdd };
}

/** Those that no rule leaves out; undefined where only a whole scan can tell. */
async function findUntracked(previous: Scan, paths: readonly string[], signal: AbortSignal) {
  if (previous.git === undefined || previous.entries.some(({ path }) => path.endsWith(".nexusignore")))
    return undefined;
  const { place } = previous.git;
  const call = callAt(previous.root, place, signal);
  const status = await listStatus(call, place.prefix, paths).catch(unlessCancelled(signal));
  if (status === undefined) return undefined;
  const told = new Set([...status.untracked, ...status.ignored.map((path) => path.replace(/\/$/, ""))]);
  // A path that git does not tell of is tracked by now.
  return paths.every((path) => isTouched(path, told)) ? status.untracked : undefined;
}

/** Git vouches for a file that is as the index has it. */
function asGitNames(entry: SourceEntry, previous: Scan): SourceEntry {
  const row = previous.git === undefined ? undefined : findPath(previous.git.table, entry.path);
  if (row?.oid !== entry.oid || row.unwatched !== undefined || row.converted === true) return entry;
  const old = findPath(previous.entries, entry.path);
  const { path, oid, bytes } = entry;
  return old?.oid === oid && old.hashed === undefined && old.bytes === bytes ? old : { path, oid, bytes };
}

function isTouched(path: string, touched: ReadonlySet<string>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1))
    if (touched.has(path.slice(0, end))) return true;
  return false;
}
