import { ConsoleLogger, Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Clock, Rng } from '#primitives';
import { Reaper } from './reaper.js';

beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(new ConsoleLogger()));

const nothing = {
  requeuedTrials: 0,
  failedTrials: 0,
  requeuedExports: 0,
  failedExports: 0,
  reapedPreparations: 0,
  completedStudies: 0,
};

class ManualClock implements Clock {
  ms = 1000;
  now = () => this.ms;
  monotonicMs = () => this.ms;
}

test('Reaper tells how long ago the last sweep was that went through', async () => {
  const clock = new ManualClock();
  let broken = false;
  const run = async () => {
    if (broken) throw new Error('the database is away');
    return nothing;
  };
  const reaper = new Reaper({ run }, clock, new Rng(1), 5);
  expect(reaper.lastReapSeconds).toBeNull();
  await reaper.sweepOnce();
  clock.ms += 4000;
  expect(reaper.lastReapSeconds).toBe(4);
  broken = true;
  await reaper.sweepOnce();
  expect(reaper.lastReapSeconds).toBe(4);
});

test('Reaper sweeps about every five seconds until it is stopped', async () => {
  vi.useFakeTimers();
  try {
    let sweeps = 0;
    const run = async () => {
      sweeps++;
      return nothing;
    };
    const reaper = new Reaper({ run }, new ManualClock(), new Rng(1), 5);
    reaper.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sweeps).toBeGreaterThanOrEqual(9); // the longest pause is 6.25 s, the shortest 3.75 s
    expect(sweeps).toBeLessThanOrEqual(16);
    const before = sweeps;
    await reaper.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sweeps).toBe(before);
  } finally {
    vi.useRealTimers();
  }
});

test('Reaper.stop() waits for the sweep that is under way', async () => {
  vi.useFakeTimers();
  try {
    let finish = () => {};
    let finished = false;
    const run = async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      finished = true;
      return nothing;
    };
    const reaper = new Reaper({ run }, new ManualClock(), new Rng(1), 5);
    reaper.start();
    await vi.advanceTimersByTimeAsync(7000);
    const stopped = reaper.stop().then(() => expect(finished).toBe(true));
    finish();
    await stopped;
  } finally {
    vi.useRealTimers();
  }
});
