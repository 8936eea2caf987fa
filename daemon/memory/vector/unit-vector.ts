/** Arithmetic on vectors: unit length, cosine, one byte a number. */

/** In place; a vector of zeros stays. */
export function normalise(vector: Float32Array): Float32Array {
  let square = 0;
  for (let index = 0; index < vector.length; index++) square += (vector[index] ?? 0) ** 2;
  if (square === 0) return vector;
  const factor = 1 / Math.sqrt(square);
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] ?? 0) * factor;
  return vector;
}

/** Of two unit vectors of one size this is the cosine. */
export function dot(first: Float32Array, second: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < first.length; index++) sum += (first[index] ?? 0) * (second[index] ?? 0);
  return sum;
}

/** Writes a unit vector from `offset` on, each number × 127 and rounded: 1/127 undoes it. */
export function quantise(vector: Float32Array, out: Int8Array, offset: number): void {
  for (let index = 0; index < vector.length; index++) out[offset + index] = Math.round((vector[index] ?? 0) * 127);
}
