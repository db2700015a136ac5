import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fitLinearProbe } from '#engine';

interface Case {
  readonly examples: number;
  readonly features: number;
  readonly classes: number;
  readonly l2: number;
  readonly loss: number;
  readonly weight: readonly number[];
  readonly bias: readonly number[];
}

const golden = JSON.parse(readFileSync(new URL('linear-probe.golden.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

/** The formula of generate.py. */
function problemOf({ examples, features: width, classes }: Case) {
  const features = Float32Array.from({ length: examples * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    const noise = ((i * 7 + j * 13 + ((i * j) % 17) + ((i * i) % 29)) % 31) / 31;
    return (noise + (i % classes === j % classes ? 0.25 : 0)) * (1 + (j % 4));
  });
  const labels = Int32Array.from({ length: examples }, (_, i) => (i % 7 === 0 ? (i / 7) % classes : i % classes));
  return { features, labels, classes };
}

/** Norm of the difference over the norm of what it should be. */
function relativeError(found: Float32Array, wanted: readonly number[]): number {
  const difference = Math.hypot(...wanted.map((value, at) => value - found[at]));
  return difference / Math.hypot(...wanted);
}

test.each(golden.cases)(
  'fitLinearProbe() finds torch’s optimum ($examples × $features, $classes classes, l2 $l2)',
  (one) => {
    const probe = fitLinearProbe(problemOf(one), { l2: one.l2, gradientTolerance: 1e-9, maxIterations: 1000 });
    expect(probe.converged).toBe(true);
    expect(Math.abs(probe.loss / one.loss - 1)).toBeLessThan(1e-9);
    expect(relativeError(probe.weight, one.weight)).toBeLessThan(1e-6);
    expect(relativeError(probe.bias, one.bias)).toBeLessThan(1e-6);
  },
);

test.each(golden.cases)(
  'fitLinearProbe() is within its default tolerance of that optimum ($examples × $features)',
  (one) => {
    const probe = fitLinearProbe(problemOf(one), { l2: one.l2 });
    expect(probe.converged).toBe(true);
    expect(probe.loss / one.loss - 1).toBeLessThan(1e-4);
  },
);
