import { expect, test } from 'vitest';
import { readGolden } from '../testing/read-golden.js';
import { categoricalDistribution } from './categorical-distribution.js';
import { distributionToJson, jsonToDistribution } from './distribution-json.js';
import { floatDistribution } from './float-distribution.js';
import { intDistribution } from './int-distribution.js';
import {
  cardinality,
  contains,
  describeDistribution,
  internalAt,
  toExternalRepr,
  toInternalRepr,
} from './internal-representation.js';

interface Golden {
  readonly optuna: string;
  readonly probes: readonly number[];
  readonly cases: readonly { json: string; ours: string; reads_ours: boolean; single: boolean; contains: boolean[] }[];
}

const cases = ['3.1.0', '5.0.0'].flatMap((version) => {
  const golden = readGolden<Golden>(`distributions-${version}`);
  return golden.cases.map((one) => ({ ...one, optuna: golden.optuna, probes: golden.probes }));
});

test.each(cases)('jsonToDistribution() reads what Optuna $optuna wrote: $json', ({ json, single, probes, ...held }) => {
  const distribution = jsonToDistribution(json);
  expect(JSON.parse(distributionToJson(distribution))).toEqual(JSON.parse(json));
  expect(cardinality(distribution) === 1).toBe(single);
  if (distribution.type === 'categorical') return;
  const numeric = probes.map((probe) => contains(distribution, probe));
  // Optuna's integer ranges look at the grid only; here a fraction is never an integer.
  const expected = held.contains.map(
    (value, index) => value && (distribution.type === 'float' || Number.isInteger(probes[index])),
  );
  expect(numeric).toEqual(expected);
});

test.each(cases)(
  'distributionToJson() writes what Optuna $optuna reads: $ours',
  ({ json, ours, reads_ours: isRead }) => {
    expect(distributionToJson(jsonToDistribution(json))).toBe(ours);
    expect(isRead).toBe(true);
  },
);

test.each([
  ['{"name":"FloatDistribution"}', TypeError],
  ['{"name":"UniformDistribution","attributes":{"low":0,"high":1}}', TypeError],
  ['{"name":"IntDistribution","attributes":{"low":2,"high":1,"log":false,"step":1}}', RangeError],
  ['{"name":"FloatDistribution","attributes":{"low":"0","high":1}}', TypeError],
  ['null', TypeError],
  ['[1]', TypeError],
  ['{', SyntaxError],
])('jsonToDistribution() refuses %s', (json, error) => {
  expect(() => jsonToDistribution(json)).toThrow(error);
});

test.each([
  [() => floatDistribution(Number.NaN, 1), 'low is NaN, must be a finite number'],
  [() => floatDistribution(2, 1), 'high is 1, must be a finite number >= low 2'],
  [() => floatDistribution(0, 1, { log: true }), 'low is 0, must be > 0 when log is true'],
  [() => floatDistribution(1, 2, { log: true, step: 0.1 }), 'step is 0.1, must be null when log is true'],
  [() => floatDistribution(1, 2, { step: 0 }), 'step is 0, must be a finite number > 0'],
  [() => intDistribution(0.5, 2), 'low is 0.5, must be an integer'],
  [() => intDistribution(3, 2), 'high is 2, must be an integer >= low 3'],
  [() => intDistribution(1, 9, { step: 1.5 }), 'step is 1.5, must be an integer >= 1'],
  [() => intDistribution(0, 9, { log: true }), 'low is 0, must be >= 1 when log is true'],
  [() => intDistribution(1, 9, { log: true, step: 2 }), 'step is 2, must be 1 when log is true'],
  [() => categoricalDistribution([]), 'choices is empty, must hold at least one choice'],
  [() => categoricalDistribution(['a', 'b', 'a']), 'choices holds "a" twice, must be distinct'],
  [
    () => categoricalDistribution([Number.NaN]),
    'choices[0] is NaN, must be null, a boolean, a finite number or a string',
  ],
])('a distribution names the field that is wrong: %#', (make, message) => {
  expect(make).toThrow(message);
});

test('floatDistribution() and intDistribution() lower the end to the grid, in decimal arithmetic', () => {
  expect(floatDistribution(0, 1, { step: 0.1 }).high).toBe(1);
  expect(floatDistribution(0.1, 0.7, { step: 0.2 }).high).toBe(0.7);
  expect(floatDistribution(0, 1, { step: 0.3 }).high).toBe(0.9);
  expect(floatDistribution(0, 5e-7, { step: 2e-7 }).high).toBe(4e-7);
  expect(floatDistribution(0, 0.05, { step: 0.1 }).high).toBe(0);
  expect(intDistribution(1, 50, { step: 7 }).high).toBe(50);
  expect(intDistribution(0, 50, { step: 7 }).high).toBe(49);
});

test('toInternalRepr() and toExternalRepr() are inverse, for every kind of choice', () => {
  const choices = categoricalDistribution(['1', 1, true, null, false, 0, '']);
  for (const [index, choice] of choices.choices.entries()) {
    expect(toInternalRepr(choices, choice)).toBe(index);
    expect(toExternalRepr(choices, index)).toBe(choice);
  }
  expect(toInternalRepr(floatDistribution(0, 1), 0.5)).toBe(0.5);
  expect(toExternalRepr(intDistribution(0, 9), 3)).toBe(3);
});

test.each([
  [
    () => toInternalRepr(categoricalDistribution(['a']), 'b', 'params.arch'),
    'params.arch is "b", must be one of ["a"]',
  ],
  [() => toInternalRepr(intDistribution(1, 9, { step: 2 }), 2), 'value is 2, must be an integer in [1, 9], every 2'],
  [
    () => toInternalRepr(floatDistribution(1e-5, 1, { log: true }), '0.1'),
    'value is "0.1", must be a number in [0.00001, 1] (log)',
  ],
  [() => toExternalRepr(categoricalDistribution(['a']), 1), 'internal is 1, must be an index of 1 choices'],
])('the representations name the value that is wrong: %#', (convert, message) => {
  expect(convert).toThrow(message);
});

test('internalAt() lists exactly the values a grid holds', () => {
  const grid = floatDistribution(-1.3, 2, { step: 0.7 });
  const values = Array.from({ length: cardinality(grid) }, (_, k) => internalAt(grid, k));
  expect(values.length).toBe(5);
  expect(values.every((value) => contains(grid, value))).toBe(true);
  expect(values[4]).toBe(1.5);
  expect(cardinality(floatDistribution(0, 1))).toBe(Number.POSITIVE_INFINITY);
  expect(describeDistribution(grid)).toBe('a number in [-1.3, 1.5], every 0.7');
});
