import { describe, expect, test } from 'vitest';
import { Rng } from '#primitives';
import { crossoverNames, crossovers } from './crossover.js';

const settings = { swappingProb: 0.5, eta: 2 };
const parentsOf = (count: number) =>
  [
    [0.2, 0.3, 0.9],
    [0.4, 0.3, 0.1],
    [0.3, 0.8, 0.5],
  ].slice(0, count);

describe.each(crossoverNames)('crossovers.%s', (name) => {
  const { parents: count, cross } = crossovers[name];
  const parents = parentsOf(count);

  test('makes children about the middle of the parents', () => {
    const rng = new Rng(4);
    const children = Array.from({ length: 4000 }, () => cross(parents, rng, settings));
    for (let d = 0; d < 3; d++) {
      const column = children.map((row) => row[d]);
      const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
      const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length);
      // undx is centred on the line of the first two; sbx leans away from the nearer end of the range.
      const centre = (name === 'spx' ? parents : parents.slice(0, 2)).reduce((sum, row) => sum + row[d], 0);
      const middle = centre / (name === 'spx' ? parents.length : 2);
      const lean = name === 'sbx' ? 0.05 : 0;
      expect(Math.abs(mean - middle)).toBeLessThan(lean + (4.5 * deviation) / Math.sqrt(column.length) + 1e-9);
    }
  });

  // vsbx widens each parent on its own, so that it moves even equal ones.
  if (name === 'vsbx') return;
  test('leaves equal parents as they are', () => {
    const same = Array.from({ length: count }, () => [0.25, 0.5, 0.75]);
    for (const [d, x] of cross(same, new Rng(1), settings).entries()) expect(x).toBeCloseTo(same[0][d], 6);
  });
});

test('crossovers.uniform takes every coordinate from a parent, in the given proportion', () => {
  const rng = new Rng(8);
  const rows = Array.from({ length: 3000 }, () =>
    crossovers.uniform.cross(parentsOf(2), rng, { swappingProb: 0.25, eta: 2 }),
  );
  const fromSecond = rows.filter(([x]) => x === 0.4).length;
  expect(rows.filter(([x]) => x === 0.2).length).toBe(3000 - fromSecond);
  expect(Math.abs(fromSecond / 3000 - 0.75)).toBeLessThan(4.5 * Math.sqrt((0.75 * 0.25) / 3000));
});

test('crossovers.blxalpha fills the box that is twice as wide as the parents', () => {
  const rng = new Rng(8);
  const first = Array.from({ length: 3000 }, () => crossovers.blxalpha.cross(parentsOf(2), rng, settings)[0]);
  expect(Math.min(...first)).toBeGreaterThanOrEqual(0.1);
  expect(Math.max(...first)).toBeLessThanOrEqual(0.5);
  expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(0.398);
});

test('crossovers.sbx stays inside the cube and nearer to the parents with a larger eta', () => {
  const distance = (eta: number) => {
    const rng = new Rng(8);
    let sum = 0;
    for (let i = 0; i < 3000; i++) {
      const row = crossovers.sbx.cross(parentsOf(2), rng, { swappingProb: 0.5, eta });
      for (const x of row) expect(x >= -1e-9 && x <= 1 + 1e-9).toBe(true);
      sum += Math.min(Math.abs(row[0] - 0.2), Math.abs(row[0] - 0.4));
    }
    return sum / 3000;
  };
  expect(distance(20)).toBeLessThan(0.5 * distance(2));
});

test('crossovers.spx stays in the blown-up simplex, crossovers.undx crosses the line as far as the third parent', () => {
  const rng = new Rng(8);
  const triangle = [
    [0, 0],
    [1, 0],
    [0, 1],
  ];
  for (let i = 0; i < 2000; i++) {
    const [x, y] = crossovers.spx.cross(triangle, rng, settings);
    // The simplex about (1/3, 1/3), twice as large: sqrt(2 + 2) = 2.
    expect(x).toBeGreaterThan(-1 / 3 - 1e-9);
    expect(y).toBeGreaterThan(-1 / 3 - 1e-9);
    expect(x + y).toBeLessThan(4 / 3 + 1e-9);
  }
  const deviationAcross = (height: number) => {
    const stream = new Rng(3);
    const across = Array.from(
      { length: 3000 },
      () =>
        crossovers.undx.cross(
          [
            [0, 0],
            [1, 0],
            [0.5, height],
          ],
          stream,
          settings,
        )[1],
    );
    return Math.sqrt(across.reduce((sum, y) => sum + y * y, 0) / across.length);
  };
  expect(deviationAcross(0.4)).toBeCloseTo((0.4 * 0.35) / Math.sqrt(2), 2);
  expect(deviationAcross(0.1) / deviationAcross(0.4)).toBeCloseTo(0.25, 6);
});
