import { expect, test } from 'vitest';
import { AccuracyBelief, type BeliefPoint } from './accuracy-belief.js';

const point = (changes: Partial<BeliefPoint> = {}): BeliefPoint => ({
  architecture: 'resnet18',
  retrainDepth: 'deep',
  rate: -2,
  epoch: 4,
  ...changes,
});
const parameters = { scale: 1, rateLength: 1 };

function beliefOf(seen: readonly [BeliefPoint, number][]): AccuracyBelief {
  const belief = new AccuracyBelief(parameters, () => 1);
  for (const [at, value] of seen) belief.append({ point: at, value, variance: 1e-4 });
  return belief;
}

test('AccuracyBelief.at() is sure where it has seen, and less so the further away', () => {
  const belief = beliefOf([[point(), 1.2]]);
  const deviations = [
    point(),
    point({ epoch: 8 }),
    point({ epoch: 8, rate: -3 }),
    point({ epoch: 8, rate: -3, architecture: 'vgg16' }),
    point({ epoch: 8, rate: -3, architecture: 'vgg16', retrainDepth: 'shallow' }),
    point({ epoch: 8, rate: -3, architecture: 'vgg16', retrainDepth: 'scratch' }),
  ].map((at) => Math.sqrt(belief.at(at).variance));
  // Prior variances differ by depth: compared is what was learnt.
  const prior = (at: BeliefPoint) => Math.sqrt(new AccuracyBelief(parameters, () => 1).at(at).variance);
  expect(belief.at(point()).mean).toBeCloseTo(1.2, 2);
  expect(deviations[0]).toBeLessThan(0.02);
  expect(deviations[1]).toBeGreaterThan(deviations[0]);
  expect(deviations[2]).toBeGreaterThan(deviations[1]);
  expect(deviations[3]).toBeGreaterThan(deviations[2]);
  const scratch = point({ rate: -3, epoch: 8, architecture: 'vgg16', retrainDepth: 'scratch' });
  expect(deviations[5] / prior(scratch)).toBeGreaterThan(deviations[3] / prior(point()));
});

test('AccuracyBelief.mean() equals that of at(), and the order of observations does not matter', () => {
  const seen: [BeliefPoint, number][] = [
    [point(), 1.1],
    [point({ epoch: 8 }), 1.2],
    [point({ rate: -3 }), 0.9],
  ];
  const asked = point({ rate: -2.5, epoch: 16 });
  const belief = beliefOf(seen);
  expect(belief.mean(asked)).toBeCloseTo(belief.at(asked).mean, 12);
  expect(beliefOf(seen.toReversed()).at(asked).mean).toBeCloseTo(belief.at(asked).mean, 9);
});

test('a curve that rises fast is continued less high than one at its beginning, within its depth alone', () => {
  // Of another network at the same depth: what it gained from epoch 1 to 16.
  const slow: [BeliefPoint, number][] = [1, 2, 4, 8, 16].map((epoch) => [
    point({ architecture: 'vgg16', epoch }),
    0.7 + 0.03 * epoch,
  ]);
  const flat: [BeliefPoint, number][] = [1, 2, 4, 8, 16].map((epoch) => [point({ architecture: 'vgg16', epoch }), 1]);
  const start: [BeliefPoint, number] = [point({ epoch: 1 }), 0.75];
  const end = point({ epoch: 16 });
  expect(beliefOf([...slow, start]).mean(end)).toBeGreaterThan(beliefOf([...flat, start]).mean(end) + 0.05);
  const other = slow.map(([at, value]): [BeliefPoint, number] => [{ ...at, retrainDepth: 'shallow' }, value]);
  const shift = beliefOf([...other, start]).mean(end);
  expect(beliefOf([...slow, start]).mean(end)).toBeGreaterThan(shift + 0.02);
});

test('logLikelihood() is highest where the scale is that of what was seen', () => {
  const values = [1.4, 0.7, 1.3, 0.5, 1.2];
  const likelihood = (scale: number, spread: number) => {
    const belief = new AccuracyBelief({ scale, rateLength: 1 }, () => 1);
    for (const [index, value] of values.entries()) {
      belief.append({ point: point({ rate: -1 - index }), value: 1 + spread * (value - 1), variance: 1e-4 });
    }
    return belief.logLikelihood();
  };
  expect(likelihood(2, 1)).toBeGreaterThan(likelihood(0.35, 1));
  expect(likelihood(0.35, 0.05)).toBeGreaterThan(likelihood(2, 0.05));
});
