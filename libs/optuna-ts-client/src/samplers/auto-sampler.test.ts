import { expect, test } from 'vitest';
import { floatDistribution } from '../distributions/float-distribution.js';
import type { Direction } from '../frozen-trial.js';
import { makeTrial } from '../testing/make-trial.js';
import { AutoSampler } from './auto-sampler.js';
import { createSampler } from './registry.js';
import { samplerContext } from './sampler.js';

const process = createSampler('gp');
const estimator = createSampler('tpe');

const line = { x: floatDistribution(0, 1), y: floatDistribution(0, 1) };
const historyOf = (length: number, objectives = 1) =>
  Array.from({ length }, (_, number) => {
    const params = { x: ((number * 7) % length) / length, y: ((number * 3) % length) / length };
    return makeTrial({
      number,
      params,
      distributions: line,
      values: Array.from({ length: objectives }, (_, i) => (i + 1) * params.x - i * params.y),
    });
  });

test.each([
  { title: 'few trials', length: 20, objectives: 1, options: {}, expected: process },
  { title: 'as many as it may model', length: 30, objectives: 2, options: { processTrials: 30 }, expected: process },
  { title: 'one more', length: 31, objectives: 2, options: { processTrials: 30 }, expected: estimator },
  { title: 'four objectives', length: 20, objectives: 4, options: {}, expected: estimator },
  { title: 'many parameters', length: 20, objectives: 1, options: { processParameters: 1 }, expected: estimator },
])('AutoSampler asks $expected.name: $title', ({ length, objectives, options, expected }) => {
  const directions: Direction[] = Array(objectives).fill('minimize');
  const history = historyOf(length, objectives);
  const context = samplerContext({ seed: 3, trialNumber: length, directions });
  const proposal = new AutoSampler(process, estimator, options).sampleRelative(context, history, line);
  expect(proposal).toEqual(expected.sampleRelative(context, history, line));
  const other = expected === process ? estimator : process;
  expect(proposal).not.toEqual(other.sampleRelative(context, history, line));
});

test('AutoSampler counts running trials, but not the one that is asked for, nor those that failed or wait', () => {
  const finished = historyOf(20);
  const context = samplerContext({ seed: 3, trialNumber: 20, directions: ['minimize'] });
  const asked = makeTrial({ number: 20, state: 'RUNNING' });
  const failed = makeTrial({ number: 21, state: 'FAIL' });
  const waiting = makeTrial({ number: 22, state: 'WAITING' });
  const running = makeTrial({ number: 23, state: 'RUNNING', params: { x: 0.4, y: 0.5 }, distributions: line });
  const sampler = new AutoSampler(process, estimator, { processTrials: 20 });
  const uncounted = [...finished, asked, failed, waiting];
  expect(sampler.sampleRelative(context, uncounted, line)).toEqual(process.sampleRelative(context, uncounted, line));
  const counted = [...uncounted, running];
  expect(sampler.sampleRelative(context, counted, line)).toEqual(estimator.sampleRelative(context, counted, line));
});
