import { expect, test } from 'vitest';
import type { Observation } from './accuracy-belief.js';
import { tellingObservations } from './observations.js';

const observation = (architecture: string, rate: number, epoch: number, value: number): Observation => ({
  point: { architecture, retrainDepth: 'deep', rate, epoch, trajectory: `${architecture} ${rate}` },
  value,
  variance: 0.01,
});

test('tellingObservations() merges what was seen at the same point', () => {
  const same = [observation('a', -2, 4, 1), observation('a', -2.01, 4, 1.2), observation('a', -2, 8, 1.3)];
  const merged = tellingObservations(same, 10);
  expect(merged.map(({ value, variance }) => [value, variance])).toEqual([
    [expect.closeTo(1.1, 9), expect.closeTo(0.005, 9)],
    [1.3, 0.01],
  ]);
});

test('tellingObservations() keeps the best, and something of every network', () => {
  const many = Array.from({ length: 50 }, (_, network) =>
    Array.from({ length: 40 }, (_, index) => observation(`net${network}`, -index / 10, 4, network / 50 + index / 1000)),
  ).flat();
  const kept = tellingObservations(many, 200);
  expect(kept.length).toBe(200);
  expect(new Set(kept.map(({ point }) => point.architecture)).size).toBe(50);
  expect(kept.filter(({ point }) => point.architecture === 'net49').length).toBeGreaterThan(30);
});
