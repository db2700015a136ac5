import { expect, test } from 'vitest';
import { type Direction, toLosses, violationOf } from '../../frozen-trial.js';
import { readGolden } from '../../testing/read-golden.js';
import { crowdingDistances, type Individual, rankPopulation, selectElite } from './elite-selection.js';

interface GoldenCase {
  directions: Direction[];
  kind: string;
  count: number;
  trials: { values: (number | 'inf' | '-inf')[]; constraints: number[] | null }[];
  layers: number[][];
  crowding: (number | 'inf' | '-inf')[][];
  elite: number[];
}

interface Numbered extends Individual {
  readonly number: number;
}

const numberOf = (value: number | 'inf' | '-inf') =>
  typeof value === 'number' ? value : value === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;

function populationOf({ directions, trials }: GoldenCase): Numbered[] {
  return trials.map(({ values: written, constraints }, number) => {
    const values = written.map(numberOf);
    return { number, values, losses: toLosses(values, directions), violation: violationOf({ constraints }) };
  });
}

const numbersOf = (members: readonly Numbered[]) => members.map(({ number }) => number);
const rising = (numbers: number[]) => numbers.sort((a, b) => a - b);

const versions = ['3.1.0', '5.0.0'].map((version) => ({
  version,
  cases: readGolden<{ cases: GoldenCase[] }>(`elite-selection-${version}`).cases,
}));
const goldens = versions.flatMap(({ version, cases }) => cases.map((golden) => ({ version, ...golden })));

test.each(goldens)('rankPopulation() and crowdingDistances() equal Optuna $version: $directions, $kind', (golden) => {
  const layers = rankPopulation(populationOf(golden));
  expect(layers.map(numbersOf)).toEqual(golden.layers);
  for (const [rank, layer] of layers.entries()) {
    // In the case of ties 5.0 measures each layer in the order of the population, as here.
    const distances = crowdingDistances(layer);
    for (const [index, member] of layer.entries()) {
      const wanted = numberOf(golden.crowding[rank][index]);
      if (Number.isFinite(wanted)) expect(distances.get(member)).toBeCloseTo(wanted, 9);
      else expect(distances.get(member)).toBe(wanted);
    }
  }
});

test.each(goldens)('selectElite() keeps whom Optuna $version keeps: $directions, $kind, $count', (golden) => {
  const elite = numbersOf(selectElite(populationOf(golden), golden.count));
  if (golden.version === '5.0.0') expect(elite).toEqual(golden.elite);
  else expect(rising(elite)).toEqual(rising([...golden.elite]));
});

test('selectElite() takes no population and one that is smaller than wanted', () => {
  expect(selectElite([], 5)).toEqual([]);
  const two = [2, 1].map((value) => ({ values: [value], losses: [value], violation: 0 }));
  expect(selectElite(two, 5)).toEqual([two[1], two[0]]);
});
