/** A symmetric matrix in its eigenbasis. */
export interface EigenCoordinates {
  readonly values: Float64Array;
  /** Of each given vector in the basis of the unit eigenvectors, in the order of the values. */
  readonly coordinates: readonly Float64Array[];
}

const MOST_ITERATIONS = 60;

/**
 * Eigenvalues of a symmetric matrix, and what some vectors are in its eigenbasis. The eigenvectors themselves are never made:
 * the rotations that make the matrix diagonal are applied to the given vectors alone, which costs a fraction.
 *
 * About `4/3 size³` flops for Householder's reduction and `5 size² * vectors` for the implicit QL iteration.
 *
 * @param matrix size × size, row-major, symmetric and finite; it is destroyed.
 * @param vectors Each of length `size`; not changed.
 * @returns Values in no particular order.
 * @see Golub & Van Loan, Matrix Computations, 4th ed., algorithms 8.3.1 and 8.3.3
 */
export function eigenCoordinates(
  matrix: Float64Array,
  size: number,
  vectors: readonly Float64Array[],
): EigenCoordinates {
  const coordinates = vectors.map((vector) => vector.slice());
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  tridiagonalize(matrix, size, diagonal, beside, coordinates);
  for (let first = 0; first < size; first++) diagonalize(diagonal, beside, first, coordinates);
  return { values: diagonal, coordinates };
}

/** Householder reflections from the first column on; what is left are the diagonal and the entries beside it. */
function tridiagonalize(
  a: Float64Array,
  size: number,
  diagonal: Float64Array,
  beside: Float64Array,
  coordinates: readonly Float64Array[],
): void {
  const normal = new Float64Array(size);
  const image = new Float64Array(size);
  for (let step = 0; step < size; step++) {
    diagonal[step] = a[step * size + step];
    const from = step + 1;
    if (from >= size) break;
    let squares = 0;
    for (let row = from; row < size; row++) squares += a[row * size + step] ** 2;
    const head = a[from * size + step];
    const length = head > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    beside[step] = length;
    const scale = squares - head * length;
    if (scale === 0) continue;
    for (let row = from; row < size; row++) normal[row] = a[row * size + step];
    normal[from] -= length;
    for (const vector of coordinates) {
      const share = dotFrom(normal, vector, from) / scale;
      for (let row = from; row < size; row++) vector[row] -= share * normal[row];
    }
    // The lower half alone is kept up to date: image = A·normal by rows and columns of it.
    image.fill(0, from);
    for (let row = from; row < size; row++) {
      const offset = row * size;
      let sum = 0;
      const own = normal[row];
      for (let column = from; column < row; column++) {
        const entry = a[offset + column];
        sum += entry * normal[column];
        image[column] += entry * own;
      }
      image[row] += sum + a[offset + row] * own;
    }
    const half = dotFrom(normal, image, from) / (2 * scale);
    for (let row = from; row < size; row++) image[row] = (image[row] - half * normal[row]) / scale;
    for (let row = from; row < size; row++) {
      const offset = row * size;
      const [own, other] = [normal[row], image[row]];
      for (let column = from; column <= row; column++) {
        a[offset + column] -= own * image[column] + other * normal[column];
      }
    }
  }
}

/** Implicit QL with Wilkinson's shift until the entry beside `first` vanishes. */
function diagonalize(
  diagonal: Float64Array,
  beside: Float64Array,
  first: number,
  coordinates: readonly Float64Array[],
): void {
  const size = diagonal.length;
  for (let iteration = 0; ; iteration++) {
    let last = first;
    while (last < size - 1) {
      const around = Math.abs(diagonal[last]) + Math.abs(diagonal[last + 1]);
      if (Math.abs(beside[last]) <= Number.EPSILON * around) break;
      last++;
    }
    if (last === first) return;
    if (iteration === MOST_ITERATIONS)
      throw new RangeError('The eigenvalues of the matrix do not converge: is it finite?');
    const ratio = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
    const root = Math.hypot(ratio, 1);
    let g = diagonal[last] - diagonal[first] + beside[first] / (ratio + (ratio >= 0 ? root : -root));
    let sine = 1;
    let cosine = 1;
    let shift = 0;
    let row = last - 1;
    for (; row >= first; row--) {
      const f = sine * beside[row];
      const b = cosine * beside[row];
      const length = Math.hypot(f, g);
      beside[row + 1] = length;
      if (length === 0) {
        diagonal[row + 1] -= shift;
        beside[last] = 0;
        break;
      }
      sine = f / length;
      cosine = g / length;
      g = diagonal[row + 1] - shift;
      const r = (diagonal[row] - g) * sine + 2 * cosine * b;
      shift = sine * r;
      diagonal[row + 1] = g + shift;
      g = cosine * r - b;
      for (const vector of coordinates) {
        const upper = vector[row + 1];
        vector[row + 1] = sine * vector[row] + cosine * upper;
        vector[row] = cosine * vector[row] - sine * upper;
      }
    }
    if (row >= first) continue;
    diagonal[first] -= shift;
    beside[first] = g;
    beside[last] = 0;
  }
}

function dotFrom(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let index = from; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}
