import { expect, test } from 'vitest';
import { overrunEpochs } from './overrun.js';

const budget = { endsAt: '2026-11-25T12:02:00.000Z', reserveSeconds: 20, spentTrainSeconds: 0 };
const ended = (finishedAt: string | null) => ({ finishedAt });

test('overrunEpochs() counts from the end of the budget less its reserve, in longest epochs', () => {
  const trials = [ended('2026-11-25T12:01:00.000Z'), ended('2026-11-25T12:01:45.000Z'), ended(null)];
  expect(overrunEpochs({ budget }, trials, 10)).toBeCloseTo(0.5, 12);
  expect(overrunEpochs({ budget }, trials.slice(0, 1), 10)).toBe(0);
  expect(overrunEpochs({ budget: null }, trials, 10)).toBeNull();
});
