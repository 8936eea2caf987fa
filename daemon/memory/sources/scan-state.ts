/** What a scan starts from and what it leaves. */
import type { SkipReason } from "./skip-reasons.ts";
import type { ObjectFormat, ScanLimits, Skipped, SourceEntry } from "./source.ts";

/** Plain data, so that it may be kept as JSON and given to a later process. */
export interface Scan {
  /** Absolute, all links resolved. */
  readonly root: string;
  /** Sorted by path (UTF-16 code units). The same array as in `previous` when no file is new, changed or gone. */
  readonly entries: readonly SourceEntry[];
  readonly skipped: readonly Skipped[];
  /** Relative; at most a thousand, the outermost first. Nothing in them needs watching. */
  readonly ignoredFolders: readonly string[];
  /** Null without git, and where no branch is checked out. */
  readonly branch: string | null;
  /** The commit that is checked out; null without git, and before the first. */
  readonly head: string | null;
  readonly engine: "git" | "walk";
  readonly git?: GitMemory;
}

/** A scan's options with nothing left open. */
export interface ScanRequest {
  readonly root: string;
  readonly signal: AbortSignal;
  readonly limits: ScanLimits;
  readonly previous: Scan | undefined;
  readonly now: () => number;
}

/** What a scan remembers for the next one; plain data. */
export interface GitMemory {
  readonly place: GitPlace;
  readonly indexStamp: string;
  readonly ruleStamp: string;
  readonly table: readonly TableRow[];
  /** The tracked files among the table's that hold rules. */
  readonly rulePaths: readonly string[];
  readonly badNames: readonly string[];
}

export interface TableRow extends IndexRow {
  readonly skip?: SkipReason;
  /** Git's name is not that of the text in the working tree. */
  readonly converted?: true;
}

export interface IndexRow {
  /** Relative to the workspace. */
  readonly path: string;
  readonly oid: string;
  readonly kind: "file" | "link" | "repository";
  /** Git does not look at the file itself: it is unmerged, assumed unchanged, or left out of a sparse checkout. */
  readonly unwatched?: "unmerged" | "assumed" | "sparse";
}

export interface GitPlace {
  /** Of this working tree: index and HEAD. */
  readonly gitDir: string;
  /** Of all its working trees: objects, refs and settings. */
  readonly commonDir: string;
  readonly indexFile: string;
  /** The workspace inside the working tree: "" or "a/b/". */
  readonly prefix: string;
  readonly format: ObjectFormat;
  /** Names of the filters that any settings file tells of. All are off: files they convert are read by Nexus itself. */
  readonly filters: readonly string[];
  /** Of the settings and attributes beside the repository: another one means that this must be asked again. */
  readonly settingsStamp: string;
}
