import { expect, test } from 'vitest';
import { toScale } from './accuracy-scale.js';
import { type Outlook, VolumeGoals } from './volume-goals.js';

const outlook = (latency: number | undefined): Outlook => ({ known: [undefined, latency], constrained: [] });
const twoGoals = () =>
  new VolumeGoals(
    [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'latencyP95Ms', direction: 'minimize' },
    ],
    [],
    [outlook(10), outlook(20)],
  );

test('VolumeGoals.beyond() gives the rectangle that an accuracy adds', () => {
  const goals = twoGoals();
  // The scale of latency goes from the fastest, 10 ms, to a tenth of the range beyond the slowest: 21 ms.
  const front = goals.beyond([goals.member(outlook(10), 0.8), goals.member(outlook(20), 0.9)]);
  expect(front.volume).toBeCloseTo(0.8 + 0.1 * (1 / 11), 9);
  expect(front.of(outlook(15)).at(0.85)).toBeCloseTo(0.05 * (5 / 11), 9);
  expect(front.of(outlook(15)).at(0.95)).toBeCloseTo(0.1 * (5 / 11) + 0.05 * (6 / 11), 9);
  expect(front.of(outlook(20)).at(0.85)).toBe(0);
});

test('TrialGain.expected() is the mean over what is believed, and is never 0 where something is possible', () => {
  const goals = twoGoals();
  const gain = goals.beyond([goals.member(outlook(10), 0.8)]).of(outlook(10));
  const mean = toScale(0.8);
  expect(gain.expected({ mean, variance: 0 })).toBeCloseTo(0, 9);
  // E max(0, X) of a normal X is 0.3989 deviations; on the scale a point of accuracy is 1/0.8 of one at 80 %.
  expect(gain.expected({ mean, variance: 0.01 ** 2 })).toBeCloseTo(0.3989 * 0.01 * 0.8, 4);
  expect(gain.expected({ mean: mean - 0.03, variance: 0.01 ** 2 })).toBeGreaterThan(0);
});

test('VolumeGoals counts nothing below a bound on the accuracy, and less of what may be too slow', () => {
  const objectives = [
    { metric: 'accuracy', direction: 'maximize' },
    { metric: 'latencyP95Ms', direction: 'minimize' },
  ] as const;
  const constraints = [
    { metric: 'accuracy', atLeast: 0.8 },
    { metric: 'latencyP95Ms', atMost: 15 },
  ] as const;
  const of = (latency: number | undefined): Outlook => ({
    known: [undefined, latency],
    constrained: [undefined, latency],
  });
  const goals = new VolumeGoals(objectives, constraints, [of(10), of(20)]);
  expect([goals.isInfeasible(of(20)), goals.isInfeasible(of(10)), goals.isInfeasible(of(undefined))]).toEqual([
    true,
    false,
    false,
  ]);
  const gain = goals.beyond([]);
  expect(gain.of(of(10)).at(0.79)).toBe(0);
  expect(gain.of(of(10)).at(0.9)).toBeCloseTo(0.5, 9);
  // One of the two that are known meets the bound: (1 + 1) / (2 + 2).
  expect(gain.of(of(undefined)).at(0.9)).toBeLessThan(0.5 * gain.of(of(10)).at(0.9) + 1e-9);
});
