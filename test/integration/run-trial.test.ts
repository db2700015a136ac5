import '@tensorflow/tfjs-backend-cpu';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { EpochReport, TrialClaim, TrialMeasures, Verdict } from '#api-contract';
import { trialMeasures } from '#api-contract';
import { readSafetensors, readWeightsIndex, type WeightsEntry } from '#model-zoo';
import { buildNetwork, initialTensors, type Network, saveWeights } from '#model-zoo/networks';
import { type NamedTensor, systemClock } from '#primitives';
import { applyCheckpoint, hashTensors } from '../../apps/worker/src/checkpoint.js';
import { loadPictures } from '../../apps/worker/src/load-pictures.js';
import { probeHead } from '../../apps/worker/src/probe-head.js';
import { runBlocks } from '../../apps/worker/src/run-blocks.js';
import { runTrial, type TrialResult } from '../../apps/worker/src/run-trial.js';
import { scoreLogits } from '../../apps/worker/src/score-logits.js';
import { type StartedNetwork, startNetwork } from '../../apps/worker/src/start-network.js';
import { makeTrialScene, sceneImageSize, type TrialScene } from '../support/trial-scene.js';

let scene: TrialScene;
beforeAll(async () => {
  scene = await makeTrialScene({ train: 24, validation: 12 });
});

interface Heard {
  readonly profiles: Partial<TrialMeasures>[];
  readonly reports: EpochReport[];
}
const go: Verdict = { action: 'continue', reason: null };

/** Runs a trial in this process; `decide` answers reports. */
async function run(
  claim: ReturnType<TrialScene['claim']>,
  decide: (report: EpochReport | null) => Verdict = () => go,
  { cacheFolder = scene.cacheFolder, weightsFolder = scene.weightsFolder } = {},
): Promise<{ result: TrialResult; heard: Heard }> {
  const heard: Heard = { profiles: [], reports: [] };
  const result = await runTrial(claim, {
    clock: systemClock,
    store: scene.store,
    cacheFolder,
    threads: 2,
    weightsFolder,
    profile: async (measures) => {
      heard.profiles.push(measures);
      return decide(null);
    },
    report: async (report) => {
      heard.reports.push(report);
      return decide(report);
    },
    measured: () => {},
  });
  return { result, heard };
}

function completed(result: TrialResult) {
  if (result.state !== 'COMPLETE') throw new Error(`The trial ended as ${JSON.stringify(result)}`);
  return result;
}

async function namesIn(result: TrialResult): Promise<string[]> {
  const file = readSafetensors(await scene.store.get(completed(result).checkpoint.sha256));
  return file.tensors.map(({ name }) => name);
}

/** The claim's start with the main head as a probe, made here from features that are computed anew. */
async function probedStart(claim: ReturnType<TrialScene['claim']>): Promise<NamedTensor[]> {
  const started = startNetwork(claim, scene.weightsFolder);
  const { network, card, image } = started;
  const { train } = await loadPictures(claim, image, { ...scene, clock: systemClock });
  const body = { network, tensors: started.tensors, from: 0, to: network.cut('shallow'), inputShape: [32, 32, 3] };
  const { value } = await runBlocks(body, [train.inputs], () => 0);
  const head = probeHead(card, network, { ...value[0], labels: train.labels });
  return started.tensors.map((tensor) => head.find(({ name }) => name === tensor.name) ?? tensor);
}

function withRandomHead(claim: ReturnType<TrialScene['claim']>): ReturnType<TrialScene['claim']> {
  return { ...claim, training: { ...claim.training, headInit: 'random' } };
}

test('runTrial() shallow changes nothing but the head, batch-norm statistics included, bit for bit', async () => {
  const claim = scene.claim({ retrainDepth: 'shallow', epochs: 3 });
  const { result, heard } = await run(claim);
  const done = completed(result);
  expect(await namesIn(result)).toEqual(['fc.weight', 'fc.bias']);
  const started = startNetwork(claim, scene.weightsFolder);
  const trained = applyCheckpoint(started, await scene.store.get(done.checkpoint.sha256), claim);
  const frozen = (tensors: typeof trained) => hashTensors(tensors.filter(({ name }) => !name.startsWith('fc.')));
  expect(frozen(trained)).toBe(frozen([...started.tensors]));
  expect(done.initialStateSha256).toBe(hashTensors(await probedStart(claim)));
  expect(done.weights).toEqual({ name: 'resnet18-test', sha256: started.weights?.sha256 });
  expect(heard.reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  const whole = await scoreOnCpu(started, trained, claim);
  expect(done.measures.correct).toBe(whole.correct);
  expect(done.measures.validationLoss / whole.loss).toBeCloseTo(1, 4);
});

test('runTrial() begins below a random head’s loss with a probe, and random where it is told to', async () => {
  const claim = scene.claim({ architecture: 'squeezenet1_1', learningRate: 0.001 });
  const [probe, random] = [await run(claim), await run(withRandomHead(claim))];
  expect(probe.heard.reports[0]?.trainLoss).toBeLessThan(0.9 * (random.heard.reports[0]?.trainLoss ?? 0));
  const started = startNetwork(claim, scene.weightsFolder);
  expect(completed(random.result).initialStateSha256).toBe(hashTensors(started.tensors));
});

test.each(['partial', 'deep'] as const)(
  'runTrial() %s begins with the probe of the pretrained body',
  async (retrainDepth) => {
    const claim = scene.claim({ architecture: 'squeezenet1_1', retrainDepth });
    const done = completed((await run(claim)).result);
    expect(done.initialStateSha256).toBe(hashTensors(await probedStart(claim)));
    const other = completed((await run({ ...claim, seed: 8 })).result);
    expect(other.initialStateSha256).toBe(done.initialStateSha256);
    expect(other.checkpoint.sha256).not.toBe(done.checkpoint.sha256);
  },
);

test.each(['shallow', 'partial', 'deep'] as const)(
  'runTrial() %s gives the same bytes and costs the same frozen seconds with a cold and a warm cache',
  async (retrainDepth) => {
    const claim = scene.claim({ architecture: 'squeezenet1_1', retrainDepth });
    const cacheFolder = mkdtempSync(join(tmpdir(), 'retune-cold-'));
    const runs = [await run(claim, undefined, { cacheFolder }), await run(claim, undefined, { cacheFolder })];
    // Features at the head and the head itself; for partial also the features at its own cut.
    expect(readdirSync(join(cacheFolder, 'features'))).toHaveLength(retrainDepth === 'partial' ? 3 : 2);
    const [cold, warm] = runs.map(({ result }) => completed(result));
    expect(warm?.checkpoint).toEqual(cold?.checkpoint);
    expect(warm?.initialStateSha256).toBe(cold?.initialStateSha256);
    const frozenSeconds = runs.map(
      ({ result, heard }) => (result.measures.trainSeconds ?? 0) - (heard.reports[0]?.trainSeconds ?? 0),
    );
    expect(frozenSeconds[0]).toBeGreaterThan(0);
    expect(frozenSeconds[1]).toBeCloseTo(frozenSeconds[0] as number, 9);
  },
);

test('runTrial() keeps a probed head in the checkpoint even where training does not move it', async () => {
  // Too little to change a float32.
  const claim = scene.claim({ architecture: 'squeezenet1_1', learningRate: 1e-30 });
  const { result } = await run(claim);
  expect(await namesIn(result)).toEqual(['classifier.1.weight', 'classifier.1.bias']);
  const file = await scene.store.get(completed(result).checkpoint.sha256);
  const trained = applyCheckpoint(startNetwork(claim, scene.weightsFolder), file, claim);
  expect(hashTensors(trained)).toBe(completed(result).initialStateSha256);
  expect(() => applyCheckpoint(startNetwork(claim, scene.weightsFolder), file, withRandomHead(claim))).toThrow(
    'The checkpoint has headInit probe, the trial has random',
  );
});

/** The whole network in one piece, op by op on tfjs `cpu`: neither cut, cache, engine nor ONNX Runtime take part. */
async function scoreOnCpu(started: StartedNetwork, tensors: readonly NamedTensor[], claim: TrialClaim) {
  await tf.setBackend('cpu');
  const { validation } = await loadPictures(claim, started.image, { ...scene, clock: systemClock });
  const values = new Map(tensors.map(({ name, shape, data }) => [name, tf.tensor(data, [...shape])]));
  const { imageSize } = started.network;
  const pictures = tf.tensor(validation.inputs, [validation.labels.length, imageSize, imageSize, 3]);
  const tensor = (name: string) => values.get(name) as tf.Tensor;
  const context = {
    training: false,
    tensor,
    auxiliary: () => {},
    dropout: (x: tf.Tensor) => x,
    batchNorm: (x: tf.Tensor4D, prefix: string, epsilon: number) => {
      const [scale, offset, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
        tensor(`${prefix}.${part}`),
      );
      const centred = tf.sub(x, mean);
      return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, epsilon))), scale), offset) as tf.Tensor4D;
    },
  };
  const logits = started.network.forward(pictures, context as Parameters<Network['forward']>[1]);
  return scoreLogits((await logits.data()) as Float32Array, validation.labels, claim.dataset.classes.length);
}

test('runTrial() measures everything the contract names', async () => {
  const { result, heard } = await run(scene.claim({ epochs: 2 }));
  const measures = trialMeasures.parse(completed(result).measures);
  const last = heard.reports.at(-1) as EpochReport;
  expect(measures).toMatchObject({
    accuracy: last.accuracy,
    validationLoss: last.validationLoss,
    validationImages: 12,
    latencyBatch: 4,
    parameterCount: 11_177_538,
    trainedParameterCount: 1026,
    trainBatchSize: 8,
    // Running mean and variance of 4,800 channels are exported with the parameters.
    sizeBytes: 4 * (11_177_538 + 2 * 4800),
  });
  expect(measures.correct).toBe(Math.round(last.accuracy * 12));
  expect(measures.latencyP95Ms).toBeGreaterThanOrEqual(measures.latencyP50Ms);
  expect(measures.trainSeconds).toBeGreaterThan(heard.reports.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0));
  // The frozen blocks' share: training pictures as training, validation pictures as evaluation.
  const evaluated = heard.reports.reduce((sum, { evaluationSeconds }) => sum + evaluationSeconds, 0);
  expect(measures.evaluationSeconds).toBeGreaterThan(evaluated);
  expect(measures.peakMemoryBytes).toBeGreaterThan(measures.sizeBytes);
  expect(heard.profiles).toHaveLength(1);
  expect(heard.profiles[0]).toMatchObject({ latencyBatch: 4, parameterCount: 11_177_538 });
  expect(heard.profiles[0]?.accuracy).toBeUndefined();
});

test.each(['shallow', 'deep'] as const)(
  'runTrial() %s gives the same bytes for the same claim',
  async (retrainDepth) => {
    const claim = scene.claim({ architecture: 'squeezenet1_1', retrainDepth, epochs: 2 });
    const [first, second, other] = [await run(claim), await run(claim), await run({ ...claim, seed: 8 })];
    expect(completed(first.result).checkpoint).toEqual(completed(second.result).checkpoint);
    const curve = ({ reports }: Heard) => reports.map(({ trainLoss, validationLoss }) => [trainLoss, validationLoss]);
    expect(curve(first.heard)).toEqual(curve(second.heard));
    expect(completed(other.result).checkpoint.sha256).not.toBe(completed(first.result).checkpoint.sha256);
  },
);

test('runTrial() partial trains the last stage and the head', async () => {
  const { result } = await run(scene.claim({ retrainDepth: 'partial' }));
  const names = await namesIn(result);
  expect(names.every((name) => /^(layer4|fc)\./.test(name))).toBe(true);
  expect(names).toContain('layer4.0.bn1.running_mean');
  expect(names).toContain('layer4.0.conv1.weight');
});

test('runTrial() deep changes every tensor', async () => {
  const { result } = await run(scene.claim({ retrainDepth: 'deep' }));
  const network = buildNetwork('resnet18', { classes: 2, imageSize: sceneImageSize });
  expect(await namesIn(result)).toEqual(network.tensors.map(({ name }) => name));
});

test('runTrial() scratch starts from the seed and needs no weights', async () => {
  const claim = scene.claim({ retrainDepth: 'scratch' }, 5);
  const done = completed((await run(claim)).result);
  const network = buildNetwork('resnet18', { classes: 2, imageSize: sceneImageSize });
  expect(done.initialStateSha256).toBe(hashTensors(initialTensors(network, 5)));
  expect(done.weights).toBeNull();
});

test('runTrial() trains with one batch of all images where there are fewer than the batch size', async () => {
  const claim = scene.claim({ architecture: 'squeezenet1_1' });
  const { result } = await run({ ...claim, training: { ...claim.training, batchSize: 100 } });
  expect(result.state).toBe('COMPLETE');
});

test('runTrial() stops where the service says so, with what was measured', async () => {
  const claim = scene.claim({ architecture: 'squeezenet1_1', epochs: 5 });
  const atProfile = await run(claim, () => ({ action: 'prune', reason: 'latencyP95Ms is above 1' }));
  expect(atProfile.result).toMatchObject({ state: 'PRUNED', reason: 'latencyP95Ms is above 1' });
  expect(atProfile.heard.reports).toEqual([]);
  const atEpoch = await run(claim, (report) => (report?.epoch === 2 ? { action: 'prune', reason: 'below' } : go));
  expect(atEpoch.heard.reports).toHaveLength(2);
  expect(atEpoch.result.measures.accuracy).toBe(atEpoch.heard.reports[1]?.accuracy);
  const cancelled = await run(claim, (report) => (report ? { action: 'cancel', reason: 'stopped' } : go));
  expect(cancelled.result).toMatchObject({ state: 'FAIL', failReason: 'cancelled', message: 'stopped' });
});

test('runTrial() says that it diverged', async () => {
  const { result } = await run(scene.claim({ retrainDepth: 'deep', learningRate: 10, epochs: 30 }));
  expect(result).toMatchObject({ state: 'FAIL', failReason: 'diverged' });
  expect(result.state === 'FAIL' && result.message).toContain('learning rate 10');
});

test('runTrial() says that it diverged where the pretrained body itself overflows', async () => {
  const weightsFolder = mkdtempSync(join(tmpdir(), 'retune-overflow-'));
  const network = buildNetwork('squeezenet1_1', { classes: 5, imageSize: sceneImageSize });
  const loud = initialTensors(network, 99).map((one) => ({ ...one, data: one.data.map((value) => value * 1e12) }));
  const bytes = saveWeights(network, loud);
  const index = readFileSync(join(scene.weightsFolder, 'index.json'), 'utf8');
  const { sha256, file } = readWeightsIndex(scene.weightsFolder).find(
    ({ architecture }) => architecture === 'squeezenet1_1',
  ) as WeightsEntry;
  writeFileSync(join(weightsFolder, file), bytes);
  writeFileSync(
    join(weightsFolder, 'index.json'),
    index.replace(sha256, createHash('sha256').update(bytes).digest('hex')),
  );
  const { result } = await run(scene.claim({ architecture: 'squeezenet1_1' }), undefined, { weightsFolder });
  expect(result).toMatchObject({ state: 'FAIL', failReason: 'diverged' });
  expect(result.state === 'FAIL' && result.message).toMatch(
    /^Feature \d+ of example 0 is (NaN|Infinity), must be finite$/,
  );
});

test('runTrial() names the architecture that has no weights', async () => {
  const claim = scene.claim({ architecture: 'alexnet' });
  const large = { ...claim, training: { ...claim.training, imageSize: 64 } };
  await expect(run(large)).rejects.toThrow('no pretrained weights of alexnet');
});

test('runTrial() runs its sessions on the device that it is given', async () => {
  const tools = { clock: systemClock, store: scene.store, cacheFolder: scene.cacheFolder, threads: 2 };
  const ports = { profile: async () => go, report: async () => go, measured: () => {} };
  const claim = scene.claim({ retrainDepth: 'scratch' });
  // No machine has as many, so the first session cannot be opened.
  const device = { provider: 'cuda', index: 4096 } as const;
  await expect(runTrial(claim, { ...tools, ...ports, device })).rejects.toThrow(/cuda/i);
});

test('runTrial() hands the device’s threads to its sessions', async () => {
  const tools = { clock: systemClock, store: scene.store, cacheFolder: scene.cacheFolder };
  const ports = { profile: async () => go, report: async () => go, measured: () => {} };
  const claim = scene.claim({ retrainDepth: 'scratch' });
  await expect(runTrial(claim, { ...tools, ...ports, threads: 0 })).rejects.toThrow('threads is 0, must be an integer');
});
