import { expect, test } from 'vitest';
import { cpu } from './execution-device.js';
import { probeDevice } from './probe-device.js';

test('probeDevice() finds that the processor computes', async () => {
  expect(await probeDevice(cpu)).toEqual({ works: true, problem: null });
});

test('probeDevice() says why a device cannot be used', async () => {
  // No machine has as many.
  const { works, problem } = await probeDevice({ provider: 'cuda', index: 4096 });
  expect(works).toBe(false);
  expect(problem).not.toBe('');
});
