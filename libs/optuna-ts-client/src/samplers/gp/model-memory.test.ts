import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import type { Observations } from './fit-parameters.js';
import { ModelMemory } from './model-memory.js';

const isCategorical = [false, false, true];

/** A bowl in two dimensions with an offset by choice. */
function observationsOf(n: number, seed = 1): Observations {
  const rng = new Rng(seed);
  const rows = Array.from({ length: n }, () => Float64Array.of(rng.float(), rng.float(), rng.integer(0, 3)));
  const outputs = Float64Array.from(rows, ([x, y, choice]) => 100 + 40 * (x - 0.3) ** 2 + 5 * y + 2 * choice);
  return { rows, outputs, weights: new Float64Array(n).fill(1), isCategorical };
}

function first({ rows, outputs, weights }: Observations, n: number): Observations {
  return { rows: rows.slice(0, n), outputs: outputs.slice(0, n), weights: weights.slice(0, n), isCategorical };
}

const asked = Float64Array.of(0.4, 0.5, 1);

test('ModelMemory predicts what it has not seen', () => {
  const [{ process, mean, deviation }] = new ModelMemory().fit([observationsOf(60)]);
  const posterior = process.posterior(asked);
  expect(Math.abs(mean + deviation * posterior.mean - 104.9)).toBeLessThan(0.3);
});

test('ModelMemory gives the same model whatever it was asked before', () => {
  const observations = observationsOf(40);
  const changed = { ...observations, outputs: observations.outputs.with(20, 99) };
  const used = new ModelMemory();
  for (let n = 1; n <= 40; n++) used.fit([first(observations, n)]);
  used.fit([changed])[0].process.append(asked, 7);
  used.fit([observationsOf(12, 9)]);
  for (const wanted of [observations, changed, first(observations, 3), observationsOf(12, 9)]) {
    const [{ process, ...scale }] = used.fit([wanted]);
    const [{ process: fresh, ...freshScale }] = new ModelMemory().fit([wanted]);
    expect(process.size).toBe(wanted.outputs.length);
    expect({ ...process.posterior(asked), ...scale }).toEqual({ ...fresh.posterior(asked), ...freshScale });
  }
});

test('ModelMemory takes a single observation, and outputs that are all the same', () => {
  const [single] = new ModelMemory().fit([first(observationsOf(5), 1)]);
  expect(single.deviation).toBe(1);
  expect(single.process.posterior(asked).mean).toBe(0);
  const level = observationsOf(20);
  const [{ process }] = new ModelMemory().fit([{ ...level, outputs: new Float64Array(20).fill(3) }]);
  expect(process.posterior(asked).mean).toBe(0);
  expect(process.posterior(asked).variance).toBeGreaterThan(0);
});

test('ModelMemory keeps targets apart that begin alike', () => {
  const one = observationsOf(20);
  const other = { ...one, outputs: one.outputs.with(19, 200) };
  const memory = new ModelMemory();
  memory.fit([one, one]);
  const together = memory.fit([one, other, one]);
  together[0].process.append(asked, 3);
  const alone = [other, one].map((target) => new ModelMemory().fit([target])[0].process.posterior(asked));
  expect(together.slice(1).map(({ process }) => process.posterior(asked))).toEqual(alone);
});
