import { expect, test } from 'vitest';
import { alternate } from './alternate.js';

const pace = {
  leastRounds: 3,
  mostRounds: 9,
  secondsPerSide: 5,
  mostSecondsPerSide: 20,
  secondsPerRound: 0.5,
  mostUnits: 16,
};

/** Sides that take so many seconds a unit, and the order in which they ran. */
function sidesOf(seconds: Readonly<Record<string, number>>) {
  const calls: string[] = [];
  const sides = Object.entries(seconds).map(([name, each]) => ({
    name,
    async run(units: number) {
      calls.push(`${name} ${units}`);
      return units * each;
    },
  }));
  return { sides, calls };
}

test('alternate() runs the sides in turn, a slow one with one unit a round, until a side had its time', async () => {
  const { sides, calls } = sidesOf({ ours: 2, theirs: 2.2 });
  const rounds = await alternate(sides, pace);
  expect(calls).toEqual(Array(4).fill(['ours 1', 'theirs 1']).flat()); // one to warm up, then three
  expect(rounds.get('ours')).toEqual([2, 2, 2]);
});

test('alternate() gives quick sides units enough for a round, up to the most', async () => {
  const { sides, calls } = sidesOf({ ours: 0.05, theirs: 0.001 });
  const rounds = await alternate(sides, pace);
  expect(calls).toContain('ours 10');
  expect(calls).toContain('theirs 16');
  expect(rounds.get('theirs')?.length).toBe(pace.mostRounds);
});

test('alternate() leaves out what is far behind the best rival, never the first side', async () => {
  const { sides } = sidesOf({ ours: 9, good: 2, bad: 3 });
  const rounds = await alternate(sides, pace);
  expect([...rounds].map(([name, { length }]) => [name, length])).toEqual([
    ['ours', 3],
    ['good', 3],
    ['bad', 1],
  ]);
});

test('alternate() does one round less where they take very long', async () => {
  const { sides } = sidesOf({ ours: 11, theirs: 12 });
  expect((await alternate(sides, pace)).get('ours')?.length).toBe(2);
});
