import { expect, test } from 'vitest';
import { hypervolume } from '#ranking';
import { categoricalDistribution } from '../../distributions/categorical-distribution.js';
import { floatDistribution } from '../../distributions/float-distribution.js';
import { intDistribution } from '../../distributions/int-distribution.js';
import type { FrozenTrial } from '../../frozen-trial.js';
import type { SearchSpace } from '../../search-space.js';
import { describeSampler } from '../../testing/describe-sampler.js';
import { makeTrial } from '../../testing/make-trial.js';
import { propose } from '../propose.js';
import { RandomSampler } from '../random-sampler.js';
import { type Sampler, samplerContext } from '../sampler.js';
import { crossoverNames } from './crossover.js';
import { Nsga2Sampler } from './nsga2-sampler.js';

for (const crossover of crossoverNames) {
  describeSampler(`NSGA-II, ${crossover}`, () => new Nsga2Sampler({ populationSize: 6, crossover }));
}
describeSampler('NSGA-II, repeats allowed', () => new Nsga2Sampler({ populationSize: 3, avoidRepeats: false }));

/** ZDT1 in 5 dimensions: Zitzler, Deb & Thiele 2000, doi:10.1162/106365600568202. */
const zdt1 = {
  space: Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`x${i}`, floatDistribution(0, 1)])),
  evaluate(x: readonly number[]): number[] {
    const g = 1 + (9 * x.slice(1).reduce((sum, value) => sum + value, 0)) / (x.length - 1);
    return [x[0], g * (1 - Math.sqrt(x[0] / g))];
  },
};

/** Hypervolume of (1.1, 7) after some trials; `workers` results come in together. */
function run(sampler: Sampler, seed: number, trials: number, workers = 1): number {
  const history: FrozenTrial[] = [];
  for (let number = 0; number < trials; number += workers) {
    const batch = Array.from({ length: workers }, (_, worker) => {
      const context = samplerContext({ seed, trialNumber: number + worker, directions: ['minimize', 'minimize'] });
      const { params } = propose(sampler, context, history, zdt1.space);
      return makeTrial({
        number: number + worker,
        params,
        distributions: zdt1.space,
        values: zdt1.evaluate(Object.values(params) as number[]),
      });
    });
    history.push(...batch);
  }
  return hypervolume(
    history.map(({ values }) => values as number[]),
    [1.1, 7],
  );
}

test('Nsga2Sampler covers more of the front than chance on zdt1, alone and with 8 workers', () => {
  const seeds = [1, 2, 3, 4, 5];
  const mean = (one: (seed: number) => number) => seeds.reduce((sum, seed) => sum + one(seed), 0) / seeds.length;
  const chance = mean((seed) => run(new RandomSampler(), seed, 240));
  const alone = mean((seed) => run(new Nsga2Sampler({ populationSize: 20 }), seed, 240));
  const together = mean((seed) => run(new Nsga2Sampler({ populationSize: 20 }), seed, 240, 8));
  // Of what chance leaves open below the largest possible value of 7.3667, more than a third is gained.
  const largest = 1.1 * 7 - 1 / 3;
  expect((alone - chance) / (largest - chance)).toBeGreaterThan(0.35);
  expect((together - chance) / (largest - chance)).toBeGreaterThan(0.35);
});

const grid: SearchSpace = { a: intDistribution(0, 9), b: categoricalDistribution(['x', 'y', 'z']) };
const context = (trialNumber: number, seed = 0) =>
  samplerContext({ seed, trialNumber, directions: ['minimize', 'maximize'] });

test('Nsga2Sampler breeds from the survivors of the COMPLETE trials only', () => {
  const space: SearchSpace = { a: floatDistribution(0, 1), b: floatDistribution(0, 1) };
  const sampler = new Nsga2Sampler({ populationSize: 4, mutations: 0, avoidRepeats: false });
  const good = [0.1, 0.2, 0.3, 0.4];
  const made = [
    ...good.map((a) => ({ state: 'COMPLETE' as const, a, values: [a, a] })),
    ...[0.5, 0.6, 0.7, 0.8].map((a) => ({ state: 'COMPLETE' as const, a, values: [a, -a] })),
    { state: 'PRUNED' as const, a: 0.9, values: null },
    { state: 'FAIL' as const, a: 0.91, values: null },
    { state: 'RUNNING' as const, a: 0.92, values: null },
    { state: 'COMPLETE' as const, a: 0.95, values: [0, 9] },
  ];
  const history = made.map(({ a, state, values }, number) =>
    makeTrial({ number, state, values, params: { a, b: 1 - a }, distributions: space }),
  );
  const children = Array.from({ length: 200 }, (_, i) => propose(sampler, context(100 + i), history, space).params);
  expect(new Set(children.map(({ a }) => a))).toEqual(new Set(good));
  expect(new Set(children.map(({ b }) => b))).toEqual(new Set(good.map((a) => 1 - a)));
  expect(children.some(({ a, b }) => Math.abs((a as number) + (b as number) - 1) > 0.05)).toBe(true);
});

test('Nsga2Sampler prefers feasible parents, and less violated ones', () => {
  const space: SearchSpace = { a: floatDistribution(0, 1) };
  const sampler = new Nsga2Sampler({ populationSize: 4, mutations: 0, avoidRepeats: false });
  const history = [0.1, 0.2, 0.3, 0.4].map((a, number) =>
    makeTrial({ number, values: [a, 0], constraints: [a > 0.35 ? 0 : 1 - a], params: { a }, distributions: space }),
  );
  const counts = new Map<unknown, number>();
  for (let i = 0; i < 800; i++) {
    const { a } = propose(sampler, context(100 + i), history, space).params;
    counts.set(a, (counts.get(a) ?? 0) + 1);
  }
  const shares = [0.4, 0.3, 0.2, 0.1].map((a) => counts.get(a) ?? 0);
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  expect(shares[0]).toBeGreaterThan(2 * shares[3]);
});

test('Nsga2Sampler draws at random until a generation is complete, and tries every configuration before it repeats one', () => {
  const sampler = new Nsga2Sampler({ populationSize: 5 });
  const history: FrozenTrial[] = [];
  for (let number = 0; number < 30; number++) {
    const { params } = propose(sampler, context(number), history, grid);
    history.push(makeTrial({ number, values: [number % 7, number % 5], params, distributions: grid }));
  }
  expect(new Set(history.map(({ params }) => `${params.a}${params.b}`)).size).toBe(30);
  expect(propose(sampler, context(30), history, grid).params).toBeDefined();
});

test('Nsga2Sampler does not repeat a trial of a continuous space', () => {
  const space: SearchSpace = { a: floatDistribution(0, 1), b: floatDistribution(0, 1) };
  const sampler = new Nsga2Sampler({ populationSize: 4, mutations: 0.5 });
  const history: FrozenTrial[] = [];
  for (let number = 0; number < 60; number++) {
    const { params } = propose(sampler, context(number), history, space);
    history.push(makeTrial({ number, values: [number % 3, number % 4], params, distributions: space }));
  }
  expect(new Set(history.map(({ params }) => `${params.a} ${params.b}`)).size).toBe(60);
});

test('Nsga2Sampler refuses a population that is too small for its parents', () => {
  expect(() => new Nsga2Sampler({ populationSize: 2 })).toThrow('populationSize is 2, must be an integer >= 3');
});
