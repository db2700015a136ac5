import { expect, test } from 'vitest';
import { KeptStudies } from './kept-studies.js';
import { makeStudySpec } from './testing/make-study-spec.js';

const spec = makeStudySpec({ datasetId: 'd' });

test('KeptStudies.of() keeps studies apart, forgets where the spec changed, and keeps 32 at most', () => {
  const kept = new KeptStudies();
  const first = kept.of('s', spec);
  expect(kept.of('s', structuredClone(spec))).toBe(first);
  expect(kept.of('other', spec)).not.toBe(first);
  expect(kept.of('s', { ...spec, seed: spec.seed + 1 })).not.toBe(first);
  const again = kept.of('s', spec);
  for (let study = 0; study < 31; study++) kept.of(`s${study}`, spec);
  expect(kept.of('s', spec)).toBe(again);
  for (let study = 0; study < 32; study++) kept.of(`s${study}`, spec);
  expect(kept.of('s', spec)).not.toBe(again);
});
