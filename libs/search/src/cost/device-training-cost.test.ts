import { describe, expect, test } from 'vitest';
import type { ArchitectureProfile } from '../preparation.js';
import { DeviceTrainingCost, type TrainingCostKnowledge } from './device-training-cost.js';
import { noMeasurements, withMeasurement } from './log-spread.js';
import type { TrainingCostRecord } from './training-cost-record.js';

const device = { class: 'cpu', name: 'two cores', threads: 2, runtime: 'onnxruntime 1' };
const spreadOf = (...seconds: readonly number[]) => seconds.reduce(withMeasurement, noMeasurements);

function record(changes: Partial<TrainingCostRecord> = {}): TrainingCostRecord {
  return {
    ...{ architecture: 'resnet18', retrainDepth: 'deep', imageSize: 64, batchSize: 16, datasetVersion: 'v1', device },
    trainPerPicture: spreadOf(0.01, 0.01, 0.01),
    evaluationPerPicture: spreadOf(0.002, 0.002, 0.002),
    fixed: spreadOf(2, 2),
    firstFixed: 6,
    pictures: 300,
    ...changes,
  };
}

function profile(p50Ms: number): ArchitectureProfile {
  const latency = { batch: 16, p50Ms, p95Ms: p50Ms, p99Ms: p50Ms, repeats: 50 };
  return { latencies: [latency], sizeBytes: 1, parameterCount: 1, peakMemoryBytes: 1, measuredAt: new Date(0) };
}

function costOf(changes: Partial<TrainingCostKnowledge> = {}): DeviceTrainingCost {
  return new DeviceTrainingCost({
    device,
    training: { imageSize: 64, batchSize: 16, headInit: 'probe' },
    dataset: { version: 'v1', train: 200, validation: 100 },
    records: [],
    profiles: new Map(),
    sizeOf: (architecture, imageSize) => ({
      gigaMacs: (architecture === 'resnet18' ? 1.8 : 3.6) * (imageSize / 224) ** 2,
      parameterCount: 11e6,
    }),
    ...changes,
  });
}

const deep = { architecture: 'resnet18', retrainDepth: 'deep' as const, learningRate: 0.01 };

describe('DeviceTrainingCost', () => {
  test('adds fixed seconds and epochs of equal trials on record, and only the epochs that are left', () => {
    const cost = costOf({ records: [record()] });
    expect(cost.candidate(deep)).toMatchObject({ source: 'record', firstFixed: null });
    expect(cost.secondsOf({ ...deep, epochs: 5 }, 0)).toBeCloseTo(2 + 5 * (200 * 0.01 + 100 * 0.002), 9);
    expect(cost.secondsOf({ ...deep, epochs: 5 }, 3)).toBeCloseTo(2 + 2 * 2.2, 9);
  });

  test('prefers the record of the dataset, and takes that of others before it has one', () => {
    const other = record({ datasetVersion: 'v2', trainPerPicture: spreadOf(0.03), firstFixed: 9, pictures: 900 });
    const both = costOf({ records: [record(), other] });
    expect(both.candidate(deep).epoch.median).toBeCloseTo(2.2, 9);
    const first = costOf({ records: [other] }).candidate(deep);
    expect(first.source).toBe('record');
    expect(first.epoch.median).toBeCloseTo(200 * 0.03 + 0.2, 9);
    // A third of the pictures: less to decode and to compute features of, but the start-up is the same.
    expect(first.firstFixed?.median).toBeLessThan(9);
    expect(first.firstFixed?.median).toBeGreaterThan(3);
  });

  test('scales the record of another image size by the area, and says that it is less sure', () => {
    const exact = costOf({ records: [record()] }).candidate(deep);
    const scaled = costOf({
      records: [record()],
      training: { imageSize: 128, batchSize: 16, headInit: 'probe' },
    }).candidate(deep);
    expect(scaled.source).toBe('scaled');
    expect(scaled.epoch.median / exact.epoch.median).toBeGreaterThan(2.5);
    expect(scaled.epoch.median / exact.epoch.median).toBeLessThan(4.1);
    expect(scaled.epoch.bias).toBeGreaterThan(exact.epoch.bias);
  });

  test('takes a profile before a guess, and learns from what else is on record how far such figures are off', () => {
    const guess = costOf().candidate(deep);
    const profiles = new Map([['resnet18', profile(16)]]);
    const profiled = costOf({ profiles }).candidate(deep);
    expect([guess.source, profiled.source]).toEqual(['guess', 'profile']);
    expect(profiled.epoch.bias).toBeLessThan(guess.epoch.bias);
    // 1 ms a picture: three passes to train, one to evaluate.
    expect(profiled.epoch.median).toBeGreaterThan(200 * 0.003 + 100 * 0.001);
    const slow = record({ architecture: 'vgg16', trainPerPicture: spreadOf(1), evaluationPerPicture: spreadOf(0.3) });
    const learnt = costOf({ profiles, records: [slow] }).candidate(deep);
    expect(learnt.source).toBe('profile');
    expect(learnt.epoch.median).toBeGreaterThan(2 * profiled.epoch.median);
    expect(learnt.epoch.bias).toBeLessThan(profiled.epoch.bias);
  });

  test('a guess rises with the work: shallow below partial below deep, twice the size twice the time', () => {
    const cost = costOf();
    const medians = (['shallow', 'partial', 'deep'] as const).map(
      (retrainDepth) => cost.candidate({ architecture: 'resnet18', retrainDepth }).epoch.median,
    );
    expect(medians).toEqual([...medians].sort((a, b) => a - b));
    const large = cost.candidate({ architecture: 'vgg16', retrainDepth: 'deep' }).epoch.median;
    expect(large / medians[2]).toBeGreaterThan(1.3);
    expect(costOf({ device: { ...device, threads: 8 } }).candidate(deep).epoch.median).toBeLessThan(medians[2] / 3);
  });

  test('another runtime or number of threads is no equal trial', () => {
    const other = record({ device: { ...device, runtime: 'onnxruntime 2' } });
    expect(costOf({ records: [other] }).candidate(deep)).toMatchObject({ source: 'scaled' });
    expect(costOf({ records: [other] }).candidate(deep).firstFixed).not.toBeNull();
  });
});
