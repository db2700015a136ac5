import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EpochReport, Verdict } from '#api-contract';
import { cpu, createInference, createTrainer, type EagerDevice, type EngineDevice } from '#engine';
import { type NamedTensor, systemClock } from '#primitives';
import { applyCheckpoint } from '../../apps/worker/src/checkpoint.js';
import { runTrial } from '../../apps/worker/src/run-trial.js';
import { startNetwork } from '../../apps/worker/src/start-network.js';
import { linkedTensorflow, noTensorflow } from '../support/linked-tensorflow.js';
import { planOf } from '../support/step-case.js';
import { makeTrialScene, type TrialScene } from '../support/trial-scene.js';

let scene: TrialScene;
beforeAll(async () => {
  scene = await makeTrialScene({ train: 8, validation: 4 });
});

const go: Verdict = { action: 'continue', reason: null };

/** Runs a trial with a cache of its own: features of another device must not serve it. */
async function trialOn(device: EngineDevice, claim: ReturnType<TrialScene['claim']>) {
  const reports: EpochReport[] = [];
  const result = await runTrial(claim, {
    clock: systemClock,
    store: scene.store,
    cacheFolder: mkdtempSync(join(tmpdir(), 'retune-eager-')),
    threads: 2,
    device,
    weightsFolder: scene.weightsFolder,
    profile: async () => go,
    report: async (report) => {
      reports.push(report);
      return go;
    },
    measured: () => {},
  });
  if (result.state !== 'COMPLETE') throw new Error(`The trial ended as ${JSON.stringify(result)}`);
  const bytes = await scene.store.get(result.checkpoint.sha256);
  return { reports, result, tensors: applyCheckpoint(startNetwork(claim, scene.weightsFolder), bytes, claim) };
}

async function expectEqualTrials(device: EagerDevice, retrainDepth: 'shallow' | 'deep', tolerance: number) {
  const claim = scene.claim({ architecture: 'squeezenet1_1', retrainDepth, epochs: 2, learningRate: 0.002 });
  const [compiled, eager] = [await trialOn(cpu, claim), await trialOn(device, claim)];
  expect(eager.reports).toHaveLength(2);
  eager.reports.forEach(({ trainLoss, validationLoss, accuracy }, epoch) => {
    const expected = compiled.reports[epoch];
    expect(Math.abs(trainLoss / expected.trainLoss - 1)).toBeLessThan(tolerance);
    expect(Math.abs(validationLoss / expected.validationLoss - 1)).toBeLessThan(tolerance);
    expect(accuracy).toBe(expected.accuracy);
  });
  expectClose(eager.tensors, compiled.tensors, tolerance);
  expect(eager.result.measures.latencyP95Ms).toBeGreaterThan(0);
}

function expectClose(actual: readonly NamedTensor[], expected: readonly NamedTensor[], tolerance: number): void {
  expect(actual.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  actual.forEach(({ name, data }, index) => {
    const { data: reference } = expected[index];
    const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
    const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - reference[i])), 0);
    expect(worst / largest, name).toBeLessThan(tolerance);
  });
}

test('runTrial() shallow on tfjs-cpu equals the compiled trial: losses, accuracy, checkpoint', async () => {
  await expectEqualTrials({ provider: 'tfjs-cpu', index: 0 }, 'shallow', 1e-3);
});

const found = linkedTensorflow();
const title = found === null ? `TensorFlow (skipped: ${noTensorflow})` : 'TensorFlow';

describe.skipIf(found === null)(title, () => {
  const device = { ...found, index: 0 } as EagerDevice;

  test.each(['shallow', 'deep'] as const)('runTrial() %s on it equals the compiled trial', async (retrainDepth) => {
    await expectEqualTrials(device, retrainDepth, 1e-3);
  });

  /** Every shape of layer: strided and padded convolutions, ceiling pools, dense blocks, averages, 1×7 filters. */
  test.each([
    { architecture: 'squeezenet1_1', imageSize: 40, tolerance: 1e-3 },
    { architecture: 'resnet18', imageSize: 64, tolerance: 2e-3 },
    { architecture: 'densenet121', imageSize: 64, tolerance: 2e-3 },
    { architecture: 'inception_v3', imageSize: 96, tolerance: 1e-2 },
  ])(
    'a step and the inference of $architecture on it equal the compiled ones',
    async ({ architecture, imageSize, tolerance }) => {
      const { plan, data } = raisedPlanOf(architecture, imageSize, 4);
      const [compiled, eager] = [await createTrainer(plan), await createTrainer({ ...plan, device })];
      const step = { epoch: 0, learningRate: 0.01 };
      const [expected, actual] = [await compiled.trainEpoch(data, step), await eager.trainEpoch(data, step)];
      expect(Math.abs(actual.loss / expected.loss - 1)).toBeLessThan(1e-4);
      expectClose(eager.tensors(), compiled.tensors(), tolerance);
      await compiled.dispose();
      await eager.dispose();
      const [graph, ops] = [await createInference(plan), await createInference({ ...plan, device })];
      const logits = async (inference: typeof graph) => ({
        name: 'logits',
        shape: [4, 3],
        data: await inference.run(data.inputs, 4),
      });
      expectClose([await logits(ops)], [await logits(graph)], 1e-4);
      await graph.dispose();
      await ops.dispose();
    },
  );
});

/** As every step case, but with offsets raised; and at these sizes there is no second head to train. */
function raisedPlanOf(architecture: string, imageSize: number, batchSize: number) {
  const { plan, data } = planOf({ architecture, imageSize, batchSize });
  const trainable = (name: string): boolean => plan.trainable(name) && !name.startsWith('AuxLogits');
  return { plan: { ...plan, tensors: plan.tensors.map(raisedNormOffset), trainable }, data };
}

/** Away from ReLU's kink, where rounding would decide what a gradient passes. */
function raisedNormOffset(tensor: NamedTensor): NamedTensor {
  const { name, data } = tensor;
  return /(norm\d?|bn\d?)\.bias$/.test(name) ? { ...tensor, data: data.map((value) => value + 2.5) } : tensor;
}
