/** What two lists have in common, in order: the longest such, unless they are too large to compare. */

/** Cells of the table of comparisons; about five milliseconds. */
const MAX_CELLS = 1_000_000;

/** For each item of `to` the index of the item of `from` that it is, or -1. */
export function align(from: readonly string[], to: readonly string[]): number[] {
  const partner: number[] = new Array(to.length).fill(-1);
  const most = Math.min(from.length, to.length);
  let start = 0;
  while (start < most && from[start] === to[start]) {
    partner[start] = start;
    start += 1;
  }
  let end = 0;
  while (end < most - start && from[from.length - 1 - end] === to[to.length - 1 - end]) {
    partner[to.length - 1 - end] = from.length - 1 - end;
    end += 1;
  }
  const middleFrom = from.slice(start, from.length - end);
  const middleTo = to.slice(start, to.length - end);
  if (middleFrom.length * middleTo.length <= MAX_CELLS)
    for (const [ofFrom, ofTo] of commonPairs(middleFrom, middleTo)) partner[start + ofTo] = start + ofFrom;
  return partner;
}

function commonPairs(from: readonly string[], to: readonly string[]): [from: number, to: number][] {
  const width = to.length + 1;
  const lengths = new Uint32Array((from.length + 1) * width);
  const lengthAt = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = from.length - 1; row >= 0; row--)
    for (let column = to.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        from[row] === to[column]
          ? lengthAt(row + 1, column + 1) + 1
          : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
  const pairs: [number, number][] = [];
  for (let row = 0, column = 0; row < from.length && column < to.length; ) {
    if (from[row] === to[column]) pairs.push([row++, column++]);
    else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}
