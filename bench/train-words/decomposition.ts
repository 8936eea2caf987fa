/** Singular values by random projection (Halko, Martinsson, Tropp), and by Jacobi's rotations where matrices are small. */
import type { Matrix } from "./counts.ts";

/** Row-major, rows × columns. */
export interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

const OVERSAMPLING = 16;
const POWER_ITERATIONS = 2;
const MAX_SWEEPS = 30;
/** Of the matrix's norm: the vectors end as 32-bit floats, and then as bytes. */
const TOLERANCE = 1e-7;

/** U · √S of the `rank` greatest singular values: a vector for each row of the matrix, which is all but symmetric. */
export function factorise(matrix: Matrix, rank: number, random: () => number): Table {
  const width = Math.min(matrix.size, rank + OVERSAMPLING);
  let basis = orthonormal(multiply(matrix, randomTable(matrix.size, width, random), false));
  for (let iteration = 0; iteration < POWER_ITERATIONS; iteration++) {
    basis = orthonormal(multiply(matrix, basis, true));
    basis = orthonormal(multiply(matrix, basis, false));
  }
  // Bᵀ = Aᵀ Q; the eigenvectors of B Bᵀ turn Q into the left singular vectors of A.
  const projected = multiply(matrix, basis, true);
  const { values, vectors } = eigen(gram(projected));
  return turned(basis, vectors, Math.min(rank, width), (column) => Math.max(0, values[column] ?? 0) ** 0.25);
}

/** The rows in the `columns` directions of their greatest variance: keeps dot products as well as can be. */
export function principal(table: Table, columns: number): Table {
  const { vectors } = eigen(gram(table));
  return turned(table, vectors, Math.min(columns, table.columns), () => 1);
}

function randomTable(rows: number, columns: number, random: () => number): Table {
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  return { rows, columns, values: Float32Array.from({ length: rows * columns }, normal) };
}

/** Matrix (or its transpose) · table; zeros of the matrix cost nothing. */
function multiply({ size, values }: Matrix, table: Table, transposed: boolean): Table {
  const { columns } = table;
  const product = new Float32Array(size * columns);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const value = values[row * size + column] ?? 0;
      if (value === 0) continue;
      const [to, from] = transposed ? [column * columns, row * columns] : [row * columns, column * columns];
      for (let index = 0; index < columns; index++)
        product[to + index] = (product[to + index] ?? 0) + value * (table.values[from + index] ?? 0);
    }
  return { rows: size, columns, values: product };
}

/** Columns at right angles and of unit length, by Gram and Schmidt twice over. */
function orthonormal(table: Table): Table {
  const { rows, columns } = table;
  const byColumn = Array.from({ length: columns }, (_, column) =>
    Float64Array.from({ length: rows }, (_, row) => table.values[row * columns + column] ?? 0),
  );
  for (const [place, column] of byColumn.entries()) {
    for (let pass = 0; pass < 2; pass++)
      for (const earlier of byColumn.slice(0, place)) {
        const along = dot(earlier, column);
        for (let row = 0; row < rows; row++) column[row] = (column[row] ?? 0) - along * (earlier[row] ?? 0);
      }
    const length = Math.sqrt(dot(column, column));
    for (let row = 0; row < rows; row++) column[row] = length < 1e-9 ? 0 : (column[row] ?? 0) / length;
  }
  const values = new Float32Array(rows * columns);
  for (const [place, column] of byColumn.entries())
    for (let row = 0; row < rows; row++) values[row * columns + place] = column[row] ?? 0;
  return { rows, columns, values };
}

/** tableᵀ · table. */
function gram({ rows, columns, values }: Table): Float64Array[] {
  const sums = Array.from({ length: columns }, () => new Float64Array(columns));
  for (let row = 0; row < rows; row++)
    for (const [first, line] of sums.entries()) {
      const value = values[row * columns + first] ?? 0;
      if (value === 0) continue;
      for (let second = 0; second < columns; second++)
        line[second] = (line[second] ?? 0) + value * (values[row * columns + second] ?? 0);
    }
  return sums;
}

interface Eigen {
  /** Greatest first. */
  readonly values: readonly number[];
  /** The vector of each value. */
  readonly vectors: readonly Float64Array[];
}

/** Of a symmetric matrix, by cyclic rotations; the matrix is used up. */
function eigen(matrix: Float64Array[]): Eigen {
  const size = matrix.length;
  const vectors = matrix.map((_, row) => Float64Array.from({ length: size }, (_, column) => (row === column ? 1 : 0)));
  const scale = Math.sqrt(matrix.reduce((sum, line) => sum + dot(line, line), 0));
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotations = 0;
    for (let first = 0; first < size; first++)
      for (let second = first + 1; second < size; second++)
        if (rotate(matrix, vectors, first, second, scale * TOLERANCE)) rotations += 1;
    if (rotations === 0) break;
  }
  const order = matrix.map((line, place) => ({ value: line[place] ?? 0, vector: vectors[place] ?? line }));
  order.sort((first, second) => second.value - first.value);
  return { values: order.map(({ value }) => value), vectors: order.map(({ vector }) => vector) };
}

/** Makes one pair of off-diagonal numbers zero unless it all but is. `vectors` holds eigenvectors as rows. */
function rotate(
  matrix: Float64Array[],
  vectors: Float64Array[],
  first: number,
  second: number,
  negligible: number,
): boolean {
  const [firstLine, secondLine] = [matrix[first], matrix[second]];
  const [firstVector, secondVector] = [vectors[first], vectors[second]];
  if (firstLine === undefined || secondLine === undefined) return false;
  if (firstVector === undefined || secondVector === undefined) return false;
  const off = firstLine[second] ?? 0;
  if (Math.abs(off) <= negligible) return false;
  const theta = ((secondLine[second] ?? 0) - (firstLine[first] ?? 0)) / (2 * off);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  turnPair(firstLine, secondLine, cosine, sine);
  for (const line of matrix) {
    const [one, other] = [line[first] ?? 0, line[second] ?? 0];
    line[first] = cosine * one - sine * other;
    line[second] = sine * one + cosine * other;
  }
  turnPair(firstVector, secondVector, cosine, sine);
  return true;
}

function turnPair(first: Float64Array, second: Float64Array, cosine: number, sine: number): void {
  for (let index = 0; index < first.length; index++) {
    const [one, other] = [first[index] ?? 0, second[index] ?? 0];
    first[index] = cosine * one - sine * other;
    second[index] = sine * one + cosine * other;
  }
}

/** table · vectors, the first `columns` of them, each times its factor. */
function turned(
  table: Table,
  vectors: readonly Float64Array[],
  columns: number,
  factor: (column: number) => number,
): Table {
  const values = new Float32Array(table.rows * columns);
  for (let row = 0; row < table.rows; row++)
    for (let column = 0; column < columns; column++) {
      const vector = vectors[column] ?? new Float64Array();
      let sum = 0;
      for (let index = 0; index < table.columns; index++)
        sum += (table.values[row * table.columns + index] ?? 0) * (vector[index] ?? 0);
      values[row * columns + column] = sum * factor(column);
    }
  return { rows: table.rows, columns, values };
}

function dot(first: Float64Array, second: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < first.length; index++) sum += (first[index] ?? 0) * (second[index] ?? 0);
  return sum;
}
