/** Offsets and lines of one text. */
export interface Lines {
  /** From 1. */
  lineOf(offset: number): number;
  /** Where the line of this offset begins. */
  startOf(offset: number): number;
}

/** Lines end at "\n"; "\r\n" is one end. Questions in ascending order cost next to nothing. */
export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  let last = 0;
  const indexOf = (offset: number): number => {
    const from = startAt(starts, last);
    if (from <= offset && offset < startAt(starts, last + 8)) {
      while (startAt(starts, last + 1) <= offset) last++;
      return last;
    }
    last = search(starts, offset);
    return last;
  };
  return { lineOf: (offset) => indexOf(offset) + 1, startOf: (offset) => startAt(starts, indexOf(offset)) };
}

function startAt(starts: readonly number[], index: number): number {
  return starts[index] ?? Number.POSITIVE_INFINITY;
}

/** The last line that begins at or before the offset. */
function search(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startAt(starts, middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
