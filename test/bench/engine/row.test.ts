import { expect, test } from 'vitest';
import { measuredRow } from './row.fixture.js';

test('rowOf() compares with the better memory format, round by round, and with its memory', () => {
  const row = measuredRow('training', [1, 2, 4], { contiguous: [3, 3, 3], channels_last: [2, 2, 2] });
  expect(row).toMatchObject({ engineSeconds: 2, torchFormat: 'channels_last', torchSeconds: { contiguous: 3 } });
  expect(row.ratio).toBe(1); // the median of 2/1, 2/2, 2/4
  expect(row.memoryRatio).toBeCloseTo(1.2);
});

test('rowOf() compares only rounds that both sides had, and memory only of a training', () => {
  const row = measuredRow('inference', [1, 1, 8], { contiguous: [2] });
  expect(row).toMatchObject({ ratio: 2, rounds: 3, engineBytes: null, torchBytes: null, memoryRatio: null });
});

test('rowOf() without a peer has our number and no ratio', () => {
  expect(measuredRow('head', [0.5], {})).toMatchObject({ engineSeconds: 0.5, torchFormat: null, ratio: null });
});
