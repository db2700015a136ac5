import { dot } from './dot.js';

/** Smallest pivot: below it a matrix is singular to rounding, and a row adds nothing that the earlier ones do not have. */
const SMALLEST_PIVOT = 1e-12;

/**
 * The lower triangle L with L·Lᵀ = A, grown one row of A at a time in O(n²). A row never changes those before it, so a
 * factor that was extended equals one that was computed at once, to the last bit.
 */
export class CholeskyFactor {
  /** Row i stands at i(i + 1)/2. */
  #values = new Float64Array(64);
  #size = 0;

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends a row of A.
   *
   * @param row Its entries left of the diagonal, `size` numbers. @param diagonal Its last entry.
   */
  append(row: Float64Array, diagonal: number): void {
    const n = this.#size;
    const start = (n * (n + 1)) / 2;
    this.#reserve(start + n + 1);
    const values = this.#values;
    for (let j = 0, other = 0; j < n; other += ++j) {
      values[start + j] = (row[j] - dot(values, other, values, start, j)) / values[other + j];
    }
    values[start + n] = Math.sqrt(Math.max(SMALLEST_PIVOT, diagonal - dot(values, start, values, start, n)));
    this.#size++;
  }

  /** Forgets all rows but the first `size`. */
  truncate(size: number): void {
    this.#size = Math.min(this.#size, size);
  }

  /** Σ ln of the diagonal: half the logarithm of the determinant of A. */
  halfLogDeterminant(): number {
    let sum = 0;
    for (let i = 0; i < this.#size; i++) sum += Math.log(this.#values[(i * (i + 3)) / 2]);
    return sum;
  }

  /** Replaces b (`size` numbers) by L⁻¹·b. */
  solveLower(b: Float64Array): void {
    const values = this.#values;
    for (let i = 0, start = 0; i < this.#size; start += ++i) {
      b[i] = (b[i] - dot(values, start, b, 0, i)) / values[start + i];
    }
  }

  /** Replaces b (`size` numbers) by L⁻ᵀ·b. */
  solveUpper(b: Float64Array): void {
    const values = this.#values;
    for (let i = this.#size - 1; i >= 0; i--) {
      const start = (i * (i + 1)) / 2;
      const solved = b[i] / values[start + i];
      b[i] = solved;
      for (let j = 0; j < i; j++) b[j] -= solved * values[start + j];
    }
  }

  /** A⁻¹, n × n, the upper triangle only (row <= column); the rest is 0. O(n³). */
  inverse(): Float64Array {
    const n = this.#size;
    const values = this.#values;
    // Row i holds column i of L⁻¹, so that both products below run along rows.
    const columns = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      columns[i * n + i] = 1 / values[(i * (i + 3)) / 2];
      for (let k = i + 1; k < n; k++) {
        const start = (k * (k + 1)) / 2;
        columns[i * n + k] = -dot(values, start + i, columns, i * n + i, k - i) / values[start + k];
      }
    }
    const inverse = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) inverse[i * n + j] = dot(columns, i * n + j, columns, j * n + j, n - j);
    }
    return inverse;
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return;
    const grown = new Float64Array(Math.max(length, 2 * this.#values.length));
    grown.set(this.#values);
    this.#values = grown;
  }
}
