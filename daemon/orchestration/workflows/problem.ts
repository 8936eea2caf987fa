/** What is wrong with a workflow file, and where. */

export interface Problem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the file: steps[2].command.run */
  readonly path: string;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** Gives what was found a place in the file. */
export type Locate = (finding: Finding) => Problem;

export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
  /** The key is meant, not its value. */
  readonly atKey?: boolean;
}
