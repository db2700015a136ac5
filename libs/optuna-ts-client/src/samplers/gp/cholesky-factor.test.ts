import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { CholeskyFactor } from './cholesky-factor.js';

/** A positive definite matrix: B·Bᵀ plus the identity. */
function definite(n: number, rng: Rng): number[][] {
  const b = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()));
  return b.map((row, i) => b.map((other, j) => row.reduce((sum, v, k) => sum + v * other[k], i === j ? 1 : 0)));
}

function factorOf(matrix: number[][]): CholeskyFactor {
  const factor = new CholeskyFactor();
  for (const [i, row] of matrix.entries()) factor.append(Float64Array.from(row.slice(0, i)), row[i]);
  return factor;
}

test.each([1, 2, 5, 37])('CholeskyFactor solves, inverts and has the determinant of %i rows', (n) => {
  const matrix = definite(n, new Rng(n));
  const factor = factorOf(matrix);
  const wanted = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
  const solved = Float64Array.from(matrix, (row) => row.reduce((sum, value, i) => sum + value * wanted[i], 0));
  factor.solveLower(solved);
  factor.solveUpper(solved);
  for (let i = 0; i < n; i++) expect(solved[i]).toBeCloseTo(wanted[i], 9);

  const inverse = factor.inverse();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const product = matrix[i].reduce((sum, v, k) => sum + v * inverse[Math.min(k, j) * n + Math.max(k, j)], 0);
      expect(product).toBeCloseTo(i === j ? 1 : 0, 8);
    }
  }
});

test('CholeskyFactor has the determinant of a matrix whose determinant is known', () => {
  const factor = factorOf([
    [4, 2, 0],
    [2, 5, 2],
    [0, 2, 5],
  ]);
  expect(factor.halfLogDeterminant()).toBeCloseTo(0.5 * Math.log(64), 14);
});

test('CholeskyFactor takes a row that is a copy of another', () => {
  const factor = factorOf([
    [1, 1],
    [1, 1],
  ]);
  const b = Float64Array.of(1, 1);
  factor.solveLower(b);
  expect([...b]).toEqual([1, 0]);
});
