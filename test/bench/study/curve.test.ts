import { expect, test } from 'vitest';
import { type Box, curveOf, lastOf, secondToReach, valueAt } from './curve.js';
import { endedTrial } from './search.fixture.js';

const box: Box = { leastAccuracy: 0.75, mostLatencyMs: 8, referenceLatencyMs: 8 };
const own = ({ latencyMs }: { latencyMs: number | null }) => latencyMs;

test('curveOf() is the share of the box below the front so far, a step a model that enlarges it', () => {
  const trials = [
    endedTrial({ second: 2, accuracy: 0.875, latencyMs: 4 }), // half of each axis
    endedTrial({ second: 3, accuracy: 0.8, latencyMs: 5 }), // dominated
    endedTrial({ second: 5, accuracy: 1, latencyMs: 6 }), // a quarter of the latencies at every accuracy
  ];
  const curve = curveOf(trials, box, own);
  expect(curve.map(({ second }) => second)).toEqual([2, 5]);
  expect(curve[0].hypervolume).toBeCloseTo(0.25);
  expect(curve[1].hypervolume).toBeCloseTo(0.25 + 0.25 * 0.5);
});

test('curveOf() counts neither pruned trials nor models outside a constraint, nor those without a latency', () => {
  const trials = [
    endedTrial({ state: 'PRUNED' }),
    endedTrial({ accuracy: 0.74 }),
    endedTrial({ accuracy: null }),
    endedTrial({ latencyMs: 8.1 }),
    endedTrial({ latencyMs: null }),
  ];
  expect(curveOf(trials, box, own)).toEqual([]);
  expect(lastOf([])).toBe(0);
});

test('secondToReach() is the first second with the value, null where there is none', () => {
  const curve = [
    { second: 2, hypervolume: 0.1 },
    { second: 7, hypervolume: 0.3 },
  ];
  expect([0, 0.1, 0.2, 0.3, 0.31].map((value) => secondToReach(curve, value))).toEqual([0, 2, 7, 7, null]);
  expect([1, 2, 6.9, 7, 100].map((second) => valueAt(curve, second))).toEqual([0, 0.1, 0.1, 0.3, 0.3]);
});
