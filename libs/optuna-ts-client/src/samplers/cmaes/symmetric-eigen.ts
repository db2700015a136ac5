/** Eigenvalues and unit eigenvectors of a symmetric matrix. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** Row-major; the k-th column belongs to the k-th value. */
  readonly vectors: Float64Array;
}

const SWEEPS = 60;

/**
 * Eigen decomposition by cyclic Jacobi rotations: slower than a QR iteration, but exact to rounding even for values of
 * very different size, and deterministic.
 *
 * @param matrix size × size, row-major, symmetric and finite; not changed.
 * @returns Values in no particular order. Cost: O(size³) per sweep, fewer than ten in practice.
 * @see Golub & Van Loan, Matrix Computations, 4th ed., §8.5
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    let scale = 0;
    for (let p = 0; p < size; p++) {
      scale += a[p * size + p] ** 2;
      for (let q = p + 1; q < size; q++) off += a[p * size + q] ** 2;
    }
    if (off <= 1e-32 * scale) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q);
  }
  return { values: Float64Array.from({ length: size }, (_, i) => a[i * size + i]), vectors: v };
}

/** Turns the plane of p and q so that their entry vanishes. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const entry = a[p * size + q];
  if (entry === 0) return;
  const ratio = (a[q * size + q] - a[p * size + p]) / (2 * entry);
  const t = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const kp = a[k * size + p];
    const kq = a[k * size + q];
    a[k * size + p] = c * kp - s * kq;
    a[k * size + q] = s * kp + c * kq;
  }
  for (let k = 0; k < size; k++) {
    const pk = a[p * size + k];
    const qk = a[q * size + k];
    a[p * size + k] = c * pk - s * qk;
    a[q * size + k] = s * pk + c * qk;
    const vp = v[k * size + p];
    const vq = v[k * size + q];
    v[k * size + p] = c * vp - s * vq;
    v[k * size + q] = s * vp + c * vq;
  }
}
