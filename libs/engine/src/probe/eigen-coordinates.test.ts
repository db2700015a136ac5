import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { eigenCoordinates } from './eigen-coordinates.js';

function symmetric(size: number, rank = size, seed = 3): Float64Array {
  const rng = new Rng(seed);
  const factor = Float64Array.from({ length: size * rank }, () => rng.normal());
  return Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += factor[i * rank + k] * factor[j * rank + k];
    return sum;
  });
}

/** Of a polynomial of the matrix: what any eigenbasis must give. */
function forms(matrix: Float64Array, size: number, a: Float64Array, b: Float64Array): number[] {
  let power = b;
  return [0, 1, 2, 3].map((degree) => {
    if (degree > 0) {
      const before = power;
      power = Float64Array.from({ length: size }, (_, i) =>
        before.reduce((sum, value, j) => sum + matrix[i * size + j] * value, 0),
      );
    }
    return a.reduce((sum, value, i) => sum + value * power[i], 0);
  });
}

test.each([
  [1, 1],
  [2, 2],
  [7, 7],
  [40, 40],
  [40, 3],
])('eigenCoordinates() of size %i and rank %i gives the same quadratic forms', (size, rank) => {
  const matrix = symmetric(size, rank);
  const rng = new Rng(5);
  const [a, b] = [0, 1].map(() => Float64Array.from({ length: size }, () => rng.normal()));
  const wanted = forms(matrix, size, a, b);
  const scale = forms(matrix, size, a, a);
  const { values, coordinates } = eigenCoordinates(matrix.slice(), size, [a, b]);
  const found = [0, 1, 2, 3].map((degree) =>
    values.reduce((sum, value, i) => sum + coordinates[0][i] * value ** degree * coordinates[1][i], 0),
  );
  found.forEach((value, degree) => {
    expect(Math.abs(value - wanted[degree])).toBeLessThan(1e-11 * Math.max(1, Math.abs(scale[degree])));
  });
  const trace = Array.from({ length: size }, (_, i) => matrix[i * size + i]).reduce((sum, value) => sum + value, 0);
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 9);
});

test('eigenCoordinates() leaves the vectors alone, and a diagonal matrix as it is', () => {
  const vector = Float64Array.of(1, 2, 3);
  const { values, coordinates } = eigenCoordinates(Float64Array.of(5, 0, 0, 0, 1, 0, 0, 0, 3), 3, [vector]);
  expect([...vector]).toEqual([1, 2, 3]);
  const pairs = [...values].map((value, index) => [value, Math.abs(coordinates[0][index])]);
  expect(pairs.sort(([a], [b]) => b - a)).toEqual([
    [5, 1],
    [3, 3],
    [1, 2],
  ]);
});
