import { expect, test } from 'vitest';
import { parseOptions } from './options.js';

test('parseOptions() by default is every problem and sampler with their own seeds', () => {
  expect(parseOptions([])).toEqual({
    problems: [],
    samplers: [],
    quick: false,
    help: false,
    pythons: ['python3', '/usr/bin/python3'],
    lcbench: '../shared/benchmarks/lcbench',
  });
});

test('parseOptions() takes what is given again and again', () => {
  const args = ['--problem', 'zdt1', '--problem', 'bnh', '--sampler', 'tpe', '--sampler', 'nsga2', '--seeds', '4'];
  const pythons = ['--python', 'a/python', '--python', 'b/python'];
  expect(parseOptions([...args, ...pythons, '--peers', 'p.json', '--json', 'r.json'])).toMatchObject({
    problems: ['zdt1', 'bnh'],
    samplers: ['tpe', 'nsga2'],
    seeds: 4,
    pythons: ['a/python', 'b/python'],
    peers: 'p.json',
    json: 'r.json',
  });
});

test('parseOptions() --quick is few problems and seeds, unless they are named', () => {
  expect(parseOptions(['--quick'])).toMatchObject({ problems: ['surrogate', 'hartmann6'], seeds: 2 });
  expect(parseOptions(['--quick', '--problem', 'bnh', '--seeds', '5'])).toMatchObject({ problems: ['bnh'], seeds: 5 });
});

test('parseOptions() --no-peers starts no Python; the folder of LCBench comes from the environment', () => {
  expect(parseOptions(['--no-peers', '--python', 'a'])).toMatchObject({ pythons: [] });
  const environment = { RETUNE_LCBENCH: 'from/there' };
  expect(parseOptions([], environment).lcbench).toBe('from/there');
  expect(parseOptions(['--lcbench', 'here'], environment).lcbench).toBe('here');
});

test.each([
  [['--seeds', '0'], '--seeds is 0, must be an integer in [1, 1000]'],
  [['--sampler', 'bayes'], '--sampler is bayes, must be one of random,'],
  [['--fast'], "Unknown option '--fast'"],
])('parseOptions() refuses %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
