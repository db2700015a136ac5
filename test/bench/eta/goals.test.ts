import { expect, test } from 'vitest';
import { goalsOf } from './goals.js';
import type { Row } from './row.js';

const of = (error: number) => ({ error, isCovered: true });
const row: Row = {
  ...{ study: 's', trials: 4, seconds: 100, plan: of(1), minute: of(-0.1), quarters: [of(0.5), of(0), of(0)] },
  ...{ coverage: 0.9, overrunEpochs: null },
};

test('goalsOf() takes the ETA after the first minute, after a quarter of a shorter study, and both ways', () => {
  const met = (changes: Partial<Row>) => goalsOf([{ ...row, ...changes }]).map((goal) => goal.met);
  expect(met({})).toEqual([true, true]);
  expect(met({ minute: of(-0.2) })).toEqual([false, true]);
  expect(met({ minute: null })).toEqual([false, true]);
  expect(met({ minute: null, quarters: [of(0.1)] })).toEqual([true, true]);
  expect(met({ minute: null, quarters: [null] })).toEqual([false, true]);
});

test('goalsOf() asks that a budget is overrun by one epoch at the most, and that intervals hold', () => {
  const goals = goalsOf([row, { ...row, overrunEpochs: 1.2, coverage: 0.5 }]);
  expect(goals.map(({ met }) => met)).toEqual([true, true, false, false]);
  expect(goals[3]?.value).toBeCloseTo(0.7, 12);
});
