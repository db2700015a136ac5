import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { zipFolder } from './zip-folder.js';

async function bytesOf(folder: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipFolder(folder, ['model.onnx', 'labels.json', 'empty.md'], 'ants-7')) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('zipFolder() holds every file, weights as they are and text deflated, the same bytes each time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retune-zip-'));
  const weights = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 251);
  writeFileSync(join(folder, 'model.onnx'), weights);
  writeFileSync(join(folder, 'labels.json'), JSON.stringify(Array(1000).fill('ant')));
  writeFileSync(join(folder, 'empty.md'), '');
  const zipped = await bytesOf(folder);
  const files = unzipSync(zipped);
  expect(Object.keys(files)).toEqual(['ants-7/model.onnx', 'ants-7/labels.json', 'ants-7/empty.md']);
  expect(Buffer.compare(files['ants-7/model.onnx'] as Uint8Array, weights)).toBe(0);
  expect(JSON.parse(strFromU8(files['ants-7/labels.json'] as Uint8Array))).toHaveLength(1000);
  expect(zipped.length).toBeGreaterThan(3_000_000);
  expect(zipped.length).toBeLessThan(3_002_000);
  expect(Buffer.compare(await bytesOf(folder), zipped)).toBe(0);
});
