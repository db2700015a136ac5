import { expect, test } from 'vitest';
import { CliError } from '../../../apps/cli/src/cli-error.js';
import { runInTurn } from './compare-sides.js';
import { searchOf } from './search.fixture.js';

test('runInTurn() begins every seed with another side, and asks a side that was refused no more', async () => {
  const asked: string[] = [];
  const side = (name: string) => ({
    name,
    run: async (seed: number) => {
      asked.push(`${name}${seed}`);
      if (name === 'b') throw new CliError('The service refuses this input', 2, ['sampler.name: "b"']);
      return searchOf(name, seed, []);
    },
  });
  const { runs, refusals } = await runInTurn([side('a'), side('b'), side('c')], 2, () => {});
  expect(asked).toEqual(['a0', 'b0', 'c0', 'c1', 'a1']);
  expect(runs.map((run) => `${run.side}${run.seed}`)).toEqual(['a0', 'c0', 'c1', 'a1']);
  expect(refusals).toMatchObject([
    { side: 'b', searches: 0, note: 'The service refuses this input: sampler.name: "b"' },
  ]);
});

test('runInTurn() passes on what is no refusal of the service', async () => {
  const broken = { name: 'a', run: () => Promise.reject(new Error('the process ended (exit 3)')) };
  await expect(runInTurn([broken], 1, () => {})).rejects.toThrow('exit 3');
});
