/** What a file is about as its commits tell it: their messages' vectors, and the words of its path. */

/** Pulls the sum of few messages towards nothing, so that a file with one commit does not speak as loud as one with many. */
const SHRINK = 0.3;
const PATH_SHARE = 0.5;

/**
 * One unit vector a path, path-major: v / (‖v‖ + .3) + .5 × the path's own, where v is what the history gives; zeros where
 * neither is known.
 */
export function messageMatrix(
  paths: readonly string[],
  messages: ReadonlyMap<string, Float32Array>,
  vectorOf: (text: string) => Float32Array,
  dimensions: number,
): Float32Array {
  const matrix = new Float32Array(paths.length * dimensions);
  for (const [place, path] of paths.entries()) {
    const own = matrix.subarray(place * dimensions, (place + 1) * dimensions);
    const message = messages.get(path);
    if (message !== undefined) addScaled(own, message, 1 / (Math.hypot(...message) + SHRINK));
    addScaled(own, vectorOf(path), PATH_SHARE);
    const norm = Math.hypot(...own);
    if (norm > 0) for (let index = 0; index < dimensions; index++) own[index] = (own[index] ?? 0) / norm;
  }
  return matrix;
}

function addScaled(into: Float32Array, vector: Float32Array, factor: number): void {
  for (let index = 0; index < into.length; index++) into[index] = (into[index] ?? 0) + factor * (vector[index] ?? 0);
}
