import { expect, test } from 'vitest';
import { describePruner } from '../testing/describe-pruner.js';
import { createPruner, pruners } from './registry.js';

for (const { name } of pruners) describePruner(`createPruner('${name}')`, () => createPruner(name));

test('createPruner() names what is wrong', () => {
  expect(() => createPruner('best')).toThrow('pruner.name is "best", must be one of none, median');
  expect(() => createPruner('median', { percentile: 101 })).toThrow(
    'pruner.options.percentile is 101, must be a number in [0, 100]',
  );
  expect(() => createPruner('none', { percentile: 1 })).toThrow('pruner.options.percentile is 1, must be absent');
});
