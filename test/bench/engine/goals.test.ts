import { expect, test } from 'vitest';
import { goalsOf } from './goals.js';
import { measuredRow } from './row.fixture.js';

const training = (ratio: number) => measuredRow('training', [1], { contiguous: [ratio] });

test('goalsOf() asks for a geometric mean of 1 and no training below 0.8', () => {
  const goals = goalsOf([training(4), training(0.5)]);
  expect(goals[0]).toMatchObject({ goal: 1, sense: '>=', met: true });
  expect(goals[0].value).toBeCloseTo(Math.SQRT2);
  expect(goals.slice(1, 3).map(({ goal, met }) => [goal, met])).toEqual([
    [0.8, true],
    [0.8, false],
  ]);
});

test('goalsOf() asks for 1.5 of a frozen prefix, 4 of a head, nothing of an inference, at most 1.2 of memory', () => {
  const rows = [
    measuredRow('frozen', [1], { contiguous: [1.6] }),
    measuredRow('head', [1], { contiguous: [3] }),
    measuredRow('inference', [1], { contiguous: [0.1] }),
  ];
  expect(goalsOf(rows).map(({ goal, met }) => [goal, met])).toEqual([
    [1.5, true],
    [4, false],
  ]);
  const memory = goalsOf([training(1)]).at(-1);
  expect(memory).toMatchObject({ goal: 1.2, sense: '<=', met: false, value: 1.5 });
});

test('goalsOf() of rows without a peer are not met and have no value', () => {
  const goals = goalsOf([training(2), measuredRow('training', [1], {})]);
  expect(goals.map(({ value, met }) => [value, met])).toEqual([
    [null, false],
    [2, true],
    [null, false],
    [1.5, false],
    [null, false],
  ]);
});
