import { expect, test } from 'vitest';
import { parseOptions } from './options.js';

test('parseOptions() by default is four sizes, one and two objectives, with and without constraint', () => {
  const { scenes, quick } = parseOptions([]);
  expect(quick).toBe(false);
  expect(scenes.length).toBe(16);
  expect(new Set(scenes.map(({ trials }) => trials))).toEqual(new Set([100, 1000, 5000, 50_000]));
  const chosen = parseOptions(['--size', '200', '--objectives', '2', '--quick', '--json', 'f', '--python', 'p']);
  expect(chosen).toMatchObject({ quick: true, json: 'f', python: 'p' });
  expect(chosen.scenes).toEqual([false, true].map((constrained) => ({ trials: 200, objectives: 2, constrained })));
});

test.each([
  [['--size', '10'], '--size is 10, must be an integer in [11, 200000]'],
  [['--objectives', '3'], '--objectives is 3, must be an integer in [1, 2]'],
  [['extra'], "Unexpected argument 'extra'"],
])('parseOptions() refuses %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
