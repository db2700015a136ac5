import { expect, test } from 'vitest';
import { parseOptions } from './options.js';

test('parseOptions() by default is ours with the default sampler and every setting of the script, three seeds', () => {
  expect(parseOptions([])).toMatchObject({
    ours: [{ name: 'ours' }],
    scripts: ['default', 'constrained', 'pruned'],
    seeds: 3,
    quick: false,
  });
  expect(parseOptions([]).seconds).toBeUndefined();
  expect(parseOptions(['--quick'])).toMatchObject({ scripts: ['constrained'], seeds: 1, seconds: 40 });
});

test('parseOptions() names sides, a sampler, and ours without each switch', () => {
  const one = parseOptions([
    '--side',
    'ours',
    '--sampler',
    'tpe',
    '--options',
    '{"startupTrials": 6}',
    '--pruner',
    'none',
  ]);
  expect(one.ours).toEqual([
    { name: 'ours', sampler: { name: 'tpe', options: { startupTrials: 6 } }, pruner: { name: 'none', options: {} } },
  ]);
  expect(one.scripts).toEqual([]);
  const ablations = parseOptions(['--ablations', '--side', 'pruned']);
  expect(ablations.ours.map(({ name }) => name)).toEqual(
    ['profileGate', 'featureCache', 'sharing', 'costAware', 'paretoPruning'].map((name) => `ours, no ${name}`),
  );
  expect(ablations.ours[2].sampler).toEqual({ name: 'retune', options: { sharing: false } });
  expect(ablations.scripts).toEqual(['pruned']);
});

test.each([
  [['--seeds', '0'], '--seeds is 0, must be an integer in [1, 100]'],
  [['--seconds', 'x'], '--seconds is x, must be a number in [1, 86400]'],
  [['--side', 'theirs'], '--side is theirs, must be one of ours, default, constrained, pruned'],
  [['--options', '{}'], '--options is {}, needs --sampler beside it'],
  [['--sampler', 'tpe', '--options', '[]'], '--options is [], must be a JSON object'],
  [['--images', '99'], '--images is 99, must be an integer in [100, 10000000]'],
  [['--fast'], "Unknown option '--fast'"],
])('parseOptions() refuses %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
