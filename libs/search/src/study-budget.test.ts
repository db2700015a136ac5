import { describe, expect, test } from 'vitest';
import type { StudyBudget, StudyRecord } from './study.js';
import { budgetLeft, heartbeatSecondsOf, problemsOfBudget, reserveOf, trialsOf } from './study-budget.js';
import { makeStudySpec } from './testing/make-study-spec.js';

const now = Date.parse('2026-11-25T12:00:00Z');
const later = (seconds: number) => new Date(now + seconds * 1000);
const asked = (budget: StudyBudget, trials?: number) => ({ ...makeStudySpec({ datasetId: 'd' }), trials, budget });
const fieldsOf = (budget: StudyBudget, trials?: number) =>
  problemsOfBudget(asked(budget, trials), now).map(({ field }) => field);

test('trialsOf() takes what is said, else as many as the time allows, else 50', () => {
  expect(trialsOf({ trials: 7 })).toBe(7);
  expect(trialsOf({ budget: { trials: 9 } })).toBe(9);
  expect(trialsOf({})).toBe(50);
  expect(trialsOf({ budget: { wallClockSeconds: 60 } })).toBe(100_000);
  expect(trialsOf({ budget: { wallClockSeconds: 60, trials: 3 } })).toBe(3);
});

describe('problemsOfBudget()', () => {
  test('finds nothing wrong with a budget that says the same twice', () => {
    expect(
      fieldsOf({ trials: 5, wallClockSeconds: 60, deadline: later(30).toISOString(), reserveSeconds: 10 }, 5),
    ).toEqual([]);
  });

  test('names a number of trials that says something else than trials', () => {
    const [problem] = problemsOfBudget(asked({ trials: 5 }, 6), now);
    expect(problem).toEqual({ field: 'budget.trials', value: 5, allowed: 'absent, or 6 as in trials' });
  });

  test('names a deadline that has passed, a reserve that leaves no time, and one without a time', () => {
    const [problem] = problemsOfBudget(asked({ deadline: later(-1).toISOString() }), now);
    expect(problem).toMatchObject({ field: 'budget.deadline', allowed: 'a time after now (2026-11-25T12:00:00.000Z)' });
    expect(fieldsOf({ wallClockSeconds: 60, reserveSeconds: 60 })).toEqual(['budget.reserveSeconds']);
    expect(fieldsOf({ trainSeconds: 60, reserveSeconds: 1 })).toEqual(['budget.reserveSeconds']);
    expect(fieldsOf({ wallClockSeconds: 0, trainSeconds: -1 })).toEqual([
      'budget.wallClockSeconds',
      'budget.trainSeconds',
    ]);
  });
});

test('reserveOf() keeps back what most exports took, a fifth of the time at the most, nothing without a time', () => {
  expect(reserveOf({ wallClockSeconds: 3600 }, [], now)).toBe(30);
  expect(reserveOf({ wallClockSeconds: 3600 }, [10, 12, 50, 11, 14], now)).toBe(14);
  expect(reserveOf({ wallClockSeconds: 60 }, [40], now)).toBe(12);
  expect(reserveOf({ wallClockSeconds: 60, reserveSeconds: 40 }, [], now)).toBe(40);
  expect(reserveOf({ trials: 4 }, [40], now)).toBe(0);
  expect(reserveOf(undefined, [40], now)).toBe(0);
});

test('heartbeatSecondsOf() is shorter where a time must not be overrun, never longer than the lease allows', () => {
  expect(heartbeatSecondsOf({}, { heartbeatSeconds: 10 })).toBe(10);
  expect(heartbeatSecondsOf({ budget: { trials: 4 } }, { heartbeatSeconds: 10 })).toBe(10);
  expect(heartbeatSecondsOf({ budget: { wallClockSeconds: 60 } }, { heartbeatSeconds: 10 })).toBe(2);
  expect(heartbeatSecondsOf({ budget: { trainSeconds: 60 } }, { heartbeatSeconds: 0.5 })).toBe(0.5);
});

describe('budgetLeft()', () => {
  const study = (changes: Partial<StudyRecord> = {}) =>
    budgetLeft({
      spec: makeStudySpec({ datasetId: 'd' }),
      counts: { WAITING: 1, RUNNING: 2, COMPLETE: 3, PRUNED: 0, FAIL: 2 },
      cancelled: 1,
      trialLimit: 10,
      createdAt: new Date(now),
      readAt: later(40),
      endsAt: null,
      reserveSeconds: 0,
      spentTrainSeconds: 0,
      ...changes,
    });

  test('is endless without limits, but for the trials that are not cancelled', () => {
    const endless = Number.POSITIVE_INFINITY;
    const left = { wallSeconds: endless, beginSeconds: endless, trainSeconds: endless, secondsLeft: endless };
    expect(study()).toEqual({ ...left, trialsLeft: 3 });
  });

  test('takes the reserve and what was used off, never below nothing, and says the tightest', () => {
    const spec = makeStudySpec({
      datasetId: 'd',
      timeoutSeconds: 90,
      budget: { wallClockSeconds: 100, trainSeconds: 200 },
    });
    const left = study({ spec, endsAt: later(100), reserveSeconds: 20, spentTrainSeconds: 170 });
    expect(left).toMatchObject({ wallSeconds: 40, beginSeconds: 50, trainSeconds: 30, secondsLeft: 30 });
    expect(study({ endsAt: later(30), reserveSeconds: 20 }).wallSeconds).toBe(0);
  });
});
