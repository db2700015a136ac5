import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import {
  type ClaimProfile,
  finishPreparationRequest,
  type ProbeClaim,
  type ProfileClaim,
  probeScore,
  type TrialClaim,
} from '#api-contract';
import { logMe } from '#engine';
import { weightsAtHand } from '#model-zoo';
import { buildNetwork } from '#model-zoo/networks';
import { type NamedTensor, sizeOf, systemClock } from '#primitives';
import { loadPictures } from '../../apps/worker/src/load-pictures.js';
import { probeFeatures } from '../../apps/worker/src/probe-features.js';
import { probeHead, spatialMeans } from '../../apps/worker/src/probe-head.js';
import { profileArchitecture, steadyLatency } from '../../apps/worker/src/profile-architecture.js';
import { runBlocks } from '../../apps/worker/src/run-blocks.js';
import { runTrial } from '../../apps/worker/src/run-trial.js';
import { scoreLogits } from '../../apps/worker/src/score-logits.js';
import { startNetwork } from '../../apps/worker/src/start-network.js';
import { FakeService, type WorkerRequest } from '../support/fake-service.js';
import { makeTrialScene, sceneImageSize, type TrialScene } from '../support/trial-scene.js';
import { until } from '../support/until.js';

const main = resolve('dist/apps/worker/src/main.js');
const lease = { attempt: 1, leaseSeconds: 60, heartbeatSeconds: 10 };
const preparationId = '55555555-5555-4555-8555-555555555555';
const bundled = weightsAtHand().find(({ name }) => name === 'squeezenet1_1-drawn-v1');
const squeezenet = { ...lease, preparationId, architecture: 'squeezenet1_1', imageSize: sceneImageSize };
const profileClaim: ProfileClaim = { kind: 'profile', ...squeezenet, classes: 2, batches: [1, 2] };

let scene: TrialScene;
let probeClaim: ProbeClaim;
const services: FakeService[] = [];
const workers: ChildProcess[] = [];
beforeAll(async () => {
  scene = await makeTrialScene({ train: 24, validation: 12 });
  writeFileSync(join(scene.dataFolder, 'worker-token'), 'secret');
  const { dataset } = scene.claim({});
  probeClaim = { kind: 'probe', ...squeezenet, weights: bundled?.name ?? '', dataset };
});
afterEach(async () => {
  for (const service of services.splice(0)) service.close();
  for (const worker of workers.splice(0)) {
    if (worker.exitCode !== null || worker.signalCode !== null) continue;
    worker.kill('SIGKILL');
    await once(worker, 'exit');
  }
});

function probeTools(cacheFolder = scene.cacheFolder) {
  return { clock: systemClock, store: scene.store, cacheFolder, threads: 2 };
}

/** A worker whose service gives out these claims, one after the other. */
async function startWorker(claims: readonly unknown[]) {
  const service = new FakeService(({ verb }: WorkerRequest, seen: number) => {
    if (verb === 'claim') return claims[seen - 1] ?? null;
    return verb === 'heartbeat' ? { leaseUntil: '2030-01-01T00:00:00.000Z', cancel: false } : null;
  });
  services.push(service);
  const args = ['run', '--api', await service.listen(), '--data', scene.dataFolder, '--name', 'w1', '--devices', 'cpu'];
  const worker = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  workers.push(worker);
  let output = '';
  for (const stream of [worker.stdout, worker.stderr]) stream?.on('data', (chunk) => (output += chunk));
  return { service, worker, output: () => output };
}

test('profileArchitecture() measures each batch, the memory of the largest, and what is exported', async () => {
  const profile = await profileArchitecture(profileClaim, { clock: systemClock, threads: 2 });
  expect(profile.latencies.map(({ batch }) => batch)).toEqual([1, 2]);
  for (const { p50Ms, p95Ms, p99Ms, repeats } of profile.latencies) {
    expect([p50Ms, p95Ms, p99Ms]).toEqual([p50Ms, p95Ms, p99Ms].sort((a, b) => a - b));
    expect(p50Ms).toBeGreaterThan(0);
    expect(repeats).toBeGreaterThanOrEqual(20);
    expect(repeats).toBeLessThanOrEqual(200);
  }
  const { tensors } = buildNetwork('squeezenet1_1', { classes: 2, imageSize: sceneImageSize });
  const numbers = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  expect(profile).toMatchObject({ sizeBytes: 4 * numbers, parameterCount: numbers });
  expect(profile.peakMemoryBytes).toBeGreaterThan(profile.sizeBytes);
});

test.each([
  ['200 times where a call is short', 1, 200],
  ['for half a second where it is longer', 10, 50],
  ['20 times where it is long', 400, 20],
])('steadyLatency() runs a batch %s', async (_, ms, repeats) => {
  let nowMs = 0;
  let calls = 0;
  const clock = { now: () => nowMs, monotonicMs: () => nowMs };
  const run = async () => {
    calls++;
    // The first call allocates.
    nowMs += calls === 1 ? 100 * ms : ms;
    return new Float32Array(0);
  };
  const latency = await steadyLatency({ batchSize: 1, inputShape: [1], run }, clock);
  expect(latency).toEqual({ batch: 1, p50Ms: ms, p95Ms: ms, p99Ms: ms, repeats });
});

test('probeFeatures() gives what the whole bundled squeezenet gives with the fitted head, and again from the cache', async () => {
  const first = await probeFeatures(probeClaim, probeTools());
  expect(probeScore.parse(first)).toEqual(first);
  expect(first).toMatchObject({ validationImages: 12, featureCount: 512 });
  const whole = await scoreWithHead();
  expect(first).toMatchObject({ accuracy: whole.accuracy, correct: whole.correct });
  expect(first.validationLoss).toBeCloseTo(whole.loss, 5);
  expect(first.logme).toBeCloseTo(whole.logme, 5);
  const { probeSeconds: _, ...again } = await probeFeatures(probeClaim, probeTools());
  const { probeSeconds: __, ...before } = first;
  // The seconds of the features as well: they are what making them took.
  expect(again).toEqual(before);
});

/** Every picture through the whole network, past every cache: the score of the head, and the evidence of what it reads. */
async function scoreWithHead() {
  const training = { imageSize: sceneImageSize, weights: { squeezenet1_1: bundled?.name ?? '' } };
  const parameters = { architecture: 'squeezenet1_1', retrainDepth: 'shallow' } as const;
  const started = startNetwork({ parameters, training, dataset: probeClaim.dataset, seed: 3 });
  const { network, card } = started;
  const cacheFolder = mkdtempSync(join(tmpdir(), 'retune-pixels-'));
  const { train, validation } = await loadPictures(probeClaim, started.image, probeTools(cacheFolder));
  const run = (tensors: readonly NamedTensor[], to: number, pictures: Float32Array) =>
    runBlocks({ network, tensors, from: 0, to, inputShape: [32, 32, 3], threads: 2 }, [pictures], () => 0);
  const [{ data, shape }] = (await run(started.tensors, network.cut('shallow'), train.inputs)).value;
  const head = new Map(probeHead(card, network, { shape, data, labels: train.labels }).map((one) => [one.name, one]));
  const tensors = started.tensors.map((one) => head.get(one.name) ?? one);
  const [logits] = (await run(tensors, network.blocks.length, validation.inputs)).value;
  const logme = logMe({ features: spatialMeans(data, shape), labels: train.labels, classes: 2 });
  return { ...scoreLogits(logits.data, validation.labels, 2), logme };
}

test('probeFeatures() leaves features and head where the trials that follow find them', async () => {
  const cacheFolder = join(mkdtempSync(join(tmpdir(), 'retune-probe-')), 'cache');
  const kept = () => readdirSync(join(cacheFolder, 'features')).sort();
  await probeFeatures(probeClaim, probeTools(cacheFolder));
  const files = kept();
  expect(files).toHaveLength(2);
  await train(shallowClaim(), cacheFolder);
  expect(kept()).toEqual(files);
});

function shallowClaim(profile?: ClaimProfile): TrialClaim {
  const claim = scene.claim({ architecture: 'squeezenet1_1', retrainDepth: 'shallow', epochs: 1 });
  const weights = { squeezenet1_1: bundled?.name ?? '' };
  return { ...claim, training: { ...claim.training, weights }, profile };
}

async function train(claim: TrialClaim, cacheFolder = scene.cacheFolder) {
  const profiles: unknown[] = [];
  const result = await runTrial(claim, {
    ...probeTools(cacheFolder),
    profile: async (measures) => {
      profiles.push(measures);
      return { action: 'continue', reason: null };
    },
    report: async () => ({ action: 'continue', reason: null }),
    measured: () => {},
  });
  if (result.state !== 'COMPLETE') throw new Error(`The trial ended as ${JSON.stringify(result)}`);
  return { result, profiles };
}

test('runTrial() takes what is on record of its architecture, measures nothing of it, and trains the same bytes', async () => {
  const known = {
    latencyP50Ms: 123.25,
    latencyP95Ms: 456.5,
    latencyBatch: 4,
    latencyRepeats: 77,
    sizeBytes: 2_894_088,
    parameterCount: 723_522,
  };
  const latencyDevice = { class: 'cpu', name: 'test' };
  const { result, profiles } = await train(shallowClaim({ ...known, latencyDevice }));
  expect(profiles).toEqual([]);
  expect(result.measures).toMatchObject({ ...known, trainedParameterCount: 1026 });
  const alone = await train(shallowClaim());
  expect(alone.profiles).toHaveLength(1);
  expect(alone.result.measures).toMatchObject({
    sizeBytes: 2_894_088,
    parameterCount: 723_522,
    trainedParameterCount: 1026,
  });
  expect(alone.result.checkpoint).toEqual(result.checkpoint);
});

test('worker run says what runs networks on its device, and makes profiles and probes in processes of their own', async () => {
  const { service, output } = await startWorker([profileClaim, probeClaim, { ...probeClaim, weights: 'none-at-hand' }]);
  await until(() => service.of('finish').length === 3);
  const [profile, probe, refused] = service.of('finish').map(({ body }) => finishPreparationRequest.parse(body));
  expect(profile, output()).toMatchObject({ state: 'COMPLETE', attempt: 1, profile: { parameterCount: 723_522 } });
  expect(probe, output()).toMatchObject({ state: 'COMPLETE', probe: { validationImages: 12, featureCount: 512 } });
  expect(refused).toMatchObject({
    state: 'FAIL',
    failReason: 'error',
    message: expect.stringContaining('none-at-hand'),
  });
  expect(service.of('claim')[0].body.device).toMatchObject({ runtime: expect.stringMatching(/^onnxruntime \d+\.\d+/) });
  expect(output()).toContain('Profile of squeezenet1_1: completed after');
});

test('worker run killed amid a probe leaves no child behind', async () => {
  const { service, worker } = await startWorker(Array(20).fill(profileClaim));
  await until(() => service.of('finish').length >= 1 && childrenOf(worker.pid as number).length === 1);
  const children = childrenOf(worker.pid as number);
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  await until(() => !children.some(isAlive));
});

test('worker run gives a profile back at SIGTERM', async () => {
  const { service, worker, output } = await startWorker([
    { ...profileClaim, architecture: 'vgg11', batches: [1, 4, 16] },
  ]);
  await until(() => childrenOf(worker.pid as number).length === 1);
  worker.kill('SIGTERM');
  const [code] = await once(worker, 'exit');
  expect(code, output()).toBe(0);
  expect(service.of('release')).toEqual([{ verb: 'release', body: { attempt: 1 } }]);
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
