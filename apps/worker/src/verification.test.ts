import { expect, test } from 'vitest';
import { compareWithRecord } from './verification.js';

const measured = (correct: number, validationImages: number) => ({
  accuracy: correct / validationImages,
  recordedAccuracy: 0.9,
  correct,
  validationImages,
  latencyP50Ms: 1,
  latencyP95Ms: 2,
  recordedLatencyP95Ms: 2,
  latencyBatch: 4,
});

test('compareWithRecord() allows one image in a hundred, at least one, and says so', () => {
  expect(compareWithRecord(measured(139, 153), 138, 153)).toEqual({
    equal: true,
    message:
      'The exported model equals the record: 139 of 153 validation images right, recorded 138 of 153 (1 image may differ)',
  });
  expect(compareWithRecord(measured(136, 153), 138, 153).equal).toBe(false);
  expect(compareWithRecord(measured(895, 1000), 905, 1000).equal).toBe(true);
  expect(compareWithRecord(measured(894, 1000), 905, 1000).message).toContain('differs from the record');
  expect(compareWithRecord(measured(4, 5), 5, 5).equal).toBe(true);
});

test('compareWithRecord() refuses another number of images', () => {
  expect(compareWithRecord(measured(5, 6), 5, 5).message).toContain('other images');
});
