/**
 * What tasks have for themselves while they are at work: files and symbols. A task takes all its leases at once or none,
 * so nobody holds one while it waits for another. Values only: every function answers with a new table.
 */
import type { Lease, PlanTask } from "../../protocol/index.ts";
import { type PathPattern, pathsOverlap, patternOf } from "./path-overlap.ts";

/** Who holds what. Holders are tasks' ids. */
export type LeaseTable = ReadonlyMap<string, readonly Lease[]>;

export interface Overlap {
  readonly first: Lease;
  readonly second: Lease;
  /** In words, without the tasks' names. */
  readonly reason: string;
}

export type Acquired =
  | { readonly ok: true; readonly table: LeaseTable }
  | { readonly ok: false; readonly heldBy: string; readonly overlaps: readonly Overlap[]; readonly reason: string };

export const NO_LEASES: LeaseTable = new Map();

/** A task that does not say what it touches might touch everything. */
const EVERYTHING: Lease = { on: "file", name: "**" };
const MOST_OVERLAPS = 20;

/** What a planned task needs; nothing where its agent only reads. */
export function leasesOf(task: Pick<PlanTask, "files" | "symbols">, { readOnly = false } = {}): Lease[] {
  if (readOnly) return [];
  const files = task.files.map((name): Lease => ({ on: "file", name }));
  const symbols = (task.symbols ?? []).map((name): Lease => ({ on: "symbol", name }));
  return files.length === 0 ? [EVERYTHING, ...symbols] : [...files, ...symbols];
}

/** Where two sets of leases meet, at most 20 places; empty: they can be held side by side. */
export function overlapsOf(first: readonly Lease[], second: readonly Lease[]): Overlap[] {
  const others = second.map((lease) => ({ lease, read: readLease(lease) }));
  const found: Overlap[] = [];
  for (const one of first) {
    const read = readLease(one);
    for (const other of others) {
      if (!meet(read, other.read)) continue;
      found.push({ first: one, second: other.lease, reason: reasonOf(one, other.lease) });
      if (found.length >= MOST_OVERLAPS) return found;
    }
  }
  return found;
}

/** All of `leases` or none. A holder that asks again keeps what it has and gets the rest; its own never stand in its way. */
export function acquire(table: LeaseTable, holder: string, leases: readonly Lease[]): Acquired {
  for (const [other, held] of table) {
    if (other === holder) continue;
    const overlaps = overlapsOf(leases, held);
    if (overlaps.length > 0)
      return { ok: false, heldBy: other, overlaps, reason: `${other} is at work there: ${inWords(overlaps)}` };
  }
  const before = table.get(holder) ?? [];
  const more = leases.filter((lease) => !before.some(({ on, name }) => on === lease.on && name === lease.name));
  return { ok: true, table: new Map(table).set(holder, [...before, ...more]) };
}

/** Gives back all that the holder has; harmless for one that holds nothing. Called when a task ends, however it ends. */
export function release(table: LeaseTable, holder: string): LeaseTable {
  const left = new Map(table);
  left.delete(holder);
  return left;
}

export function inWords(overlaps: readonly Overlap[]): string {
  const shown = overlaps.slice(0, 3).map(({ reason }) => reason);
  const more = overlaps.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

type ReadLease =
  | { readonly on: "file"; readonly pattern: PathPattern }
  | { readonly on: "symbol"; readonly parts: readonly string[] };

function readLease({ on, name }: Lease): ReadLease {
  if (on === "file") return { on, pattern: patternOf(name) };
  return {
    on,
    parts: name
      .normalize("NFC")
      .replace(/\(\)$/, "")
      .split(/::|[.#]/),
  };
}

/** A symbol holds what is in it, as a folder does. Files and symbols are compared with their own kind. */
function meet(first: ReadLease, second: ReadLease): boolean {
  if (first.on === "file") return second.on === "file" && pathsOverlap(first.pattern, second.pattern);
  if (second.on === "file") return false;
  const shorter = Math.min(first.parts.length, second.parts.length);
  return first.parts.slice(0, shorter).every((part, index) => part === second.parts[index]);
}

function reasonOf(first: Lease, second: Lease): string {
  const what = first.on === "file" ? "file" : "symbol";
  if (first.name === second.name) return `both need the ${what} ${first.name}`;
  return `${first.name} and ${second.name} can mean the same ${what}`;
}
