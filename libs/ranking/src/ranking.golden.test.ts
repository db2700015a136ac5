import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hypervolume } from './hypervolume.js';
import { nonDominatedSort } from './non-dominated-sort.js';

interface Golden {
  readonly hypervolumes: readonly (readonly [losses: number[][], reference: number[], volume: number])[];
  readonly ranks: readonly (readonly [losses: number[][], penalties: number[], ranks: number[]])[];
}

const path = new URL('../../../test/golden/optuna/ranking.golden.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(path, 'utf8'));

test.each(golden.hypervolumes.map((one, index) => [index, ...one] as const))(
  'hypervolume() equals that of Optuna, case %d',
  (_, losses, reference, volume) => {
    expect(Math.abs(hypervolume(losses, reference) / volume - 1)).toBeLessThan(1e-12);
  },
);

test.each(golden.ranks.map((one, index) => [index, ...one] as const))(
  'nonDominatedSort() equals that of Optuna, with constraints, case %d',
  (_, losses, penalties, ranks) => {
    expect([...nonDominatedSort(losses, penalties)]).toEqual(ranks);
  },
);
