import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { NonFiniteFeatureError } from './fit-linear-probe.js';
import { logMe } from './log-me.js';

/** Features of which the first `telling` say the class, the others nothing. */
function problem(count: number, width: number, telling: number, classes = 2, seed = 1) {
  const rng = new Rng(seed);
  const labels = Int32Array.from({ length: count }, (_, example) => example % classes);
  const features = Float32Array.from({ length: count * width }, (_, at) => {
    const [example, feature] = [Math.floor(at / width), at % width];
    return rng.normal() + (feature < telling && feature % classes === labels[example] ? 2 : 0);
  });
  return { features, labels, classes };
}

test.each([
  ['more examples than features', 90, 12],
  ['fewer', 40, 120],
])('logMe() is higher the more the features say of the labels: %s', (_, count, width) => {
  const scores = [0, 2, 6, 12].map((telling) => logMe(problem(count, width, telling)));
  expect(scores).toEqual([...scores].sort((a, b) => a - b));
  expect(scores[3]).toBeGreaterThan(scores[0] + 0.1);
});

test('logMe() is the same from both sides of the features, and whatever their scale', () => {
  const { features, labels, classes } = problem(40, 40, 6);
  // A feature that is zero everywhere adds nothing but the other way to the basis.
  const widened = new Float32Array(40 * 39);
  for (let at = 0; at < widened.length; at++) widened[at] = features[Math.floor(at / 39) * 40 + (at % 39)];
  const padded = features.slice();
  for (let example = 0; example < 40; example++) padded[example * 40 + 39] = 0;
  const narrow = logMe({ features: widened, labels, classes });
  expect(logMe({ features: padded, labels, classes })).toBeCloseTo(narrow, 10);
  expect(logMe({ features: padded.map((value) => 64 * value), labels, classes })).toBeCloseTo(narrow, 8);
});

test('logMe() gives the same bits for the same input', () => {
  expect(logMe(problem(60, 90, 3))).toBe(logMe(problem(60, 90, 3)));
});

test('logMe() stays finite for features that say nothing, fit exactly, or are all zero, and for a class without examples', () => {
  const { features, labels } = problem(40, 8, 2);
  const exact = Float32Array.from({ length: 40 * 2 }, (_, at) => (labels[at >> 1] === at % 2 ? 1 : 0));
  const scores = [
    logMe({ features: new Float32Array(40 * 8), labels, classes: 2 }),
    logMe({ features: new Float32Array(40 * 8).fill(1), labels, classes: 2 }),
    logMe({ features: exact, labels, classes: 2 }),
    logMe({ features, labels: labels.map(() => 1), classes: 3 }),
    logMe({ features: features.subarray(0, 8), labels: labels.subarray(0, 1), classes: 2 }),
  ];
  expect(scores.every(Number.isFinite)).toBe(true);
  expect(scores[2]).toBeGreaterThan(Math.max(...scores.slice(0, 2)) + 1);
  expect(logMe({ features, labels, classes: 5 })).toBe(logMe({ features, labels, classes: 2 }));
});

test('logMe() of more examples than it looks at takes them evenly from all', () => {
  const many = problem(3000, 6, 4);
  const shuffled = logMe(many);
  const order = [...many.labels.keys()].sort((a, b) => many.labels[a] - many.labels[b]);
  const features = Float32Array.from(
    { length: 3000 * 6 },
    (_, at) => many.features[order[Math.floor(at / 6)] * 6 + (at % 6)],
  );
  const sorted = logMe({ features, labels: Int32Array.from(order, (at) => many.labels[at]), classes: 2 });
  expect(Math.abs(sorted - shuffled)).toBeLessThan(0.1);
});

test('logMe() refuses sizes and labels out of range, and names a feature that is not finite', () => {
  const { features, labels } = problem(20, 4, 2);
  expect(() => logMe({ features: features.subarray(1), labels, classes: 2 })).toThrow('features has 79 numbers');
  expect(() => logMe({ features, labels, classes: 1 })).toThrow('classes is 1');
  features[4 * 7 + 3] = Number.NaN;
  expect(() => logMe({ features, labels, classes: 2 })).toThrow(NonFiniteFeatureError);
});
