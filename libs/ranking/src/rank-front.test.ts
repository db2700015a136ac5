import { expect, test } from 'vitest';
import { crowdingDistance } from './crowding-distance.js';
import { dominates } from './dominance.js';
import { kneeRow } from './knee-row.js';
import { isDistinguishable, rankFront } from './rank-front.js';
import { wilsonInterval } from './wilson-interval.js';

/** A model that got `correct` of 153 validation images right: error and its interval. */
function measured(correct: number) {
  const { low, high } = wilsonInterval(correct, 153);
  return { loss: 1 - correct / 153, interval: { low: 1 - high, high: 1 - low } };
}

test('rankFront() ties what the images cannot tell apart, and puts the fastest of them first', () => {
  const models = [
    { ...measured(146), latencyMs: 9 }, // 95.4 %
    { ...measured(145), latencyMs: 3 }, // 94.8 %: no difference that 153 images could show
    { ...measured(120), latencyMs: 1 }, // 78.4 %: clearly worse, but the fastest
    { ...measured(119), latencyMs: 2 }, // dominated
  ];
  const losses = models.map(({ loss, latencyMs }) => [loss, latencyMs]);
  const intervals = models.map(({ interval }) => interval);
  expect(rankFront(losses, { intervals })).toEqual([
    { index: 1, place: 0, tieGroup: 0 },
    { index: 0, place: 1, tieGroup: 0 },
    { index: 2, place: 2, tieGroup: 1 },
  ]);
  expect(rankFront(losses).map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(rankFront(losses, { intervals, violations: [0, 0.1, 0, 0] })[0].index).toBe(0);
  expect(rankFront(losses, { violations: [1, 1, 1, 1] })).toEqual([]);
});

test('rankFront() orders equal rows by index and takes nothing', () => {
  expect(
    rankFront([
      [1, 2],
      [1, 2],
    ]).map(({ index }) => index),
  ).toEqual([0, 1]);
  expect(rankFront([])).toEqual([]);
  expect(() => rankFront([[1]], { intervals: [] })).toThrow('intervals has 0 values, must have one for each of 1 rows');
});

test('isDistinguishable() is Newcombe interval without 0: 56/70 against 48/80', () => {
  // Newcombe 1998, table II (a): difference 0.2, 95 % interval 0.0524 to 0.3339.
  const one = wilsonInterval(56, 70);
  const two = wilsonInterval(48, 80);
  expect(isDistinguishable(0.6, two, 0.8, one)).toBe(true);
  expect(0.2 - Math.hypot(0.8 - one.low, two.high - 0.6)).toBeCloseTo(0.0524, 4);
  expect(0.2 + Math.hypot(one.high - 0.8, 0.6 - two.low)).toBeCloseTo(0.3339, 4);
});

test.each([
  // Newcombe 1998 (single proportion), doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
  [20, 20, 0.8389, 1],
  [0, 0, 0, 1],
])('wilsonInterval(%d, %d) equals the published [%d, %d]', (successes, n, low, high) => {
  const interval = wilsonInterval(successes, n);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test('wilsonInterval() names what is wrong', () => {
  expect(() => wilsonInterval(5, 4)).toThrow('successes is 5, must be in [0, 4]');
  expect(() => wilsonInterval(1, 1.5)).toThrow('n is 1.5, must be an integer >= 0');
  expect(() => wilsonInterval(1, 2, 0)).toThrow('z is 0, must be a number > 0');
});

test('crowdingDistance() sums scaled gaps; the ends are infinitely alone', () => {
  expect([
    ...crowdingDistance([
      [0, 4],
      [1, 2],
      [2, 1],
      [4, 0],
    ]),
  ]).toEqual([Infinity, 0.5 + 0.75, 0.75 + 0.5, Infinity]);
  expect([
    ...crowdingDistance([
      [1, 1],
      [1, 1],
      [1, 1],
    ]),
  ]).toEqual([0, 0, 0]);
  expect([...crowdingDistance([[0], [Number.NaN], [1], [2]])]).toEqual([Infinity, 0, 1, Infinity]);
  expect([...crowdingDistance([])]).toEqual([]);
});

test('kneeRow() is the bend of the front', () => {
  const losses = [
    [0, 10],
    [1, 2],
    [5, 1],
    [10, 0],
    [2, 3],
  ];
  expect(kneeRow(losses)).toBe(1);
  expect(kneeRow(losses, [0, 1, 0, 0, 1])).toBe(2);
  expect(kneeRow([[1, 1]])).toBe(0);
  expect(kneeRow([[1, 1]], [1])).toBeUndefined();
});

test('dominates() needs a strict advantage and refuses NaN', () => {
  expect(dominates([1, 1], [1, 2])).toBe(true);
  expect(dominates([1, 1], [1, 1])).toBe(false);
  expect(dominates([1, 3], [2, 2])).toBe(false);
  expect(dominates([0, Number.NaN], [1, 1])).toBe(false);
});
