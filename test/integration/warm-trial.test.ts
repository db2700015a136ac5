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
