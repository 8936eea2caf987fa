/** What looking for a text in a file comes to. */

/** Put before, or taken from before, each line that is not blank; one of the two is empty. */
export interface Shift {
  readonly add: string;
  readonly remove: string;
}

export const NO_SHIFT: Shift = { add: "", remove: "" };

export type Level = "exact" | "normalised" | "shifted" | "approximate";

export interface Match {
  readonly level: Level;
  /** Places in the raw text. */
  readonly from: number;
  readonly to: number;
  /** Made search and file one: a fold, or line endings only. */
  readonly foldText: (text: string) => string;
  readonly shift: Shift;
  /** The search ends in a line ending that the file, at its end, has not. */
  readonly lacksFinalEnding: boolean;
  /** 0.95 to 1; of approximate matches only. */
  readonly likeness?: number;
  /** What stands in the file where the search says something else; of approximate matches only. */
  readonly differences?: readonly { readonly line: number; readonly search: string; readonly file: string }[];
}

export type Located =
  | { readonly kind: "one"; readonly match: Match }
  | { readonly kind: "many"; readonly lines: readonly number[] }
  | { readonly kind: "none" };

export const NONE: Located = { kind: "none" };

/** How many places a message names. */
export const MAX_LISTED = 20;
