import { describe, expect, test } from 'vitest';
import { hypervolume } from '#ranking';
import { categoricalDistribution } from '../../distributions/categorical-distribution.js';
import type { ParamValue } from '../../distributions/distribution.js';
import { floatDistribution } from '../../distributions/float-distribution.js';
import { intDistribution } from '../../distributions/int-distribution.js';
import type { Direction, FrozenTrial } from '../../frozen-trial.js';
import type { SearchSpace } from '../../search-space.js';
import { makeTrial } from '../../testing/make-trial.js';
import { transferLearningSurrogate } from '../../testing/transfer-learning-surrogate.js';
import { propose } from '../propose.js';
import { type Sampler, samplerContext } from '../sampler.js';
import { untriedCount } from '../untried.js';
import { GpSampler } from './gp-sampler.js';

interface Problem {
  readonly space: SearchSpace;
  readonly directions: readonly Direction[];
  readonly evaluate: (params: Readonly<Record<string, ParamValue>>) => {
    values: readonly number[];
    constraints?: readonly number[];
  };
}

/** Ask and tell, one trial after the other. */
function search(sampler: Sampler, { space, directions, evaluate }: Problem, length: number, seed = 0): FrozenTrial[] {
  const history: FrozenTrial[] = [];
  for (let number = 0; number < length; number++) {
    const { params } = propose(sampler, samplerContext({ seed, trialNumber: number, directions }), history, space);
    history.push(makeTrial({ number, params, distributions: space, constraints: null, ...evaluate(params) }));
  }
  return history;
}

const square = { x: floatDistribution(-5, 10), y: floatDistribution(0, 15) };

function branin({ x, y }: Readonly<Record<string, ParamValue>>): number {
  const bent = Number(y) - (5.1 / (4 * Math.PI ** 2)) * Number(x) ** 2 + (5 / Math.PI) * Number(x) - 6;
  return bent ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(Number(x)) + 10;
}

test('GpSampler finds the minimum of Branin in 35 trials, 0.3979, and the maximum of its negative', () => {
  for (const [direction, sign] of [
    ['minimize', 1],
    ['maximize', -1],
  ] as const) {
    const evaluate = (params: Readonly<Record<string, ParamValue>>) => ({ values: [sign * branin(params)] });
    const trials = search(new GpSampler(), { space: square, directions: [direction], evaluate }, 35);
    expect(Math.min(...trials.map(({ values }) => sign * values![0]))).toBeLessThan(0.4);
  }
});

test('GpSampler is far down a bowl of ten dimensions after 50 trials', () => {
  const problem: Problem = {
    space: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`x${i}`, floatDistribution(-5, 5)])),
    directions: ['minimize'],
    evaluate: (params) => ({ values: [Object.values(params).reduce<number>((sum, x) => sum + Number(x) ** 2, 0)] }),
  };
  // After 100 trials TPE has 13 and random search 31; measured here: 0.5 after 50, 0.01 after 100.
  expect(Math.min(...search(new GpSampler(), problem, 50).map(({ values }) => values![0]))).toBeLessThan(2);
});

test('GpSampler covers the feasible front of the transfer-learning surrogate: 90 trials', () => {
  const { space, evaluate, reference } = transferLearningSurrogate;
  const problem: Problem = {
    space,
    directions: ['minimize', 'minimize'],
    evaluate: (params) => {
      const { error, cost, excessMs } = evaluate(params);
      return { values: [error, cost], constraints: [excessMs] };
    },
  };
  const feasible = search(new GpSampler(), problem, 90).filter(({ constraints }) => constraints![0] <= 0);
  const losses = feasible.map(({ values }) => values!);
  // Measured over 5 seeds: 0.837 after 90 trials, where TPE has 0.828 and random search 0.8185 after 150; the most there
  // is 0.8406.
  expect(hypervolume(losses, reference) / (reference[0] * reference[1])).toBeGreaterThan(0.834);
});

test('GpSampler meets a constraint that rules the unconstrained minima out', () => {
  const problem: Problem = {
    space: square,
    directions: ['minimize'],
    evaluate: (params) => ({ values: [branin(params)], constraints: [Number(params.x) - 2, 4 - Number(params.x) * 4] }),
  };
  const trials = search(new GpSampler(), problem, 40).filter(({ constraints }) => constraints!.every((c) => c <= 0));
  // In the strip 1 <= x <= 2 the least is on its right edge.
  const edge = Math.min(...Array.from({ length: 1501 }, (_, k) => branin({ x: 2, y: k / 100 })));
  expect(Math.min(...trials.map(({ values }) => values![0]))).toBeLessThan(edge + 0.2);
});

const mixed = {
  depth: categoricalDistribution(['a', 'b', 'c']),
  layers: intDistribution(1, 4),
  dropout: floatDistribution(0, 0.4, { step: 0.2 }),
};

test('GpSampler tries every configuration of a finite space once, then repeats', () => {
  const problem: Problem = {
    space: mixed,
    directions: ['minimize'],
    evaluate: ({ layers, dropout }) => ({ values: [Number(layers) + Number(dropout)] }),
  };
  const trials = search(new GpSampler({ candidates: 64 }), problem, 37);
  expect(untriedCount(mixed, trials.slice(0, 35))).toBe(1);
  expect(untriedCount(mixed, trials)).toBe(0);
});

const bowl: Problem = {
  space: { x: floatDistribution(0, 1), y: floatDistribution(0, 1) },
  directions: ['minimize'],
  evaluate: ({ x, y }) => ({ values: [(Number(x) - 0.3) ** 2 + (Number(y) - 0.6) ** 2 + 0.3 * Number(x) * Number(y)] }),
};

describe('GpSampler after 15 trials of a bowl', () => {
  const history = search(new GpSampler(), bowl, 15, 4);
  const context = samplerContext({ seed: 4, trialNumber: 100, directions: ['minimize'] });
  const ask = (trials: readonly FrozenTrial[]) => propose(new GpSampler(), context, trials, bowl.space).params;
  const add = (params: Readonly<Record<string, ParamValue>>, more: Partial<FrozenTrial>) =>
    makeTrial({ number: 15, params, distributions: bowl.space, values: null, ...more });
  const distance = (a: Readonly<Record<string, ParamValue>>, b: Readonly<Record<string, ParamValue>>) =>
    Math.hypot(Number(a.x) - Number(b.x), Number(a.y) - Number(b.y));
  const alone = ask(history);

  test('keeps away from where a trial is running', () => {
    expect(distance(ask([...history, add(alone, { state: 'RUNNING' })]), alone)).toBeGreaterThan(0.003);
  });

  test('keeps away from where a trial was pruned', () => {
    expect(distance(ask([...history, add(alone, { state: 'PRUNED' })]), alone)).toBeGreaterThan(0.01);
  });

  test('ignores a trial that failed', () => {
    expect(ask([...history, add(alone, { state: 'FAIL' })])).toEqual(alone);
  });

  test('takes infinite values for the worst finite one', () => {
    const worst = history.reduce((most, { values }) => Math.max(most, values![0]), 0);
    const far = { x: 0.99, y: 0.99 };
    expect(ask([...history, add(far, { state: 'COMPLETE', values: [Infinity] })])).toEqual(
      ask([...history, add(far, { state: 'COMPLETE', values: [worst] })]),
    );
  });

  test('learns from the constraints of pruned trials', () => {
    const pruned = (constraint: (x: number) => number) =>
      Array.from({ length: 16 }, (_, i) => {
        const x = i / 15;
        return add({ x, y: (i * 0.37) % 1 }, { number: 15 + i, state: 'PRUNED', constraints: [constraint(x)] });
      });
    expect(Number(ask([...history, ...pruned((x) => x - 0.9)]).x)).toBeLessThan(0.35);
    expect(Number(ask([...history, ...pruned((x) => 0.4 - x)]).x)).toBeGreaterThan(0.38);
  });

  test('conditions on parameters that are decided already', () => {
    const conditional = (x: number) => {
      const proposal = propose(new GpSampler(), { ...context, fixed: { x } }, history, { y: bowl.space.y });
      expect(Object.keys(proposal.params)).toEqual(['y']);
      return Number(proposal.params.y);
    };
    // With x decided, the best y is 0.6 − 0.15·x.
    expect(Math.abs(conditional(0) - 0.6)).toBeLessThan(0.1);
    expect(Math.abs(conditional(1) - 0.45)).toBeLessThan(0.1);
    expect(conditional(0)).toBeGreaterThan(conditional(1) + 0.05);
  });

  test('does without parameters that are decided and that few trials had', () => {
    const withNew = [
      ...history,
      makeTrial({
        number: 15,
        params: { x: 0.9, y: 0.9, z: 0.5 },
        distributions: { ...bowl.space, z: floatDistribution(0, 1) },
        values: [1],
      }),
    ];
    const proposal = propose(new GpSampler(), { ...context, fixed: { z: 0.2 } }, withNew, bowl.space).params;
    expect(proposal).toEqual(ask(withNew));
  });

  test('counts a trial of an earlier study by its weight', () => {
    const misleading = (weight?: number) => add({ x: 0.9, y: 0.1 }, { state: 'COMPLETE', values: [-0.5], weight });
    const trusting = ask([...history, misleading()]);
    const doubting = ask([...history, misleading(0.05)]);
    expect(distance(trusting, { x: 0.9, y: 0.1 })).toBeLessThan(distance(doubting, { x: 0.9, y: 0.1 }));
  });
});

test('GpSampler searches for something feasible while nothing is', () => {
  const problem: Problem = { ...bowl, evaluate: ({ x }) => ({ values: [0.5], constraints: [Number(x) - 0.02] }) };
  const trials = search(new GpSampler({ startupTrials: 5 }), problem, 15, 2);
  expect(trials.slice(0, 5).every(({ constraints }) => constraints![0] > 0)).toBe(true);
  expect(trials.slice(5).some(({ constraints }) => constraints![0] <= 0)).toBe(true);
});

test('GpSampler refuses options outside their range', () => {
  expect(() => new GpSampler({ candidates: 0 })).toThrow('candidates is 0, must be an integer in [1, 16384]');
});
