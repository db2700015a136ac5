import { expect, test } from 'vitest';
import { explainEmptyFront } from './explain-empty-front.js';
import type { Constraint, MetricName } from './metric-name.js';
import type { TrialState } from './trial.js';

const constraints: Constraint[] = [
  { metric: 'latencyP95Ms', atMost: 20 },
  { metric: 'accuracy', atLeast: 0.9 },
];

const trial = (number: number, metrics: Partial<Record<MetricName, number>>, state: TrialState = 'COMPLETE') => ({
  number,
  state,
  metrics,
});

test('explainEmptyFront() says that nothing has finished', () => {
  expect(explainEmptyFront(constraints, [trial(0, {}, 'RUNNING')])).toBe('No trial has finished yet.');
});

test('explainEmptyFront() weighs each miss by its bound and names every bound the nearest trial misses', () => {
  const trials = [trial(0, { latencyP95Ms: 40, accuracy: 0.95 }), trial(1, { latencyP95Ms: 22, accuracy: 0.81 })];
  expect(explainEmptyFront(constraints, trials)).toBe(
    'None of the 2 finished trials meets every bound. Trial 1 comes nearest: its latencyP95Ms is 22 ms, 2 ms above the ' +
      'bound (at most 20 ms); its accuracy is 0.81, 0.09 below the bound (at least 0.9).',
  );
});

test('explainEmptyFront() looks at pruned trials where none is COMPLETE', () => {
  const trials = [trial(0, { latencyP95Ms: 40 }, 'PRUNED'), trial(1, { latencyP95Ms: 30 }, 'PRUNED')];
  expect(explainEmptyFront(constraints, trials)).toBe(
    'No trial has been trained to its end; pruned: 2. Trial 1 comes nearest: its latencyP95Ms is 30 ms, 10 ms above the ' +
      'bound (at most 20 ms).',
  );
});

test('explainEmptyFront() speaks of the one finished trial', () => {
  expect(explainEmptyFront(constraints, [trial(4, { latencyP95Ms: 19, accuracy: 0.8 })])).toContain(
    'The one finished trial does not meet every bound. Trial 4 comes nearest: its accuracy is 0.8,',
  );
});
