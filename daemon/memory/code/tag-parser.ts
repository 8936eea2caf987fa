/** The port of parsers: text in, what the language's query captures out. Native and wasm give the same. */

/** Offsets in UTF-16 code units. */
export interface Capture {
  /** As in tags.scm, without "@". */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface Captures {
  /** One list for each match, in no order that counts. */
  readonly matches: readonly (readonly Capture[])[];
  /** Some code could not be read; the rest is there. */
  readonly broken: boolean;
}

export interface TagParser {
  readonly engine: "native" | "wasm";
  /** Undefined when the text took longer than PARSE_LIMIT_MS, or the parser gave up. */
  parse(text: string): Captures | undefined;
  /** Frees what no garbage collector sees. */
  dispose?(): void;
}

/** A grammar may hang on odd input: what takes longer is plain text. A megabyte of usual code takes an eighth of it. */
export const PARSE_LIMIT_MS = 1000;
