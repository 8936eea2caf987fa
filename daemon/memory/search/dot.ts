/**
 * Dot products with vectors that lie behind one another; their length is a multiple of four. Four sums at a time are nearly
 * twice as fast as one, and so are two functions, because each then sees one kind of array.
 */

export function dotUnits(query: Float32Array, vectors: Int8Array, start: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let place = 0; place < query.length; place += 4) {
    const at = start + place;
    first += (query[place] ?? 0) * (vectors[at] ?? 0);
    second += (query[place + 1] ?? 0) * (vectors[at + 1] ?? 0);
    third += (query[place + 2] ?? 0) * (vectors[at + 2] ?? 0);
    fourth += (query[place + 3] ?? 0) * (vectors[at + 3] ?? 0);
  }
  return first + second + third + fourth;
}

export function dotFloats(query: Float32Array, vectors: Float32Array, start: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let place = 0; place < query.length; place += 4) {
    const at = start + place;
    first += (query[place] ?? 0) * (vectors[at] ?? 0);
    second += (query[place + 1] ?? 0) * (vectors[at + 1] ?? 0);
    third += (query[place + 2] ?? 0) * (vectors[at + 2] ?? 0);
    fourth += (query[place + 3] ?? 0) * (vectors[at + 3] ?? 0);
  }
  return first + second + third + fourth;
}
