import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { PictureChecker } from './picture-checker.js';
import { defaultPictureLimits } from './picture-limits.js';

// A child that behaves as the first byte says: what a decoder does under attack, without the attack.
const folder = mkdtempSync(join(tmpdir(), 'retune-checker-'));
const child = join(folder, 'child.mjs');
writeFileSync(
  child,
  `process.on('disconnect', () => process.exit());
   process.on('message', ({ id, bytes }) => {
     if (bytes[0] === 1) process.kill(process.pid, 'SIGSEGV');
     else if (bytes[0] === 2) for (;;);
     else if (bytes[0] === 3) process.exit(86);
     else if (bytes[0] === 4) process.send({ id, width: process.env.CANARY === undefined ? 0 : 1, height: process.pid });
     else process.send({ id, width: 5, height: 6 });
   });
   process.send('ready');`,
);
afterAll(() => rmSync(folder, { recursive: true }));

const sound = new Uint8Array([0]);

test('PictureChecker.check() refuses the picture that crashed, hung or outgrew the child and goes on with a new child', async () => {
  const checker = new PictureChecker({ ...defaultPictureLimits, timeoutMs: 1 }, child);
  expect(await checker.check(new Uint8Array([1]))).toEqual({ reason: 'the decoder crashed on it (SIGSEGV)' });
  expect(await checker.check(sound)).toEqual({ width: 5, height: 6 });
  expect(await checker.check(new Uint8Array([2]))).toEqual({ reason: 'decoding takes longer than 1 ms' });
  expect(await checker.check(sound)).toEqual({ width: 5, height: 6 });
  const reason = 'decoding needs more than 1073741824 bytes of memory';
  expect(await checker.check(new Uint8Array([3]))).toEqual({ reason });
  expect(await checker.check(sound)).toEqual({ width: 5, height: 6 });
  await checker.close();
});

test('PictureChecker gives the child nothing of the parent environment', async () => {
  vi.stubEnv('CANARY', 'secret');
  const checker = new PictureChecker(defaultPictureLimits, child);
  expect(await checker.check(new Uint8Array([4]))).toMatchObject({ width: 0 });
  await checker.close();
  vi.unstubAllEnvs();
});

test('PictureChecker.close() ends the child, also under a check, and no new one starts', async () => {
  const checker = new PictureChecker(defaultPictureLimits, child);
  const verdict = (await checker.check(new Uint8Array([4]))) as { height: number };
  const hanging = checker.check(new Uint8Array([2]));
  await checker.close();
  expect(await hanging).toEqual({ reason: 'the decoder crashed on it (SIGKILL)' });
  expect(() => process.kill(verdict.height, 0)).toThrow('ESRCH');
  await expect(checker.check(sound)).rejects.toMatchObject({ code: 'DATASET_CHECKER_UNAVAILABLE' });
});

test('PictureChecker.check() says what is wrong when the child cannot start', async () => {
  const missing = new PictureChecker(defaultPictureLimits, join(folder, 'none.mjs'));
  await expect(missing.check(sound)).rejects.toThrow('is missing, run "npm run build"');
  const broken = join(folder, 'broken.mjs');
  writeFileSync(broken, `throw new Error('no decoder here')`);
  await expect(new PictureChecker(defaultPictureLimits, broken).check(sound)).rejects.toThrow('no decoder here');
});
