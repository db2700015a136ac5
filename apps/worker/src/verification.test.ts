import { expect, test } from 'vitest';
import type { ExportVerification } from '#api-contract';
import { compareWithRecord, countDifferences } from './verification.js';

const measured = (
  correct: number,
  validationImages: number,
  changes: Partial<ExportVerification> = {},
): ExportVerification => ({
  accuracy: correct / validationImages,
  recordedAccuracy: 0.9,
  correct,
  validationImages,
  differingImages: 0,
  latencyP50Ms: 1,
  latencyP95Ms: 2,
  recordedLatencyP95Ms: 2,
  latencyBatch: 4,
  endToEndLatencyP50Ms: 3,
  endToEndLatencyP95Ms: 4,
  endToEndWidth: 640,
  endToEndHeight: 480,
  ...changes,
});
const record = (correct: number, validationImages: number) => ({ correct, validationImages });

test('compareWithRecord() allows one image in a hundred, at least one, and says so', () => {
  expect(compareWithRecord(measured(139, 153, { differingImages: 1 }), record(138, 153))).toEqual({
    equal: true,
    message:
      'The exported model equals the record: 139 of 153 validation images right, recorded 138 of 153; 1 classified ' +
      'otherwise than by the trained network (1 may be); 1.00 ms for a batch of 4 (median of the network alone), recorded ' +
      '2.00 ms (p95; 4.00 ms allowed)',
  });
  expect(compareWithRecord(measured(136, 153), record(138, 153)).equal).toBe(false);
  expect(compareWithRecord(measured(895, 1000), record(905, 1000)).equal).toBe(true);
  expect(compareWithRecord(measured(894, 1000), record(905, 1000)).message).toContain('differs from the record');
  expect(compareWithRecord(measured(4, 5), record(5, 5)).equal).toBe(true);
});

test('compareWithRecord() counts images, not totals: as many right, but others, is another model', () => {
  const verdict = compareWithRecord(measured(138, 153, { differingImages: 2 }), record(138, 153));
  expect(verdict.equal).toBe(false);
  expect(verdict.message).toContain('2 classified otherwise than by the trained network (1 may be)');
  expect(countDifferences([0, 1, 1, 0], [1, 1, 0, 0])).toBe(2);
  expect(countDifferences([0, 1], [0, 1, 1])).toBe(1);
});

test('compareWithRecord() refuses a median slower than half as much again and a millisecond, with both numbers', () => {
  const at = (latencyP50Ms: number) =>
    compareWithRecord(measured(5, 5, { latencyP50Ms, latencyP95Ms: 900, recordedLatencyP95Ms: 20 }), record(5, 5));
  expect(at(31).equal).toBe(true);
  expect(at(31.1)).toEqual({
    equal: false,
    message:
      'The exported model is slower than the record: 31.10 ms for a batch of 4 (median of the network alone), recorded ' +
      '20.00 ms (p95; 31.00 ms allowed). If the machine was busy, export it again',
  });
  expect(at(1).equal).toBe(true);
  expect(at(Number.NaN).equal).toBe(false);
});

test('compareWithRecord() refuses another number of images', () => {
  expect(compareWithRecord(measured(5, 6), record(5, 5)).message).toContain('other images');
});
