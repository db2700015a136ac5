import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compileTrainer } from '../train/compile-trainer.js';
import { smallData, smallPlan } from '../train/small-network.fixture.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retune-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** One epoch of the small network; the state after it. */
async function train(changes = {}): Promise<{ fromCache: boolean; bytes: Buffer }> {
  const trainer = await compileTrainer(smallPlan(changes), { cacheFolder: folder });
  await trainer.trainEpoch(smallData(12), { epoch: 0, learningRate: 0.05 });
  const bytes = Buffer.concat(trainer.tensors().map(({ data }) => Buffer.from(data.buffer)));
  await trainer.dispose();
  return { fromCache: trainer.fromCache, bytes };
}

test('openThroughCache() finds an equal graph, which trains to the same bytes, and no other', async () => {
  const first = await train();
  const second = await train();
  const other = await train({ weightDecay: 0.5 });
  expect([first.fromCache, second.fromCache, other.fromCache]).toEqual([false, true, false]);
  expect(second.bytes.equals(first.bytes)).toBe(true);
  expect((await readdir(folder)).length).toBe(2);
});

test('openThroughCache() throws a damaged file away and makes it anew', async () => {
  const { bytes } = await train();
  const [name] = await readdir(folder);
  const damaged = await readFile(join(folder, name));
  damaged[damaged.length >> 1] ^= 1;
  await writeFile(join(folder, name), damaged);
  const again = await train();
  expect(again).toEqual({ fromCache: false, bytes });
  expect((await train()).fromCache).toBe(true);
});

test('openThroughCache() works without a folder that can be written', async () => {
  await rm(folder, { recursive: true });
  await writeFile(folder, 'a file');
  expect((await train()).fromCache).toBe(false);
});

test('openThroughCache() lets what was not used for longest go', async () => {
  await writeFile(join(folder, 'old.onnx'), new Uint8Array(200 * 2 ** 20));
  await writeFile(join(folder, 'newer.onnx'), new Uint8Array(100 * 2 ** 20));
  await utimes(join(folder, 'old.onnx'), 1, 1);
  await train();
  const names = await readdir(folder);
  expect(names).toContain('newer.onnx');
  expect(names).not.toContain('old.onnx');
  expect(names.length).toBe(2);
});
