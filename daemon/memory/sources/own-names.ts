/** Names of contents that git does not vouch for: changed and untracked files, and every file where there is no git. */
import { breathe, lookAt, readFileOnce, sameStamp } from "../../host/source-files.ts";
import { blobOid } from "./blob-oid.ts";
import type { SkipReason } from "./skip-reasons.ts";
import type { ObjectFormat, ScanLimits, SourceEntry, Tally } from "./source.ts";

export interface Naming {
  readonly root: string;
  readonly format: ObjectFormat;
  readonly limits: ScanLimits;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly tally: Tally;
}

/**
 * A change soon after a reading may leave size and time as they were: disks tell time in steps of up to two seconds.
 * A stamp is believed only when it was older than that at the reading.
 */
const TIME_STEP_MS = 2000;
const BYTES_BETWEEN_BREATHS = 4 * 1024 * 1024;
const FILES_BETWEEN_BREATHS = 200;

/** Reads what is new; a file whose stamp is that of its entry in `known` is not read again. */
export async function nameByReading(
  paths: readonly string[],
  known: ReadonlyMap<string, SourceEntry>,
  naming: Naming,
): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  const pause = breather(naming.signal);
  for (const path of paths) {
    const entry = nameOne(path, known.get(path), naming);
    if (typeof entry === "string") naming.tally.add(entry, path);
    else if (entry !== undefined) entries.push(entry);
    await pause(typeof entry === "object" && entry !== known.get(path) ? entry.bytes : 0);
  }
  return entries;
}

/** Sizes of files whose names git vouches for. */
export async function measureFiles(
  files: readonly { readonly path: string; readonly oid: string }[],
  naming: Naming,
): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  const pause = breather(naming.signal);
  for (const { path, oid } of files) {
    const look = lookAt(`${naming.root}/${path}`);
    const reason = reasonOf(look.kind);
    if (look.kind === "file" && look.stamp.bytes > naming.limits.maxFileBytes) naming.tally.add("oversized", path);
    else if (look.kind === "file") entries.push({ path, oid, bytes: look.stamp.bytes });
    else if (reason !== undefined) naming.tally.add(reason, path);
    await pause(0);
  }
  return entries;
}

/** Undefined when nothing is there. */
function nameOne(path: string, known: SourceEntry | undefined, naming: Naming): SourceEntry | SkipReason | undefined {
  const { root, limits, format } = naming;
  const absolute = `${root}/${path}`;
  const look = lookAt(absolute);
  if (look.kind !== "file") return reasonOf(look.kind);
  if (look.stamp.bytes > limits.maxFileBytes) return "oversized";
  const isSettled = known?.hashed !== undefined && known.hashed.at - lastChange(known.hashed) > TIME_STEP_MS;
  if (known?.hashed !== undefined && isSettled && sameStamp(known.hashed, look.stamp)) return known;
  const at = naming.now();
  const reading = readFileOnce(absolute, limits.maxFileBytes);
  if (!reading.ok) return reading.reason === "missing" ? undefined : reading.reason;
  const oid = blobOid(reading.bytes, format);
  const entry = { path, oid, bytes: reading.bytes.length, hashed: { ...reading.stamp, at } };
  // The same object when nothing is new, so that a caller may compare by identity.
  const isSame = known?.hashed !== undefined && known.oid === oid && !isLaterSettled(entry.hashed);
  return isSame && sameStamp(known.hashed, reading.stamp) ? known : entry;
}

function isLaterSettled(hashed: SourceEntry["hashed"] & object): boolean {
  return hashed.at - lastChange(hashed) > TIME_STEP_MS;
}

function lastChange({ mtimeMs, ctimeMs }: { readonly mtimeMs: number; readonly ctimeMs: number }): number {
  return Math.max(mtimeMs, ctimeMs);
}

function reasonOf(kind: ReturnType<typeof lookAt>["kind"]): SkipReason | undefined {
  switch (kind) {
    case "file":
    case "missing":
      return undefined;
    // A folder where a file was expected: it was replaced meanwhile, or it is a repository of its own.
    case "folder":
      return "changed";
    case "link":
    case "special":
    case "unreadable":
      return kind;
  }
}

function breather(signal: AbortSignal): (bytes: number) => Promise<void> {
  let bytes = 0;
  let files = 0;
  return async (more) => {
    bytes += more;
    files += 1;
    if (bytes < BYTES_BETWEEN_BREATHS && files < FILES_BETWEEN_BREATHS) return;
    [bytes, files] = [0, 0];
    await breathe();
    signal.throwIfAborted();
  };
}
