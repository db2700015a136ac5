import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const folder = resolve('libs/model-zoo/weights');

test('the bundled weights are the files of the index, byte for byte, and take 30 MB at most', () => {
  const { weights } = JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')) as {
    weights: { file: string; bytes: number; sha256: string }[];
  };
  const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  const found = files.map((file) => {
    const content = readFileSync(`${folder}/${file}`);
    return { file, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  });
  expect(found.length).toBeGreaterThan(0);
  expect(found).toEqual(weights.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })));
  expect(found.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(30e6);
});
