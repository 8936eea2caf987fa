/** Why a file is not indexed. */
export const SKIP_REASONS = [
  /** By .gitignore, .nexusignore or as a dependency folder; a folder left out whole counts once. */
  "ignored",
  /** May hold keys or passwords. */
  "secret",
  "binary",
  "generated",
  "oversized",
  "link",
  /** A pipe, socket or device. */
  "special",
  /** No right to read it, a path that is too long, or a disk error. */
  "unreadable",
  /** Deleted or replaced while it was read: the next scan tells. */
  "changed",
  /** A name that is not UTF-8. */
  "name",
  "nested_repository",
  /** Left out of a sparse checkout. */
  "sparse",
  "too_many",
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];
