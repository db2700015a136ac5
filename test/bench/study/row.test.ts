import { expect, test } from 'vitest';
import { goalsOf } from './goals.js';
import { referenceLatency, rowsOf, searched } from './row.js';
import { endedTrial, searchOf } from './search.fixture.js';
import type { SideRun } from './side-run.js';

const box = { leastAccuracy: 0.75, mostLatencyMs: 100, referenceLatencyMs: 4.4 };
const table = new Map([['alexnet', 4]]);
const rows = (runs: readonly SideRun[]) => rowsOf(searched(runs, box, table), ['default', 'pruned']);

test('rowsOf() compares ours with the better setting of the script, seed by seed', () => {
  const runs = [0, 1, 2].flatMap((seed) => [
    searchOf('ours', seed, [
      [1, 0.8],
      [2 + seed, 0.95],
    ]),
    searchOf('default', seed, [
      [20, 0.85],
      [40, 0.95],
    ]),
    searchOf('pruned', seed, [[10, 0.85]]),
  ]);
  const [ours, byDefault, pruned] = rows(runs);
  expect([ours, byDefault, pruned].map(({ side, searches }) => [side, searches])).toEqual([
    ['ours', 3],
    ['default', 3],
    ['pruned', 3],
  ]);
  expect(ours.against).toEqual({ setting: 'default', seconds: 3, ratio: 3 / 40, ratioWhole: 0.03 });
  expect(byDefault).toMatchObject({ reachedSecond: 40, seconds: 100, models: 2, trials: 2, trialSeconds: 1 });
  expect(byDefault.against).toBeUndefined();
  expect(goalsOf(rows(runs))).toEqual([expect.objectContaining({ value: 3 / 40, goal: 0.1, sense: '<=', met: true })]);
});

test('rowsOf() has no time where ours never has what the script has, or the script has nothing', () => {
  const script = searchOf('default', 0, [[40, 0.95]]);
  const late = rows([searchOf('ours', 0, [[1, 0.9]]), script]);
  const idle = rows([searchOf('ours', 0, [[1, 0.9]]), searchOf('default', 0, [])]);
  for (const [ours] of [late, idle]) {
    expect(ours.against).toEqual({ setting: 'default', seconds: null, ratio: null, ratioWhole: null });
  }
  expect(goalsOf(late)[0]).toMatchObject({ value: null, met: false });
  expect(goalsOf(rows([script]))[0]).toMatchObject({ value: null, met: false });
});

test('searched() judges every side by one table, and by what each measured itself', () => {
  const slow = { ...searchOf('default', 0, []), trials: [endedTrial({ latencyMs: 40 })] };
  const [ours, theirs] = searched([searchOf('ours', 0, [[1, 0.9]]), slow], box, table);
  expect(ours.curves.table[0].hypervolume).toBeCloseTo(theirs.curves.table[0].hypervolume);
  expect(ours.curves.own[0].hypervolume).toBeCloseTo(0.6 * (76 / 80));
  expect(theirs.curves.own[0].hypervolume).toBeCloseTo(0.6 * (40 / 80));
  expect(referenceLatency(100, [2, 4])).toBe(8);
  expect(referenceLatency(3, [2, 4])).toBe(3);
});
