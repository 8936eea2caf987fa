/** File name patterns of the shell, matched against what is in the folders now. */
import { join } from "node:path";
import { listFolder, lstat } from "../../host/files.ts";

export interface PatternPiece {
  readonly text: string;
  readonly quoted: boolean;
}

const MAX_MATCHES = 300;
const MAX_FOLDERS = 200;

/**
 * The paths that a pattern becomes, in the form it is written; the pattern itself where nothing matches, as shells do.
 * Undefined when there are too many. A bracket stands for any character: more than it may match, never less.
 */
export async function expandPattern(
  pieces: readonly PatternPiece[],
  cwd: string | null,
): Promise<string[] | undefined> {
  const literal = pieces.map(({ text }) => text).join("");
  const isAbsolute = literal.startsWith("/");
  if (!isAbsolute && cwd === null) return undefined;
  const from = isAbsolute ? "/" : (cwd ?? "/");
  let found = [isAbsolute ? "/" : ""];
  let looked = 0;
  for (const part of splitParts(pieces)) {
    const matcher = matcherOf(part);
    if (matcher === undefined) {
      const text = part.map((piece) => piece.text).join("");
      if (text === "") continue;
      found = found.map((prefix) => `${prefix}${text}/`);
      if (looked > 0) found = await existing(found, from);
      continue;
    }
    const next: string[] = [];
    for (const prefix of found) {
      looked += 1;
      if (looked > MAX_FOLDERS) return undefined;
      for (const name of await namesIn(join(from, prefix))) if (matcher.test(name)) next.push(`${prefix}${name}/`);
      if (next.length > MAX_MATCHES) return undefined;
    }
    found = next;
  }
  const paths = found.map((path) => (path.length > 1 ? path.replace(/\/$/, "") : path));
  return paths.length > 0 ? paths : [literal];
}

async function existing(paths: readonly string[], from: string): Promise<string[]> {
  const present = await Promise.all(paths.map((path) => lstat(join(from, path.slice(0, -1))).catch(() => undefined)));
  return paths.filter((_, index) => present[index] !== undefined);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return [".", "..", ...(await listFolder(folder)).map(({ name }) => name)];
  } catch {
    return [];
  }
}

function splitParts(pieces: readonly PatternPiece[]): PatternPiece[][] {
  const parts: PatternPiece[][] = [[]];
  for (const { text, quoted } of pieces)
    for (const [index, piece] of text.split("/").entries()) {
      if (index > 0) parts.push([]);
      parts.at(-1)?.push({ text: piece, quoted });
    }
  return parts;
}

/** Undefined for a part without a pattern. Names that begin with a dot match only where the dot is written. */
function matcherOf(part: readonly PatternPiece[]): RegExp | undefined {
  if (!part.some(({ text, quoted }) => !quoted && /[*?[]/.test(text))) return undefined;
  const source = part.map(({ text, quoted }) => (quoted ? literally(text) : unquoted(text))).join("");
  const first = part.map(({ text }) => text).join("")[0] ?? "";
  return new RegExp(`^${first === "." ? "" : "(?!\\.)"}${source}$`, "s");
}

function unquoted(text: string): string {
  // A bracket without its partner, or with a quoted one, may mean anything up to the end.
  if (/\[(?![^\]]+\])/.test(text)) return ".*";
  return text
    .split(/(\*+|\?|\[[!^]?\]?[^\]]*\])/)
    .map((piece) =>
      piece.startsWith("*") ? "[^]*" : piece === "?" || /^\[.*\]$/s.test(piece) ? "." : literally(piece),
    )
    .join("");
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
