/** What a configuration file needs so that an editor finds Nexus; computed from its text alone. */

export type Change =
  | { readonly state: "set" }
  | { readonly state: "missing" | "different"; readonly text: string }
  /** Nothing of it may be changed by a program (unreadable), or not before a person said more (incomplete); why: a sentence. */
  | { readonly state: "unreadable" | "incomplete"; readonly why: string };

/** Text that takes the place of what stands between two offsets. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits must not overlap; those at one place are applied in their order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let from = 0;
  for (const edit of [...edits].sort((one, other) => one.start - other.start)) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

export function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** The number of the line, from 1, in which an offset lies. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
