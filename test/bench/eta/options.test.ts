import { expect, test } from 'vitest';
import { UsageError } from '../side/bench-options.js';
import { parseOptions } from './options.js';
import { plannerStudy, quickStudies, studies } from './studies.js';

test('parseOptions() takes every study, the quick ones, or those that are named', () => {
  expect(parseOptions([]).studies).toEqual([...studies, plannerStudy]);
  expect(parseOptions(['--quick'])).toMatchObject({ studies: quickStudies, quick: true, pictures: 40 });
  expect(parseOptions(['--study', 'tpe', '--study', 'two']).studies.map(({ name }) => name)).toEqual([
    'tpe and median',
    'two minutes',
  ]);
  expect(studies.length).toBeGreaterThanOrEqual(5);
});

test('parseOptions() says what is wrong in one line', () => {
  for (const args of [['--studies'], ['--study', 'annealing'], ['--pictures', '2'], ['--pictures', 'many']]) {
    expect(() => parseOptions(args)).toThrow(UsageError);
  }
});
