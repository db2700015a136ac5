import { expect, test } from 'vitest';
import { goalsOf } from './goals.js';
import { ourSide, type Row, rowOf } from './row.js';
import { tableOf } from './table.js';

const row = (trials: number, oursMs: number, optunaMs?: number): Row =>
  rowOf(
    { trials, objectives: 2, constrained: true },
    new Map([
      [ourSide, [oursMs / 1000, (3 * oursMs) / 1000, oursMs / 2000]],
      ...(optunaMs === undefined
        ? []
        : ([
            ['default', [optunaMs / 1000]],
            ['univariate, no liar', [9]],
          ] as const)),
    ]),
    1234.4,
  );

test('rowOf() takes medians, and the best of Optuna for the ratio', () => {
  expect(row(1000, 2, 30)).toMatchObject({ oursMs: 2, bestSetting: 'default', ratio: 15, bytesPerTrial: 1234.4 });
  expect(row(1000, 2)).toMatchObject({ oursMs: 2, bestSetting: null, ratio: null });
});

test('goalsOf() asks for ten times Optuna at 1000 and 5000 trials, and for growth no faster than n log n', () => {
  const rows = [row(100, 1, 2), row(1000, 2, 30), row(5000, 10, 99), row(50_000, 200)];
  expect(goalsOf(rows).map(({ value, met }) => [Number(value?.toFixed(3)), met])).toEqual([
    [15, true],
    [9.9, false],
    [1.177, false],
  ]);
  expect(goalsOf([...rows.slice(0, 3), row(50_000, 150)]).at(-1)).toMatchObject({ goal: 1.115, met: true });
  expect(goalsOf([row(1000, 2)])).toMatchObject([{ value: null, met: false }]);
});

test('tableOf() shows what is missing as a dash', () => {
  const [, , line] = tableOf([row(1000, 2)]).split('\n');
  expect(line.replace(/ +/g, ' ')).toBe('2 objectives, constrained 1000 2.00 - - - - 1234');
});
