import { expect, test } from 'vitest';
import { hypervolume } from '#ranking';
import { categoricalDistribution } from '../../distributions/categorical-distribution.js';
import { floatDistribution } from '../../distributions/float-distribution.js';
import { intDistribution } from '../../distributions/int-distribution.js';
import type { Direction, FrozenTrial } from '../../frozen-trial.js';
import { makeTrial } from '../../testing/make-trial.js';
import { transferLearningSurrogate } from '../../testing/transfer-learning-surrogate.js';
import { propose } from '../propose.js';
import { RandomSampler } from '../random-sampler.js';
import { type Sampler, samplerContext } from '../sampler.js';
import { TpeSampler } from '../tpe/tpe-sampler.js';

const { space, evaluate, reference, bestError } = transferLearningSurrogate;

/** Ask and tell, one trial after the other. */
function search(sampler: Sampler, seed: number, length: number, directions: readonly Direction[]): FrozenTrial[] {
  const history: FrozenTrial[] = [];
  for (let number = 0; number < length; number++) {
    const context = samplerContext({ seed, trialNumber: number, directions });
    const { params } = propose(sampler, context, history, space);
    const { error, cost, excessMs } = evaluate(params);
    const values = directions.length === 1 ? [error] : [error, cost];
    const constraints = directions.length === 1 ? null : [excessMs];
    history.push(makeTrial({ number, params, distributions: space, values, constraints }));
  }
  return history;
}

function mean(seeds: number, figure: (seed: number) => number): number {
  return Array.from({ length: seeds }, (_, seed) => figure(seed)).reduce((sum, value) => sum + value, 0) / seeds;
}

test('TpeSampler finds a smaller error than random search: 100 trials, mean of 10 seeds', () => {
  const best = (sampler: Sampler) =>
    mean(10, (seed) => Math.min(...search(sampler, seed, 100, ['minimize']).map((trial) => trial.values![0])));
  // Measured over 40 seeds: random 0.0870 ± 0.0062, TPE 0.0764 ± 0.0016 (deviation of one run).
  const random = best(new RandomSampler());
  const tpe = best(new TpeSampler());
  expect(tpe).toBeLessThan(random - 0.005);
  expect(tpe - bestError).toBeLessThan(0.0025);
});

test('TpeSampler covers more of the feasible front than random search: 150 trials, mean of 12 seeds', () => {
  const covered = (sampler: Sampler) =>
    mean(12, (seed) => {
      const trials = search(sampler, seed, 150, ['minimize', 'minimize']).filter((trial) => trial.constraints![0] <= 0);
      return (
        hypervolume(
          trials.map((trial) => trial.values!),
          reference,
        ) /
        (reference[0] * reference[1])
      );
    });
  // Measured over 40 seeds: random 0.8185 ± 0.0068, TPE 0.8280 ± 0.0077, the most there is 0.8406.
  expect(covered(new TpeSampler())).toBeGreaterThan(covered(new RandomSampler()) + 0.004);
});

const grid = {
  depth: categoricalDistribution(['a', 'b', 'c']),
  size: intDistribution(0, 4, { step: 2 }),
  rate: floatDistribution(0, 0.3, { step: 0.1 }),
};

test.each([true, false])(
  'TpeSampler tries each of 36 configurations once before any twice: multivariate %s',
  (multivariate) => {
    const sampler = new TpeSampler({ multivariate });
    const history: FrozenTrial[] = [];
    for (let number = 0; number < 40; number++) {
      const { params } = propose(
        sampler,
        samplerContext({ seed: 2, trialNumber: number, directions: ['minimize'] }),
        history,
        grid,
      );
      history.push(
        makeTrial({ number, params, distributions: grid, values: [(params.size as number) + (params.rate as number)] }),
      );
    }
    const keys = history.map(({ params: { depth, size, rate } }) => `${depth} ${size} ${(rate as number).toFixed(1)}`);
    expect(new Set(keys.slice(0, 36)).size).toBe(36);
  },
);

test('TpeSampler keeps away from running trials', () => {
  const line = { x: floatDistribution(0, 1) };
  const finished = Array.from({ length: 30 }, (_, number) =>
    makeTrial({ number, params: { x: number / 29 }, distributions: line, values: [Math.abs(number / 29 - 0.5)] }),
  );
  const running = Array.from({ length: 40 }, (_, index) =>
    makeTrial({ number: 30 + index, state: 'RUNNING', params: { x: 0.48 + index / 1000 }, distributions: line }),
  );
  const distance = (history: FrozenTrial[]) =>
    mean(60, (seed) => {
      const context = samplerContext({ seed, trialNumber: 200, directions: ['minimize'] });
      return Math.abs((propose(new TpeSampler(), context, history, line).params.x as number) - 0.5);
    });
  expect(distance([...finished, ...running])).toBeGreaterThan(1.5 * distance(finished));
});

test('TpeSampler turns to what violates least while nothing is feasible', () => {
  const line = { x: floatDistribution(0, 1) };
  const history = Array.from({ length: 40 }, (_, number) => {
    const x = ((number * 7) % 40) / 39;
    return makeTrial({ number, params: { x }, distributions: line, values: [x, -x], constraints: [1.1 - x] });
  });
  const directions: Direction[] = ['minimize', 'minimize'];
  const x = mean(40, (seed) => {
    const context = samplerContext({ seed, trialNumber: 40, directions });
    return propose(new TpeSampler(), context, history, line).params.x as number;
  });
  expect(x).toBeGreaterThan(0.85);
});

/** Two kinds of trials: each has a rate of its own, best at 0.2 for one and at 0.8 for the other. */
const kinds = {
  kind: categoricalDistribution(['a', 'b']),
  rateA: floatDistribution(0, 1),
  rateB: floatDistribution(0, 1),
};

function conditionalHistory(length: number): FrozenTrial[] {
  return Array.from({ length }, (_, number) => {
    const rate = ((number * 7) % 41) / 41;
    const isA = number % 2 === 0;
    const name = isA ? 'rateA' : 'rateB';
    return makeTrial({
      number,
      params: { kind: isA ? 'a' : 'b', [name]: rate },
      distributions: { kind: kinds.kind, [name]: kinds[name] },
      values: [Math.abs(rate - (isA ? 0.2 : 0.8))],
    });
  });
}

test('TpeSampler with group models what appears together: each branch of a conditional space finds its own best', () => {
  const history = conditionalHistory(120);
  const sampler = new TpeSampler({ group: true });
  expect(sampler.relativeSpace(history)).toEqual(kinds);
  const proposals = Array.from({ length: 40 }, (_, seed) =>
    propose(sampler, samplerContext({ seed, trialNumber: 500, directions: ['minimize'] }), history, kinds),
  );
  const distance = (name: 'rateA' | 'rateB', best: number) =>
    mean(40, (seed) => Math.abs((proposals[seed].params[name] as number) - best));
  expect(distance('rateA', 0.2)).toBeLessThan(0.1);
  expect(distance('rateB', 0.8)).toBeLessThan(0.1);
});

test('TpeSampler conditions its model on what is decided already', () => {
  const space = { side: categoricalDistribution(['left', 'right']), x: floatDistribution(0, 1) };
  const history = Array.from({ length: 80 }, (_, number) => {
    const side = number % 2 === 0 ? 'left' : 'right';
    const x = ((number * 13) % 80) / 80;
    const values = [Math.abs(x - (side === 'left' ? 0.1 : 0.9))];
    return makeTrial({ number, params: { side, x }, distributions: space, values });
  });
  const x = (side: number) =>
    mean(40, (seed) => {
      const context = samplerContext({ seed, trialNumber: 80, directions: ['minimize'] });
      const fixed = { side, unheardOf: 3 };
      return new TpeSampler().sampleRelative({ ...context, fixed }, history, { x: space.x }).x;
    });
  expect(x(0)).toBeLessThan(0.25);
  expect(x(1)).toBeGreaterThan(0.75);
});

test('TpeSampler tries every configuration that is left beside what is decided', () => {
  const space = { side: categoricalDistribution(['left', 'right']), size: intDistribution(1, 5) };
  const history = Array.from({ length: 40 }, (_, number) =>
    makeTrial({
      number,
      params: { side: 'left', size: 1 + (number % 4) },
      distributions: space,
      values: [number % 4],
    }),
  );
  const context = samplerContext({ seed: 1, trialNumber: 40, directions: ['minimize'] });
  const size = (side: number) =>
    new TpeSampler().sampleRelative({ ...context, fixed: { side } }, history, { size: space.size }).size;
  expect(size(0)).toBe(5);
  expect(size(1)).toBeLessThanOrEqual(5);
});

test('TpeSampler takes a discounted trial of an earlier study for less than one of its own', () => {
  const line = { x: floatDistribution(0, 1) };
  // The good half of the trials says 0.2 and 0.8 alike; those that say 0.8 come from an earlier study.
  const history = (weight: number) =>
    Array.from({ length: 100 }, (_, number) => {
      const isGood = number % 10 === 0;
      const x = isGood ? (number % 20 === 0 ? 0.2 : 0.8) : ((number * 7) % 50) / 50;
      const values = [isGood ? 0 : 1 + x];
      return makeTrial({ number, params: { x }, distributions: line, values, weight: x === 0.8 ? weight : 1 });
    });
  const high = (weight: number) =>
    mean(60, (seed) => {
      const context = samplerContext({ seed, trialNumber: 100, directions: ['minimize'] });
      return (propose(new TpeSampler(), context, history(weight), line).params.x as number) > 0.5 ? 1 : 0;
    });
  expect(high(1)).toBeGreaterThan(0.3);
  expect(high(0.02)).toBeLessThan(0.15);
});

test('TpeSampler refuses group without multivariate', () => {
  expect(() => new TpeSampler({ group: true, multivariate: false })).toThrow('sampler.options.group');
});
