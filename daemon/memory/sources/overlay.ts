/** Text that an editor holds and has not saved: it stands in for the file on the disk until it is saved or closed. */
import { blobOid } from "./blob-oid.ts";
import { DEFAULT_SCAN_LIMITS, type ObjectFormat, type SourceEntry } from "./source.ts";

export interface Overlay {
  /**
   * The text of a file (relative path) as its editor shows it now; null when it was saved or closed, so that the disk
   * counts again. False when the text is refused as too long: then the disk counts too.
   */
  set(path: string, text: string | null): boolean;
  /** The entries with the names of unsaved texts; the same array when there is none. Files that no scan lists stay out. */
  apply(entries: readonly SourceEntry[]): readonly SourceEntry[];
  /** The unsaved text of a file; undefined where the disk counts. */
  text(path: string): string | undefined;
  /** All paths that have one, sorted. */
  paths(): readonly string[];
  /** Another number whenever a text came, changed or went. */
  readonly version: number;
}

export interface OverlayLimits {
  readonly maxFileBytes: number;
  /** Of all unsaved texts together. */
  readonly maxBytes: number;
}

const DEFAULT_LIMITS: OverlayLimits = { maxFileBytes: DEFAULT_SCAN_LIMITS.maxFileBytes, maxBytes: 64 * 1024 * 1024 };

interface Unsaved {
  readonly text: string;
  readonly entry: SourceEntry;
}

/** `format` is that of the workspace's scans. */
export function createOverlay(format: ObjectFormat = "sha1", limits: OverlayLimits = DEFAULT_LIMITS): Overlay {
  const texts = new Map<string, Unsaved>();
  let version = 0;
  let total = 0;

  const remove = (path: string) => {
    const old = texts.get(path);
    if (old === undefined) return;
    texts.delete(path);
    total -= old.entry.bytes;
    version += 1;
  };

  return {
    set(path, text) {
      if (text !== null && texts.get(path)?.text === text) return true;
      remove(path);
      if (text === null) return true;
      const bytes = Buffer.from(text, "utf8");
      if (bytes.length > limits.maxFileBytes || total + bytes.length > limits.maxBytes) return false;
      texts.set(path, { text, entry: { path, oid: blobOid(bytes, format), bytes: bytes.length } });
      total += bytes.length;
      version += 1;
      return true;
    },
    apply: (entries) => (texts.size === 0 ? entries : entries.map((entry) => texts.get(entry.path)?.entry ?? entry)),
    text: (path) => texts.get(path)?.text,
    paths: () => [...texts.keys()].sort(),
    get version() {
      return version;
    },
  };
}
