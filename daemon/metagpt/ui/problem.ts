/** Something in a design that whoever wrote it can mend; the same shape as a document's problem. */
export interface DesignProblem {
  /** unknown_reference · cyclic · wrong_type · low_contrast · missing … */
  readonly code: string;
  /** What is wrong, where, and what to do. */
  readonly message: string;
}

/** Those that are there more than once. */
export function repeated(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}
