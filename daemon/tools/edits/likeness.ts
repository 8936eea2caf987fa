/** How much alike two lines are, by the characters that would have to be inserted, removed or replaced. */

/** Levenshtein distance in UTF-16 units, or undefined when it is more than `most`. */
export function distance(first: string, second: string, most: number): number | undefined {
  if (first === second) return 0;
  if (Math.abs(first.length - second.length) > most) return undefined;
  let row = Array.from({ length: second.length + 1 }, (_, column) => column);
  for (let at = 1; at <= first.length; at++) {
    const next = rowAfter(row, first, second, at, most);
    if (next === undefined) return undefined;
    row = next;
  }
  const found = row[second.length] ?? Number.POSITIVE_INFINITY;
  return found <= most ? found : undefined;
}

/** Only the band of `most` around the diagonal is worked out; all else is more than that. */
function rowAfter(row: readonly number[], first: string, second: string, at: number, most: number) {
  const from = Math.max(1, at - most);
  const to = Math.min(second.length, at + most);
  const next: number[] = new Array(second.length + 1).fill(most + 1);
  if (at <= most) next[0] = at;
  let least = next[0] ?? most + 1;
  for (let column = from; column <= to; column++) {
    const same = first.charCodeAt(at - 1) === second.charCodeAt(column - 1) ? 0 : 1;
    const cost = Math.min((row[column - 1] ?? 0) + same, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1);
    next[column] = cost;
    if (cost < least) least = cost;
  }
  return least > most ? undefined : next;
}
