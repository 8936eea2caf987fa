/** What is wrong with code, and what of it is new. */

/** A place in a file where something is wrong, whoever found it. */
export interface Problem {
  readonly line: number;
  /** The line as it stands, without the space around it: what two looks at a file are compared by. */
  readonly text: string;
  readonly message: string;
}

/** A problem in a file of the copy. */
export interface PlacedProblem extends Problem {
  readonly file: string;
}

/**
 * Those of `after` that `before` does not account for, compared by what the line holds, because line numbers move. A file
 * that was broken before and has no more problems than it had has no new ones: its errors only look different.
 */
export function newProblems<Found extends Problem>(before: readonly Problem[], after: readonly Found[]): Found[] {
  const known = new Map<string, number>();
  for (const problem of before) known.set(keyOf(problem), (known.get(keyOf(problem)) ?? 0) + 1);
  const fresh = after.filter((problem) => {
    const left = known.get(keyOf(problem)) ?? 0;
    known.set(keyOf(problem), left - 1);
    return left <= 0;
  });
  return before.length === 0 ? fresh : fresh.slice(0, Math.max(0, after.length - before.length));
}

function keyOf({ message, text }: Problem): string {
  return `${message}\n${text.trim().replace(/\s+/g, " ")}`;
}
