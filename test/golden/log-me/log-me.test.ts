import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { logMe } from '#engine';

interface Case {
  readonly examples: number;
  readonly features: number;
  readonly classes: number;
  readonly scale: number;
  readonly logme: number;
}

const golden = JSON.parse(readFileSync(new URL('log-me.golden.json', import.meta.url), 'utf8')) as { cases: Case[] };

/** The formula of generate.py. */
function problemOf({ examples, features: width, classes, scale }: Case) {
  const features = Float32Array.from({ length: examples * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    const noise = ((i * 7 + j * 13 + ((i * j) % 17) + ((i * i) % 29)) % 31) / 31;
    return scale * (noise + (i % classes === j % classes ? 0.25 : 0)) * (1 + (j % 4));
  });
  const labels = Int32Array.from({ length: examples }, (_, i) => (i % 7 === 0 ? (i / 7) % classes : i % classes));
  return { features, labels, classes };
}

test.each(golden.cases)(
  'logMe() is the maximum evidence ($examples × $features, $classes classes, scale $scale)',
  (one) => {
    expect(Math.abs(logMe(problemOf(one)) - one.logme)).toBeLessThan(1e-9);
  },
);
