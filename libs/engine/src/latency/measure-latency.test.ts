import { expect, test } from 'vitest';
import { measureLatency } from './measure-latency.js';

/** Call `n` (from 1) takes `durationsMs[n - 1]`. */
function timed(durationsMs: readonly number[]) {
  let nowMs = 0;
  let calls = 0;
  const run = async (inputs: Float32Array, count: number): Promise<Float32Array> => {
    expect([inputs.length, count]).toEqual([4 * 6, 4]);
    nowMs += durationsMs[calls++];
    return new Float32Array(0);
  };
  const clock = { now: () => nowMs, monotonicMs: () => nowMs };
  return { inference: { batchSize: 4, inputShape: [2, 3], run }, clock };
}

test('measureLatency() gives nearest-rank percentiles of the calls after warm-up', async () => {
  const { inference, clock } = timed([900, 800, ...Array.from({ length: 100 }, (_, index) => 100 - index)]);
  expect(await measureLatency(inference, { warmup: 2, repeats: 100, clock })).toEqual({
    batch: 4,
    repeats: 100,
    p50Ms: 50,
    p95Ms: 95,
    p99Ms: 99,
  });
});

test('measureLatency() of a single call gives it as every percentile', async () => {
  const { inference, clock } = timed([7]);
  const latency = await measureLatency(inference, { warmup: 0, repeats: 1, clock });
  expect([latency.p50Ms, latency.p95Ms, latency.p99Ms]).toEqual([7, 7, 7]);
});

test('measureLatency() refuses a wrong number of calls', async () => {
  const { inference } = timed([]);
  await expect(measureLatency(inference, { repeats: 0 })).rejects.toThrow('repeats is 0, must be an integer >= 1');
  await expect(measureLatency(inference, { warmup: -1 })).rejects.toThrow('warmup is -1, must be an integer >= 0');
});
