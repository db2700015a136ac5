import { expect, test } from 'vitest';
import type { z } from 'zod';
import { createExportRequest, createStudyRequest, finishTrialRequest, pageQuery } from '#api-contract';
import { fieldProblems } from './allowed-values.js';

const spec = {
  name: 'bees',
  datasetId: '7e1f2c9a-41c2-4b8f-9a33-0d6f3f0f6a11',
  searchSpace: {
    architecture: ['resnet18'],
    retrainDepth: ['shallow'],
    learningRate: { low: 0.001, high: 0.1 },
    epochs: { low: 1, high: 5 },
  },
};

function problemsOf(schema: z.ZodType, input: unknown) {
  const result = schema.safeParse(input);
  return result.success ? [] : fieldProblems(schema, result.error.issues, input);
}

test('fieldProblems() tells both ends of a range, whichever was missed', () => {
  const searchSpace = { ...spec.searchSpace, learningRate: { low: 0, high: 11 } };
  expect(problemsOf(createStudyRequest, { ...spec, searchSpace })).toEqual([
    { field: 'searchSpace.learningRate.low', value: 0, allowed: 'a number in (0, 10]' },
    { field: 'searchSpace.learningRate.high', value: 11, allowed: 'a number in (0, 10]' },
  ]);
});

test('fieldProblems() lists the words that are known', () => {
  const searchSpace = { ...spec.searchSpace, retrainDepth: ['shallow', 'bottomless'] };
  expect(problemsOf(createStudyRequest, { ...spec, searchSpace })).toEqual([
    {
      field: 'searchSpace.retrainDepth[1]',
      value: 'bottomless',
      allowed: 'one of shallow, partial, deep, scratch',
    },
  ]);
});

test('fieldProblems() says nothing of the value of a field that is missing', () => {
  const { datasetId: _, ...rest } = spec;
  expect(problemsOf(createStudyRequest, rest)).toEqual([{ field: 'datasetId', value: undefined, allowed: 'a UUID' }]);
});

test('fieldProblems() names an unknown field and the ones that exist beside it', () => {
  expect(problemsOf(createStudyRequest, { ...spec, sampler: { name: 'tpe', option: 3 } })).toEqual([
    { field: 'sampler.option', value: 3, allowed: 'absent: the fields here are name, options' },
  ]);
});

test('fieldProblems() describes the branch of a union that was meant', () => {
  expect(problemsOf(createExportRequest, { trialNumber: -1 })).toEqual([
    { field: 'trialNumber', value: -1, allowed: 'an integer in [0, 2147483647]' },
  ]);
  const searchSpace = { ...spec.searchSpace, epochs: [1, 0] };
  expect(problemsOf(createStudyRequest, { ...spec, searchSpace })).toEqual([
    { field: 'searchSpace.epochs[1]', value: 0, allowed: 'an integer in [1, 10000]' },
  ]);
});

test('fieldProblems() describes every branch of a union where none is close', () => {
  expect(problemsOf(createExportRequest, {})).toEqual([
    { field: '(input)', value: '{…}', allowed: 'an object with trialNumber or an object with constraints' },
  ]);
});

test('fieldProblems() lists the discriminators of a tagged union', () => {
  expect(problemsOf(finishTrialRequest, { state: 'WON' })).toEqual([
    { field: 'state', value: 'WON', allowed: '"COMPLETE" or "PRUNED" or "FAIL"' },
  ]);
});

test('fieldProblems() keeps the words of a rule that spans fields', () => {
  const wrong = { ...spec, constraints: [{ metric: 'accuracy', atMost: 1, atLeast: 0 }] };
  expect(problemsOf(createStudyRequest, wrong)).toEqual([
    { field: 'constraints[0]', value: '{…}', allowed: 'a metric with exactly one of atMost and atLeast' },
  ]);
});

test('fieldProblems() shows text that a query holds as it was sent', () => {
  expect(problemsOf(pageQuery, { limit: '501' })).toEqual([
    { field: 'limit', value: '501', allowed: 'an integer in [1, 500]' },
  ]);
});

test('fieldProblems() cuts long text', () => {
  const [problem] = problemsOf(createStudyRequest, { ...spec, name: 'x'.repeat(500) });
  expect(problem.allowed).toBe('text of 1 to 120 characters');
  expect(problem.value).toBe(`${'x'.repeat(200)}…`);
});
