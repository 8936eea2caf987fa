/** The k-th largest of many numbers in one pass: what a ranking needs of a sort. 0 where there are fewer than k above 0. */
export function kthLargest(values: Float32Array | Float64Array, k: number): number {
  // A heap whose root is the least of the k best; what is not yet filled counts as 0.
  const heap = new Float64Array(k);
  for (const value of values) if (value > (heap[0] ?? 0)) replaceRoot(heap, value);
  return heap[0] ?? 0;
}

function replaceRoot(heap: Float64Array, value: number): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const lesser = right < heap.length && (heap[right] ?? 0) < (heap[left] ?? 0) ? right : left;
    const least = heap[lesser] ?? 0;
    if (least >= value) break;
    heap[at] = least;
    at = lesser;
  }
  heap[at] = value;
}
