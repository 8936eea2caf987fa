/** A commit as it is kept: what git says of it, nothing derived. */

export interface Commit {
  /** Hexadecimal, 40 or 64 digits. */
  readonly hash: string;
  /** Committed at, seconds since 1970. */
  readonly at: number;
  /** 1 + the greatest of its known parents: a child's is always greater than its parent's. */
  readonly generation: number;
  readonly author: string;
  /** The subject line. */
  readonly subject: string;
  /** The rest of the message without trailers, addresses and hashes, at most 2 000 characters. */
  readonly body: string;
  readonly isMerge: boolean;
  /** Paths that it changed, as they were called then; none of a merge. */
  readonly paths: readonly string[];
  /** What it renamed; the new names are among the paths. */
  readonly renames: readonly (readonly [from: string, to: string])[];
}

const LONGEST_SUBJECT = 400;
const LONGEST_BODY = 2_000;
const TRAILER =
  /^[A-Z][A-Za-z]*(?:-[A-Za-z]+)+:\s.*$|^(?:Fixes|Closes|Refs|Cc|Link|Bug):\s.*$|^\(cherry picked from .*$/gm;
const LINK = /\b[a-z][a-z+.-]*:\/\/[^\s)>\]]+/gi;
const ADDRESS = /<?[\w.+-]+@[\w-]+\.[\w.-]+>?/g;
const HASH = /\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b/g;

/** A raw message in its two parts, without what is no word of its author's. */
export function cleanMessage(message: string): { subject: string; body: string } {
  const read = message.slice(0, 4 * LONGEST_BODY).trim();
  const end = read.indexOf("\n");
  const subject = end < 0 ? read : read.slice(0, end);
  const body = end < 0 ? "" : read.slice(end + 1).replaceAll(TRAILER, "");
  return {
    subject: subject.trim().slice(0, LONGEST_SUBJECT),
    body: withoutNoise(body).trim().slice(0, LONGEST_BODY),
  };
}

/** A text without links, mail addresses and hashes. */
export function withoutNoise(text: string): string {
  return text.replaceAll(LINK, " ").replaceAll(ADDRESS, " ").replaceAll(HASH, " ");
}
