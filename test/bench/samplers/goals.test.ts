import { expect, test } from 'vitest';
import { bestOf, goalsOf } from './goals.js';
import type { Row } from './row.js';
import { tablesOf } from './table.js';

const row = (side: string, sampler: string, mean: number | null, problem = 'surrogate'): Row => ({
  problem,
  sense: problem === 'surrogate' ? 'maximize' : 'minimize',
  side,
  sampler,
  spread: mean === null ? null : { mean, standardError: 0.003, searches: 20 },
  msPerTrial: 1,
  ...(mean === null ? { note: 'no torch' } : {}),
});

test('goalsOf() compares our default with the best Optuna setting, with random, and with the volume wanted', () => {
  const rows = [
    row('ours', 'auto', 0.836),
    row('ours', 'random', 0.818),
    row('optuna 3.1.0', 'tpe', 0.82),
    row('optuna 5.0.0', 'tpe', 0.84),
    row('optuna 5.0.0', 'gp', null),
  ];
  const [peer, random, volume] = goalsOf(rows);
  expect(peer).toMatchObject({ name: expect.stringContaining('ahead of optuna 5.0.0 tpe'), goal: -1, met: true });
  expect(peer.value).toBeCloseTo(-0.004 / Math.hypot(0.003, 0.003));
  expect(random).toMatchObject({ goal: 1, met: true });
  expect(volume).toMatchObject({ value: 0.836, goal: 0.834, met: true });
});

test('goalsOf() of a default that is behind, or that has no peer, are not met', () => {
  const [peer, random] = goalsOf([row('ours', 'auto', 5, 'sphere10'), row('optuna 5.0.0', 'tpe', 4.99, 'sphere10')]);
  expect([peer.met, random.value, random.met]).toEqual([false, null, false]);
  const alone = goalsOf([row('ours', 'auto', 0.83), row('ours', 'random', 0.829)]);
  expect(alone.map(({ value, met }) => [value === null, met])).toEqual([
    [true, false],
    [false, false],
    [false, false],
  ]);
});

test('bestOf() is by the sense of the problem, of the rows that ran', () => {
  const rows = [row('ours', 'a', 3, 'x'), row('ours', 'b', 2, 'x'), row('ours', 'c', null, 'x')];
  expect(bestOf(rows)?.sampler).toBe('b');
  expect(bestOf(rows.slice(2))).toBeUndefined();
});

test('tablesOf() has the best first, and says why a row is empty', () => {
  const lines = tablesOf([row('ours', 'a', null), row('ours', 'b', 0.81), row('ours', 'c', 0.83)]).split('\n');
  expect(lines.map((line) => line.split(/\s{2,}/))).toEqual([
    ['surrogate (higher is better)'],
    ['sampler', 'mean ± s.e.', 'seeds', 'ms/trial'],
    ['ours c', '0.83000 ± 0.0030', '20', '1.0'],
    ['ours b', '0.81000 ± 0.0030', '20', '1.0'],
    ['ours a', '-', '0', '1.0', 'no torch'],
  ]);
});
