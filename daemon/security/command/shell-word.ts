/** Words as programs will get them. */

export interface ShellWord {
  /** As it stands in the line. */
  readonly written: string;
  /** Null when only the shell will know it. */
  readonly value: string | null;
  /** What it surely begins with, when the value is not known. */
  readonly prefix: string;
  /** True when it may become several words, or none. */
  readonly spreads: boolean;
  /** True when it came of a pattern with `*`, `?` or `[`. */
  readonly fromPattern: boolean;
  /** True when something that fetches from a network made the text. */
  readonly fetched: boolean;
  /** It stands for any of these files. */
  readonly anyOf?: Listing;
}

/** Names of files below folders. */
export interface Listing {
  readonly roots: readonly ShellWord[];
  /** Only files with such a name: globs. */
  readonly only?: readonly string[];
  /** Only files that git knows. */
  readonly tracked?: boolean;
}

export function fixedWord(value: string, written = value): ShellWord {
  return { written, value, prefix: "", spreads: false, fromPattern: false, fetched: false };
}

export function unknownWord(written: string, prefix = "", spreads = true): ShellWord {
  return { written, value: null, prefix, spreads, fromPattern: false, fetched: false };
}

/** True when it could be an option: what it begins with is not known, or is a dash. */
export function mayBeOption(word: ShellWord): boolean {
  const start = word.value ?? word.prefix;
  if (word.value !== null) return start.startsWith("-") && start !== "-";
  return word.spreads || start === "" || start.startsWith("-");
}
