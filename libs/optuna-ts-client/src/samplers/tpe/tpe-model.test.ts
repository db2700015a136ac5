import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { jsonToDistribution } from '../../distributions/distribution-json.js';
import { floatDistribution } from '../../distributions/float-distribution.js';
import { toExternalRepr } from '../../distributions/internal-representation.js';
import type { Direction } from '../../frozen-trial.js';
import { makeTrial } from '../../testing/make-trial.js';
import { readGolden } from '../../testing/read-golden.js';
import type { TrialState } from '../../trial-state.js';
import { CooccurringParameters } from '../ledger/cooccurring-parameters.js';
import { TrialLedger } from '../ledger/trial-ledger.js';
import { samplerContext } from '../sampler.js';
import { modelsOf } from './models-of.js';
import { goodCount } from './split-trials.js';
import type { GoodWeights } from './trial-weights.js';

interface Golden {
  gamma: [n: number, one: number, several: number][];
  distributions: Record<string, string>;
  cases: {
    directions: Direction[];
    multivariate: boolean;
    weights: GoodWeights;
    names: string[];
    trials: {
      number: number;
      state: TrialState;
      internal: number[];
      values: number[] | null;
      curve: [number, number][];
      constraints: number[] | null;
    }[];
    rows: number[][];
    scores: number[];
  }[];
  groups: { sets: string[][]; groups: string[][] }[];
}

const golden = readGolden<Golden>('tpe-model');
const space = Object.fromEntries(
  Object.entries(golden.distributions).map(([name, json]) => [name, jsonToDistribution(json)]),
);

test.each(golden.cases)(
  'TpeModel.scores() equals log l - log g of Optuna 5.0.0 within 1e-9: $directions, $names, $weights weights',
  ({ directions, weights, names, trials, rows, scores }) => {
    const history = trials.map(({ internal, ...trial }) => {
      const params = Object.entries(space).map(([name, d], index) => [name, toExternalRepr(d, internal[index])]);
      return makeTrial({ ...trial, params: Object.fromEntries(params), distributions: space });
    });
    const [model] = modelsOf(
      { gamma: 'uncapped', weights, constantLiar: true, bandwidth: 'neighbours', priorWeight: 1 },
      samplerContext({ seed: 0, trialNumber: 999, directions }),
      TrialLedger.of(history),
      [Object.fromEntries(names.map((name) => [name, space[name]]))],
    );
    for (const [index, score] of model.scores(rows).entries()) {
      expect(Math.abs(score - scores[index])).toBeLessThan(1e-9 * Math.max(1, Math.abs(scores[index])));
    }
  },
);

test('TpeModel.ranked() gives the candidates by falling scores(), the first as well as all', () => {
  const sides = floatDistribution(0, 1);
  const distributions = { x: sides, y: sides };
  const rng = new Rng(8);
  const history = Array.from({ length: 600 }, (_, number) => {
    const params = { x: rng.float(), y: rng.float() };
    return makeTrial({ number, params, distributions, values: [(params.x - 0.3) ** 2 + (params.y - 0.8) ** 2] });
  });
  const [model] = modelsOf(
    { gamma: 'capped', weights: 'hypervolume', constantLiar: true, bandwidth: 'sample-size', priorWeight: 1 },
    samplerContext({ seed: 0, trialNumber: 999, directions: ['minimize'] }),
    TrialLedger.of(history),
    [distributions],
  );
  for (let seed = 0; seed < 10; seed++) {
    const rows = [...model.ranked(24, new Rng(seed))].map(({ x, y }) => [x, y]);
    const scores = [...model.scores(rows)];
    expect(rows.length).toBe(24);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const [first] = model.ranked(24, new Rng(seed));
    expect([first.x, first.y]).toEqual(rows[0]);
  }
});

test.each(golden.gamma)('goodCount(%i) equals both rules of Optuna 5.0.0', (n, one, several) => {
  expect(goodCount(n, 1, 'capped')).toBe(one);
  expect(goodCount(n, 2, 'uncapped')).toBe(several);
});

test.each(golden.groups)(
  'CooccurringParameters.groups() equals the decomposition of Optuna 5.0.0: $sets',
  (example) => {
    const history = example.sets.map((names, number) => {
      const distributions = Object.fromEntries(names.map((name) => [name, floatDistribution(0, 1)]));
      return makeTrial({ number, params: Object.fromEntries(names.map((name) => [name, 0.5])), distributions });
    });
    const groups = CooccurringParameters.of(TrialLedger.of(history)).groups();
    const sorted = (lists: string[][]) => lists.map((list) => list.join(' ')).sort();
    expect(sorted(groups)).toEqual(sorted(example.groups));
  },
);
