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

test('createPruner() names options that do not fit together', () => {
  expect(() => createPruner('asha', { bootstrapCount: 2 })).toThrow(
    'pruner.options.bootstrapCount is 2, must be 0 where minResource is null',
  );
  expect(() => createPruner('hyperband', { minResource: 9, maxResource: 3 })).toThrow(
    'pruner.options.maxResource is 3, must be at least minResource (9)',
  );
  expect(() => createPruner('threshold', { lower: 1, upper: 0 })).toThrow('pruner.options.lower is 1');
  expect(() => createPruner('pareto', { groupBy: ['a', 'a'] })).toThrow('must be a list of different names');
});

test('createPruner() checks the options of a wrapped pruner', () => {
  expect(createPruner('patient', { wrapped: 'asha', wrappedOptions: { minResource: 2 } }).reads).toBe('curves');
  expect(createPruner('patient', { wrapped: null }).reads).toBe('nothing');
  expect(() => createPruner('patient', { wrapped: 'patient' })).toThrow('pruner.options.wrapped is "patient", must be');
  expect(() => createPruner('patient', { wrapped: 'median', wrappedOptions: { percentile: 200 } })).toThrow(
    'pruner.options.wrappedOptions.percentile is 200, must be a number in [0, 100]',
  );
  expect(() => createPruner('patient', { wrapped: 'asha', wrappedOptions: { bootstrapCount: 1 } })).toThrow(
    'pruner.options.wrappedOptions.bootstrapCount is 1',
  );
  expect(() => createPruner('patient', { wrappedOptions: { percentile: 20 } })).toThrow(
    'pruner.options.wrappedOptions is {"percentile":20}, must be empty where wrapped is null',
  );
  expect(() => createPruner('patient', { wrappedOptions: [] })).toThrow('must be an object of options');
});
