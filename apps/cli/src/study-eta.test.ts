import { expect, test } from 'vitest';
import type { Study } from '#api-contract';
import { secondsToEnd } from './study-eta.js';

const createdAt = '2026-11-24T00:00:00Z';
const study = (timeoutSeconds: number | null, secondsRemaining: number, finished: number) =>
  ({
    state: 'RUNNING',
    createdAt,
    spec: { timeoutSeconds },
    progress: { finished, total: 20 },
    eta: { secondsRemaining, finishesAt: createdAt },
  }) as Study;
const at = (seconds: number) => Date.parse(createdAt) + seconds * 1000;

test('secondsToEnd() is the prediction, and at most the time to the timeout with one mean trial', () => {
  expect(secondsToEnd(study(null, 500, 4), at(60))?.secondsRemaining).toBe(500);
  expect(secondsToEnd(study(120, 500, 4), at(60))?.secondsRemaining).toBe(60 + 15);
  expect(secondsToEnd(study(120, 20, 4), at(60))?.secondsRemaining).toBe(20);
  expect(secondsToEnd(study(120, 500, 10), at(150))?.secondsRemaining).toBe(15);
});

test('secondsToEnd() is null where nothing is known or the study has ended', () => {
  expect(secondsToEnd({ ...study(120, 1, 1), eta: null }, at(1))).toBeNull();
  expect(secondsToEnd({ ...study(120, 1, 1), state: 'COMPLETE' }, at(1))).toBeNull();
});
