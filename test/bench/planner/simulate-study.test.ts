import { expect, test } from 'vitest';
import { UsageError } from '../side/bench-options.js';
import { parseOptions } from './options.js';
import { strategies } from './settings.js';
import { simulateStudy, volumeAt } from './simulate-study.js';
import { worlds } from './world.js';

const strategy = (name: string) => strategies.find((candidate) => candidate.name === name)!;
const world = { ...worlds[0], seconds: 200 };

test('simulateStudy() is the same for the same seed, and ends in its time', () => {
  const [first, again] = [0, 0].map((seed) => simulateStudy(world, strategy('retune'), seed));
  expect(again.moments).toEqual(first.moments);
  expect(first.history.length).toBeGreaterThan(5);
  expect(Math.max(...first.moments.map(({ second }) => second))).toBeLessThanOrEqual(200);
  expect(simulateStudy(world, strategy('retune'), 1).moments).not.toEqual(first.moments);
});

test('in a simulated study the planner is ahead of random draws, with two workers as well', () => {
  for (const workers of [1, 2]) {
    const volumes = ['retune', 'random + pareto'].map((name) =>
      volumeAt(simulateStudy(world, strategy(name), 3, workers).moments, 200),
    );
    expect(volumes[0]).toBeGreaterThan(volumes[1]);
  }
});

test('parseOptions() refuses a world that nobody knows', () => {
  expect(() => parseOptions(['--world', 'flat'])).toThrow(UsageError);
  expect(parseOptions(['--quick'])).toMatchObject({ seeds: 3, strategies: expect.arrayContaining(['retune']) });
});
