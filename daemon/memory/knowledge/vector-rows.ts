/** Unit vectors in one block of memory, so that all of them are compared in one loop. */

export interface VectorRows {
  /** Undefined, or a vector without direction or of another length than the first one: the row is empty. */
  set(row: number, vector: Float32Array | undefined): void;
  /** Of each of the first `count` rows with the vector; 0 for an empty one, or all when there is nothing to compare. */
  cosines(vector: Float32Array | undefined, count: number): Float64Array;
}

export function createVectorRows(): VectorRows {
  let dimensions = 0;
  let block = new Float32Array();

  return {
    set(row, vector) {
      const unit = unitVector(vector);
      if (dimensions === 0) dimensions = unit?.length ?? 0;
      const start = row * dimensions;
      if (start + dimensions > block.length) block = grown(block, start + dimensions);
      if (unit?.length === dimensions) block.set(unit, start);
      else block.fill(0, start, start + dimensions);
    },

    cosines(vector, count) {
      const cosines = new Float64Array(count);
      const unit = unitVector(vector);
      if (unit === undefined || unit.length !== dimensions) return cosines;
      const rows = Math.min(count, block.length / dimensions);
      for (let row = 0, at = 0; row < rows; row++) {
        let sum = 0;
        for (let index = 0; index < dimensions; index++, at++) sum += (unit[index] ?? 0) * (block[at] ?? 0);
        cosines[row] = sum;
      }
      return cosines;
    },
  };
}

function grown(block: Float32Array<ArrayBuffer>, least: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(Math.max(least, block.length * 2));
  larger.set(block);
  return larger;
}

/** Undefined for a vector without a direction, or with a component that is no number. */
function unitVector(vector: Float32Array | undefined): Float32Array | undefined {
  if (vector === undefined) return undefined;
  const length = Math.sqrt(vector.reduce((sum, component) => sum + component * component, 0));
  return Number.isFinite(length) && length > 0 ? vector.map((component) => component / length) : undefined;
}
