import { expect, test } from 'vitest';
import { InvalidInputError } from '#primitives';
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
import { CmaesSampler } from './cmaes-sampler.js';

describeSampler(
  'CMA-ES, after startup trials, with pruned ones',
  () => new CmaesSampler({ startupTrials: 5, considerPrunedTrials: true, populationFactor: 0.5 }),
  { severalObjectives: false },
);

const context = (trialNumber: number, seed = 0) => samplerContext({ seed, trialNumber, directions: ['minimize'] });
const cube = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`x${i}`, floatDistribution(-5, 5)]));
const shiftedSphere = (x: readonly number[]) => x.reduce((sum, value, i) => sum + (value - (i % 2 ? 2 : -3)) ** 2, 0);
const rosenbrock = (x: readonly number[]) =>
  x.slice(1).reduce((sum, next, i) => sum + 100 * (next - x[i] ** 2) ** 2 + (1 - x[i]) ** 2, 0);

/** Best value; `workers` results come in together. */
function best(
  sampler: Sampler,
  evaluate: (x: readonly number[]) => number,
  { seed, trials, workers = 1 }: { seed: number; trials: number; workers?: number },
): number {
  const history: FrozenTrial[] = [];
  for (let first = 0; first < trials; first += workers) {
    const batch = Array.from({ length: Math.min(workers, trials - first) }, (_, worker) => {
      const number = first + worker;
      const { params } = propose(sampler, context(number, seed), history, cube);
      const value = evaluate(Object.values(params) as number[]);
      return makeTrial({ number, params, distributions: cube, values: [value] });
    });
    history.push(...batch);
  }
  return Math.min(...history.map(({ values }) => (values as readonly number[])[0]));
}

const seeds = [1, 2, 3];
const mean = (one: (seed: number) => number) => seeds.reduce((sum, seed) => sum + one(seed), 0) / seeds.length;

test('CmaesSampler is far better than chance on a shifted sphere and on rosenbrock in 10 dimensions', () => {
  const compare = (evaluate: (x: readonly number[]) => number, trials: number, workers = 1) =>
    mean((seed) => best(new CmaesSampler(), evaluate, { seed, trials, workers })) /
    mean((seed) => best(new RandomSampler(), evaluate, { seed, trials, workers }));
  expect(compare(shiftedSphere, 100)).toBeLessThan(0.4);
  expect(compare(shiftedSphere, 300)).toBeLessThan(0.02);
  expect(compare(shiftedSphere, 300, 8)).toBeLessThan(0.04);
  expect(compare(rosenbrock, 100)).toBeLessThan(0.1);
  expect(compare(rosenbrock, 300)).toBeLessThan(0.02);
});

test('CmaesSampler answers the same with what it remembers as without, and forgets what no longer holds', () => {
  const used = new CmaesSampler();
  const history: FrozenTrial[] = [];
  for (let number = 0; number < 60; number++) {
    const { params } = propose(used, context(number), history, cube);
    history.push(
      makeTrial({ number, params, distributions: cube, values: [shiftedSphere(Object.values(params) as number[])] }),
    );
  }
  const fresh = (trials: FrozenTrial[]) => propose(new CmaesSampler(), context(60), trials, cube);
  expect(propose(used, context(60), history, cube)).toEqual(fresh(history));
  const changed = history.map((trial, i) => (i === 3 ? { ...trial, values: [-1] } : trial));
  expect(fresh(changed)).not.toEqual(fresh(history));
  expect(propose(used, context(60), changed, cube)).toEqual(fresh(changed));
  expect(propose(used, context(60), history.slice(0, 25), cube)).toEqual(fresh(history.slice(0, 25)));
  expect(propose(used, context(60), history, cube)).toEqual(fresh(history));
});

const plane: SearchSpace = { x: floatDistribution(0, 1), y: floatDistribution(1e-4, 1, { log: true }) };

/** Where proposals lie on average, in the space's own scale (y as its logarithm, base 10). */
function middle(sampler: Sampler, history: readonly FrozenTrial[]): { x: number; y: number } {
  const drawn = Array.from({ length: 400 }, (_, i) => propose(sampler, context(1000 + i), history, plane).params);
  const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    x: average(drawn.map(({ x }) => x as number)),
    y: average(drawn.map(({ y }) => Math.log10(y as number))),
  };
}

test('CmaesSampler begins in the middle, at x0, or at the best startup or earlier trial', () => {
  const at = (x: number, y: number, fields: Partial<FrozenTrial>) =>
    makeTrial({ params: { x, y }, distributions: plane, ...fields });
  const started = [at(0.3, 1e-1, { number: 0, values: [1] }), at(0.7, 1e-3, { number: 1, values: [2] })];
  const earlier = [at(0.3, 1e-3, { number: 0, values: [0], weight: 0.3, constraints: [1] })];
  const sigma0 = 0.05;
  for (const [{ x, y }, wanted] of [
    [middle(new CmaesSampler({ sigma0 }), []), [0.5, -2]],
    [middle(new CmaesSampler({ sigma0, x0: { x: 0.25, y: 1e-3 } }), started), [0.25, -3]],
    [middle(new CmaesSampler({ sigma0, startupTrials: 2 }), started), [0.3, -1]],
    [middle(new CmaesSampler({ sigma0 }), earlier), [0.3, -3]],
    [middle(new CmaesSampler({ sigma0, startupTrials: 2 }), [...earlier, ...started]), [0.3, -1]],
  ] as const) {
    expect(Math.abs(x - wanted[0])).toBeLessThan(0.02);
    expect(Math.abs(y - wanted[1])).toBeLessThan(0.08);
  }
  const early = propose(new CmaesSampler({ startupTrials: 3 }), context(2), started, plane);
  expect(early).toEqual(propose(new RandomSampler(), context(2), started, plane));
  expect(() => middle(new CmaesSampler({ x0: { x: 0.5 } }), [])).toThrow('x0.y is missing');
  expect(() => middle(new CmaesSampler({ x0: { x: 2, y: 1 } }), [])).toThrow('x0.x is 2, must be a number in [0, 1]');
});

test('CmaesSampler moves towards feasible trials first, then towards less violated ones', () => {
  const towards = (violation: (x: number) => number) => {
    const sampler = new CmaesSampler();
    const history: FrozenTrial[] = [];
    for (let number = 0; number < 60; number++) {
      const { params } = propose(sampler, context(number, 3), history, plane);
      const x = params.x as number;
      history.push(makeTrial({ number, params, distributions: plane, values: [x], constraints: [violation(x)] }));
    }
    return middle(sampler, history).x;
  };
  expect(towards(() => -1)).toBeLessThan(0.1);
  expect(towards((x) => 0.7 - x)).toBeGreaterThan(0.65);
  expect(towards((x) => 2 - x)).toBeGreaterThan(0.9);
});

test('CmaesSampler reaches every value of a grid again and again, and tries a finite space whole', () => {
  const space: SearchSpace = { epochs: intDistribution(1, 40), rate: floatDistribution(0, 1) };
  const sampler = new CmaesSampler();
  const history: FrozenTrial[] = [];
  for (let number = 0; number < 120; number++) {
    const { params } = propose(sampler, context(number, 3), history, space);
    const value = Math.abs((params.epochs as number) - 33) + (params.rate as number);
    history.push(makeTrial({ number, params, distributions: space, values: [value] }));
  }
  const late = new Set(history.slice(80).map(({ params }) => params.epochs));
  expect(late).toContain(33);
  expect(late.size).toBeGreaterThan(1);

  const finite: SearchSpace = { a: intDistribution(0, 3), b: floatDistribution(0, 1, { step: 0.25 }) };
  const all: FrozenTrial[] = [];
  for (let number = 0; number < 20; number++) {
    const { params } = propose(sampler, context(number), all, finite);
    all.push(makeTrial({ number, params, distributions: finite, values: [number % 3] }));
  }
  expect(new Set(all.map(({ params }) => `${params.a} ${params.b}`)).size).toBe(20);
});

test('CmaesSampler leaves choices to its independent sampler', () => {
  class Last extends RandomSampler {
    override sampleIndependent(...[, , , distribution]: Parameters<RandomSampler['sampleIndependent']>): number {
      return distribution.type === 'categorical' ? distribution.choices.length - 1 : 0;
    }
  }
  const space: SearchSpace = { ...plane, depth: categoricalDistribution(['shallow', 'deep']) };
  const sampler = new CmaesSampler({ independentSampler: new Last() });
  expect(Object.keys(sampler.sampleRelative(context(0), [], space))).toEqual(['x', 'y']);
  expect(propose(sampler, context(0), [], space).params.depth).toBe('deep');
});

test('CmaesSampler refuses several objectives', () => {
  const several = samplerContext({ seed: 0, trialNumber: 0, directions: ['minimize', 'maximize'] });
  for (const ask of [
    () => new CmaesSampler().sampleRelative(several, [], plane),
    () => new CmaesSampler().sampleIndependent(several, [], 'x', plane.x),
  ]) {
    expect(ask).toThrow(InvalidInputError);
    expect(ask).toThrow('sampler.name is "cmaes", must be a sampler for several objectives, as the study has 2');
  }
});
