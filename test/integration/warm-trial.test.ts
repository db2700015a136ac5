import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { EpochReport, TrialClaim, Verdict } from '#api-contract';
import { serializeManifest, versionHash } from '#dataset';
import { systemClock } from '#primitives';
import type { FeatureUse } from '../../apps/worker/src/feature-use.js';
import { frozenFeatures } from '../../apps/worker/src/frozen-work.js';
import { loadPictures, type TrialPictures } from '../../apps/worker/src/load-pictures.js';
import { runTrial } from '../../apps/worker/src/run-trial.js';
import { startNetwork } from '../../apps/worker/src/start-network.js';
import { WarmCache } from '../../apps/worker/src/warm-cache.js';
import { makeTrialScene, profileOnRecord, type TrialScene } from '../support/trial-scene.js';

/** More pictures than frozen blocks take at once. */
let scene: TrialScene;
/** A version with a quarter of them, for trials of two steps an epoch: 10 + 3. */
let few: Pick<TrialClaim['dataset'], 'version' | 'manifestSha256'>;
beforeAll(async () => {
  scene = await makeTrialScene({ train: 40, validation: 12 });
  const manifest = { ...scene.manifest, images: scene.manifest.images.filter((_, index) => index % 4 === 0) };
  const { sha256 } = await scene.store.put(Buffer.from(serializeManifest(manifest)));
  few = { version: versionHash(manifest), manifestSha256: sha256 };
});

function claimOf(parameters: Partial<TrialClaim['parameters']>, seed?: number): TrialClaim {
  const { dataset, training, ...claim } = scene.claim({ architecture: 'squeezenet1_1', ...parameters }, seed);
  const small = { dataset: { ...dataset, ...few }, training: { ...training, batchSize: 4 } };
  return { ...claim, ...small, profile: profileOnRecord };
}

const go: Verdict = { action: 'continue', reason: null };
const gigabyte = 2 ** 30;

async function run(claim: TrialClaim, options: { warm?: WarmCache; cacheFolder?: string } = {}) {
  const { cacheFolder = mkdtempSync(join(tmpdir(), 'retune-warm-')), warm } = options;
  const reports: EpochReport[] = [];
  const uses: FeatureUse[] = [];
  const result = await runTrial(claim, {
    clock: systemClock,
    store: scene.store,
    weightsFolder: scene.weightsFolder,
    ...{ cacheFolder, warm, threads: 2 },
    profile: async () => go,
    report: async (report) => {
      reports.push(report);
      return go;
    },
    featuresFound: (use) => uses.push(use),
    measured: () => {},
  });
  if (result.state !== 'COMPLETE') throw new Error(JSON.stringify(result));
  const curve = reports.map(({ trainLoss, validationLoss, accuracy }) => [trainLoss, validationLoss, accuracy]);
  const { checkpoint, initialStateSha256, measures } = result;
  return { same: { curve, checkpoint, initialStateSha256 }, measures, uses };
}

test.each(['shallow', 'partial', 'deep', 'scratch'] as const)(
  'runTrial() %s gives the same bytes in a process that has trained before and in a fresh one',
  async (retrainDepth) => {
    const claim = claimOf({ retrainDepth, epochs: 2, learningRate: 0.003 });
    const cold = await run({ ...claim, profile: undefined });
    const warm = new WarmCache(gigabyte);
    const cacheFolder = mkdtempSync(join(tmpdir(), 'retune-warm-'));
    const other = claimOf({ retrainDepth, epochs: 1, learningRate: 0.02 }, 8);
    await run(other, { warm, cacheFolder });
    await run({ ...other, training: { ...other.training, headInit: 'random' } }, { warm, cacheFolder });
    const second = await run(claim, { warm, cacheFolder });
    expect(second.same).toEqual(cold.same);
    expect(second.measures.trainBatchSize).toBe(cold.measures.trainBatchSize);
    expect((await run(claim, { warm, cacheFolder })).same).toEqual(cold.same);
  },
);

test('runTrial() goes on in a process whose last trial diverged', async () => {
  const warm = new WarmCache(gigabyte);
  const claim = claimOf({ retrainDepth: 'deep', epochs: 1, learningRate: 0.003 });
  const diverging = { ...claim, parameters: { ...claim.parameters, learningRate: 1e6, epochs: 9 } };
  await expect(run(diverging, { warm })).rejects.toThrow('diverged');
  expect((await run(claim, { warm })).same).toEqual((await run(claim)).same);
});

test('runTrial() without reuse of features does the frozen work in every trial, and gives the same bytes', async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'retune-warm-'));
  const warm = new WarmCache(gigabyte);
  const claim = claimOf({ retrainDepth: 'partial' });
  const kept = await run(claim, { warm, cacheFolder });
  const used = (await run(claim, { warm, cacheFolder })).uses;
  expect(used).toMatchObject([{ inMemory: 13, onDisk: 0, computed: 0, computeSeconds: 0 }]);
  const onDisk = (await run(claim, { cacheFolder })).uses;
  expect(onDisk).toMatchObject([{ inMemory: 0, onDisk: 13, computed: 0 }]);
  const alone = { ...claim, reuse: { ...claim.reuse, features: false } };
  const again = await run(alone, { warm, cacheFolder });
  expect(again.same).toEqual(kept.same);
  expect(again.uses.map(({ computed }) => computed)).toEqual([13, 13]);
});

function seen(
  retrainDepth: TrialClaim['parameters']['retrainDepth'],
  training: Pick<Partial<TrialClaim['training']>, 'augmentation' | 'featureDtype'>,
): TrialClaim {
  const claim = scene.claim({ architecture: 'squeezenet1_1', retrainDepth, epochs: 5, learningRate: 0.003 });
  return { ...claim, training: { ...claim.training, ...training } };
}

const views = { augmentation: { views: 3, flip: true, shift: 0.1 } };

test.each([
  ['shallow', 'fp16'],
  ['partial', 'fp32'],
] as const)(
  'runTrial() %s on three views, features as %s, gives the same bytes without a cache, with an empty and with a full one',
  async (retrainDepth, featureDtype) => {
    const claim = seen(retrainDepth, { ...views, featureDtype });
    const uncached = await run({ ...claim, reuse: { ...claim.reuse, features: false } });
    const cacheFolder = mkdtempSync(join(tmpdir(), 'retune-warm-'));
    expect((await run(claim, { cacheFolder })).same).toEqual(uncached.same);
    const fromDisk = await run(claim, { cacheFolder });
    expect(fromDisk.same).toEqual(uncached.same);
    expect(fromDisk.uses.reduce((sum, { computed }) => sum + computed, 0)).toBe(0);
    const warm = new WarmCache(gigabyte);
    await run(claim, { warm, cacheFolder });
    const inMemory = await run(claim, { warm, cacheFolder });
    expect(inMemory.same).toEqual(uncached.same);
    expect(inMemory.uses.reduce((sum, use) => sum + use.computed + use.onDisk, 0)).toBe(0);
  },
);

test('runTrial() computes each view of a picture once, the plain one for trials without views too', async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'retune-warm-'));
  const plain = await run(seen('partial', {}), { cacheFolder });
  expect(plain.uses.at(-1)).toMatchObject({ computed: 52, onDisk: 0 });
  const { uses, same, measures } = await run(seen('partial', views), { cacheFolder });
  // Epochs 0 and 3 train on the plain view; the head is on disk.
  const counts = uses.map(({ onDisk, computed }) => [onDisk, computed]);
  expect(counts[0]).toEqual([52, 0]);
  expect(counts.map(([onDisk, computed]) => (onDisk ?? 0) + (computed ?? 0))).toEqual([52, 40, 40, 40]);
  expect((counts[1]?.[1] ?? 0) + (counts[2]?.[1] ?? 0)).toBeGreaterThan(60);
  expect(counts[3]).toEqual([40, 0]);
  expect(same.curve[0]).toEqual(plain.same.curve[0]);
  expect(same.curve[1]).not.toEqual(plain.same.curve[1]);
  const again = await run(seen('partial', views), { cacheFolder });
  expect(again.uses.every(({ computed }) => computed === 0)).toBe(true);
  // Frozen seconds count alike whoever did the work; another seed of the study has other views.
  const frozen = ({ uses: some }: typeof again) => some.reduce((sum, use) => sum + use.computeSeconds, 0);
  expect(measures.trainSeconds).toBeGreaterThan(frozen({ uses, same, measures }));
  const claim = seen('partial', views);
  const reseeded = await run({ ...claim, training: { ...claim.training, seed: 1 } }, { cacheFolder });
  expect(reseeded.same.curve[0]).toEqual(same.curve[0]);
  expect(reseeded.same.curve[1]).not.toEqual(same.curve[1]);
});

test('runTrial() with features as fp16 keeps half the bytes, trains on rounded ones, and leaves those of fp32 alone', async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'retune-warm-'));
  const whole = await run(seen('partial', {}), { cacheFolder });
  const half = await run(seen('partial', { featureDtype: 'fp16' }), { cacheFolder });
  expect(half.uses.map(({ bytes }) => bytes)).toEqual(whole.uses.map(({ bytes }) => bytes / 2));
  expect(half.uses.every(({ onDisk }) => onDisk === 0)).toBe(true);
  const [exact, rounded] = [whole, half].map(({ same }) => same.curve.map(([loss]) => loss as number));
  expect(rounded).not.toEqual(exact);
  rounded?.forEach((loss, epoch) => {
    expect(Math.abs(loss - (exact?.[epoch] as number))).toBeLessThan(0.02);
  });
  const again = await run(seen('partial', {}), { cacheFolder });
  expect(again.same).toEqual(whole.same);
  expect(again.uses.map(({ onDisk }) => onDisk)).toEqual([52]);
});

test('frozenFeatures() as fp16 refuses features that halves cannot hold, by network and cut', async () => {
  const claim = scene.claim({ architecture: 'squeezenet1_1' });
  const started = startNetwork(claim, scene.weightsFolder);
  const loud = started.tensors.map((tensor) => ({ ...tensor, data: tensor.data.map((value) => 4 * value) }));
  const pictures = await loadPictures(claim, started.image, { ...scene, clock: systemClock });
  const task = { started: { ...started, tensors: loud }, pictures, dataset: claim.dataset };
  const tools = {
    ...{ clock: systemClock, cacheFolder: mkdtempSync(join(tmpdir(), 'retune-warm-')), warm: new WarmCache(0) },
    ...{ isReused: true, threads: 2, compiled: () => {} },
  };
  const cut = started.network.cut('shallow');
  await expect(frozenFeatures({ ...task, featureDtype: 'fp16' }, cut, tools)).rejects.toThrow(
    /^Cannot keep features of squeezenet1_1 at [\w.]+ as fp16: one is \d+.*, halves reach 65504\. Set training\.featureDtype to fp32$/,
  );
  const { train } = await frozenFeatures(task, cut, tools);
  expect(train.every((value) => Number.isFinite(value))).toBe(true);
});

/** The pictures of an earlier version: some of both splits. */
function someOf(pictures: TrialPictures, keep: (index: number) => boolean): TrialPictures {
  const images = pictures.manifest.images.filter((_, index) => keep(index));
  const split = (name: 'train' | 'validation') => {
    const of = pictures.manifest.images
      .map((image, index) => ({ image, index }))
      .filter((one) => one.image.split === name);
    const rows = of.flatMap(({ index }, row) => (keep(index) ? [row] : []));
    const size = pictures[name].inputs.length / of.length;
    const inputs = new Float32Array(rows.length * size);
    rows.forEach((row, to) => {
      inputs.set(pictures[name].inputs.subarray(row * size, (row + 1) * size), to * size);
    });
    return { inputs, labels: Int32Array.from(rows, (row) => pictures[name].labels[row] as number) };
  };
  return {
    ...pictures,
    manifest: { ...pictures.manifest, images },
    train: split('train'),
    validation: split('validation'),
  };
}

test.each([
  ['resnet18', 'shallow'],
  ['resnet18', 'partial'],
  ['squeezenet1_1', 'shallow'],
] as const)(
  'frozenFeatures() of %s %s are the same bits where some come from an older version of the dataset',
  async (architecture, retrainDepth) => {
    const claim = scene.claim({ architecture, retrainDepth });
    const started = startNetwork(claim, scene.weightsFolder);
    const pictures = await loadPictures(claim, started.image, { ...scene, clock: systemClock });
    const cut = started.network.cut(retrainDepth);
    const uses: FeatureUse[] = [];
    const features = (shown: TrialPictures, version: string, cacheFolder: string) =>
      frozenFeatures({ started, pictures: shown, dataset: { version } }, cut, {
        ...{ clock: systemClock, cacheFolder, warm: new WarmCache(0), isReused: true, threads: 2 },
        compiled: () => {},
        counted: (use) => uses.push(use),
      });
    const folder = () => mkdtempSync(join(tmpdir(), 'retune-warm-'));
    const whole = await features(pictures, 'new', folder());
    const shared = folder();
    await features(
      someOf(pictures, (index) => index % 3 !== 1),
      'old',
      shared,
    );
    const mixed = await features(pictures, 'new', shared);
    expect(mixed.train).toEqual(whole.train);
    expect(mixed.validation).toEqual(whole.validation);
    const { onDisk, computed } = uses[2] as FeatureUse;
    expect([onDisk + computed, computed > 10, onDisk > 30]).toEqual([52, true, true]);
  },
);
