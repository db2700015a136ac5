import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { architectureNames, findCard } from '#model-zoo';
import { type GoldenLogits, LogitsRunner } from '../support/logits-parity.js';

function goldenCases(architecture: string): GoldenLogits[] {
  const url = new URL(`../golden/torchvision/${architecture}.golden.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: GoldenLogits[] }).cases;
}

describe.each(architectureNames)('%s compiled', (architecture) => {
  const card = findCard(architecture);
  // The zoo's unit tests run the small ones.
  const cases = goldenCases(architecture).filter(({ imageSize }) => imageSize > 64);
  const runner = new LogitsRunner(architecture);
  afterAll(() => runner.dispose());

  test.each(cases)('gives the logits of torchvision: $classes classes, $imageSize px', async (expected) => {
    const { difference, headInput } = await runner.parity(expected);
    expect(difference).toBeLessThan(1e-4);
    if (expected.imageSize === card.defaultImageSize) expect(headInput).toEqual(card.headInput);
  });

  test('has goldens at its crop size and another', () => {
    const sizes = new Set(cases.map(({ imageSize }) => imageSize));
    expect(sizes).toContain(card.defaultImageSize);
    expect(sizes.size).toBeGreaterThan(1);
  });
});
