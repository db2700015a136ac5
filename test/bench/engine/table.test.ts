import { expect, test } from 'vitest';
import { measuredRow } from './row.fixture.js';
import { tablesOf } from './table.js';

test('tablesOf() writes milliseconds of steps, images/s of a prefix and epochs/s of a head', () => {
  const peer = { contiguous: [0.2], channels_last: [0.4] };
  const text = tablesOf([
    measuredRow('head', [0.1], { contiguous: [0.4] }),
    measuredRow('training', [0.1], peer),
    measuredRow('frozen', [0.1], peer),
  ]);
  const [training, frozen, head] = text
    .split('\n\n')
    .map((table) => table.split('\n').map((line) => line.split(/\s{2,}/)));
  expect(training[2]).toEqual([
    'resnet18',
    '64',
    '2',
    '16',
    '100.0',
    '200.0',
    '400.0',
    '2.00',
    '1',
    '300',
    '600',
    '400',
    '1.50',
  ]);
  expect(frozen[2].slice(4, 8)).toEqual(['160.0', '80.0', '40.0', '2.00']);
  expect(head[2].slice(4, 8)).toEqual(['10.0', '2.5', '-', '4.00']);
});
