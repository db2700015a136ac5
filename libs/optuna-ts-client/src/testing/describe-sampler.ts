import { describe, expect, test } from 'vitest';
import { Rng } from '#primitives';
import { spaceOf } from '../active-parameters.js';
import { categoricalDistribution } from '../distributions/categorical-distribution.js';
import type { ParamValue } from '../distributions/distribution.js';
import { floatDistribution } from '../distributions/float-distribution.js';
import { intDistribution } from '../distributions/int-distribution.js';
import { contains, containsValue, toExternalRepr } from '../distributions/internal-representation.js';
import type { Direction, FrozenTrial } from '../frozen-trial.js';
import { propose } from '../samplers/propose.js';
import { type Sampler, samplerContext } from '../samplers/sampler.js';
import { uniformDraw } from '../samplers/uniform-draw.js';
import type { SearchSpace } from '../search-space.js';
import type { TrialState } from '../trial-state.js';
import { makeTrial } from './make-trial.js';

/** One parameter of every kind, among them ranges of a single value. */
const space: SearchSpace = {
  architecture: categoricalDistribution(['alexnet', 'resnet18', null, true, 3]),
  only: categoricalDistribution(['one']),
  dropout: floatDistribution(0, 0.6),
  fixedFloat: floatDistribution(0.5, 0.5),
  learningRate: floatDistribution(1e-5, 1e-1, { log: true }),
  momentum: floatDistribution(0.5, 0.95, { step: 0.05 }),
  epochs: intDistribution(1, 50),
  every: intDistribution(-4, 20, { step: 3 }),
  batch: intDistribution(1, 256, { log: true }),
};

const states: TrialState[] = ['COMPLETE', 'COMPLETE', 'COMPLETE', 'PRUNED', 'RUNNING', 'FAIL', 'WAITING'];

/** A history with every state, infinite values, ties, lost parameters, unknown constraints and broken curves. */
function roughHistory(length: number, directions: readonly Direction[]): FrozenTrial[] {
  const rng = new Rng(length + 100 * directions.length);
  return Array.from({ length }, (_, number) => {
    const state = states[rng.integer(0, states.length)];
    const kept = Object.entries(space).filter(() => rng.float() < 0.97);
    const value = () =>
      rng.float() < 0.1 ? [Infinity, -Infinity, 0][rng.integer(0, 3)] : Math.round(rng.normal() * 4) / 4;
    return Object.freeze(
      makeTrial({
        number,
        state,
        values: state === 'COMPLETE' ? directions.map(value) : null,
        constraints:
          rng.float() < 0.3 ? null : [rng.normal() - 0.5, rng.float() < 0.05 ? Number.NaN : rng.normal() - 1],
        curve: Array.from({ length: rng.integer(0, 4) }, () => (rng.float() < 0.2 ? Number.NaN : rng.float())),
        params: Object.fromEntries(kept.map(([name, d]) => [name, toExternalRepr(d, uniformDraw(d, rng))])),
        distributions: Object.fromEntries(kept),
      }),
    );
  });
}

const problems: { directions: Direction[]; length: number }[] = [
  { directions: ['minimize'], length: 0 },
  { directions: ['maximize'], length: 9 },
  { directions: ['minimize'], length: 120 },
  { directions: ['minimize', 'maximize'], length: 120 },
  { directions: ['minimize', 'maximize', 'minimize'], length: 60 },
];

/** What `describeSampler` may take for granted. */
export interface DescribeSamplerOptions {
  /** False where the sampler refuses a study with several objectives. @default {true} */
  readonly severalObjectives?: boolean;
  /** False where it refuses a space in which parameters depend on others. @default {true} */
  readonly conditionalSpaces?: boolean;
}

/** What every sampler must do. Call at the top level of a test file. */
export function describeSampler(
  name: string,
  create: () => Sampler,
  { severalObjectives = true, conditionalSpaces = true }: DescribeSamplerOptions = {},
): void {
  const taken = problems.filter(({ directions }) => severalObjectives || directions.length === 1);
  describe(name, () => {
    test.each(taken)('proposes inside every distribution: $directions, $length trials', ({ directions, length }) => {
      const sampler = create();
      const history = roughHistory(length, directions);
      for (let trialNumber = length; trialNumber < length + 15; trialNumber++) {
        const context = samplerContext({ seed: 1, trialNumber, directions });
        const { internalParams } = propose(sampler, context, history, space);
        for (const [parameter, distribution] of Object.entries(space)) {
          expect(contains(distribution, internalParams[parameter]), parameter).toBe(true);
          const alone = sampler.sampleIndependent(context, history, parameter, distribution);
          expect(contains(distribution, alone), parameter).toBe(true);
        }
      }
    });

    test.each(taken)('gives the same proposal again: $directions, $length trials', ({ directions, length }) => {
      const history = roughHistory(length, directions);
      const ask = (sampler: Sampler, seed: number, trialNumber: number) =>
        propose(sampler, samplerContext({ seed, trialNumber, directions }), history, space).params;
      const used = create();
      ask(used, 8, 4000);
      expect(ask(used, 3, 500)).toEqual(ask(create(), 3, 500));
      expect(ask(used, 3, 500)).not.toEqual(ask(used, 3, 501));
      expect(ask(used, 3, 500)).not.toEqual(ask(used, 4, 500));
    });

    test.runIf(conditionalSpaces)('proposes what exists in a conditional space, in its range', () => {
      const history = roughHistory(80, ['minimize']);
      const cases = (values: ParamValue[], low: number, high: number) => ({
        when: { architecture: values },
        distribution: floatDistribution(low, high, { log: true }),
      });
      const conditional = {
        ...space,
        learningRate: [cases(['alexnet', null], 1e-3, 1e-1), cases(['resnet18', true], 1e-5, 1e-3)],
      };
      const rates = new Set<boolean>();
      for (let trialNumber = 80; trialNumber < 100; trialNumber++) {
        const context = samplerContext({ seed: 2, trialNumber, directions: ['minimize'] });
        const { params } = propose(create(), context, history, conditional);
        const flat = spaceOf(conditional, params);
        expect(flat, 'complete').not.toBeNull();
        expect(Object.keys(params).sort()).toEqual(Object.keys(flat ?? {}).sort());
        for (const [name, distribution] of Object.entries(flat ?? {})) {
          expect(containsValue(distribution, params[name]), name).toBe(true);
        }
        rates.add(params.learningRate === undefined);
      }
      expect(
        propose(create(), samplerContext({ seed: 2, trialNumber: 80, directions: ['minimize'] }), history, conditional),
      ).toEqual(
        propose(create(), samplerContext({ seed: 2, trialNumber: 80, directions: ['minimize'] }), history, conditional),
      );
      expect(rates.has(false)).toBe(true);
    });

    test.runIf(!conditionalSpaces)('refuses a conditional space', () => {
      const rate = { when: { only: ['one'] }, distribution: floatDistribution(1e-3, 1e-1, { log: true }) };
      const context = samplerContext({ seed: 2, trialNumber: 80, directions: ['minimize'] });
      expect(() => propose(create(), context, [], { ...space, learningRate: [rate] })).toThrow('conditional');
    });

    test('takes an empty space', () => {
      const context = samplerContext({ seed: 0, trialNumber: 0, directions: ['minimize'] });
      expect(propose(create(), context, roughHistory(40, ['minimize']), {}).params).toEqual({});
    });
  });
}
