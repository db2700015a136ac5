import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClaimProfile, type TrialClaim, type TrialParameters, trainingSettings } from '#api-contract';
import { ArtifactStore } from '#artifacts';
import { type DatasetManifest, importFolder, serializeManifest, versionHash } from '#dataset';
import { drawInsects } from '#dataset/pictures';
import { findCard, formatWeightsIndex, type WeightsEntry } from '#model-zoo';
import { buildNetwork, initialTensors, saveWeights } from '#model-zoo/networks';
import { type NamedTensor, Rng } from '#primitives';

/** A small world for trials: drawn ants and bees, imported into an artifact store, and weights to start from. */
export interface TrialScene {
  readonly dataFolder: string;
  readonly cacheFolder: string;
  readonly store: ArtifactStore;
  readonly manifest: DatasetManifest;
  readonly weightsFolder: string;
  claim(parameters: Partial<TrialParameters>, seed?: number): TrialClaim;
}

/** Side of the pictures the trials of the scene see, pixels. */
export const sceneImageSize = 32;

/** What a service has on record of the architecture: a trial whose claim carries it neither compiles nor measures the network. */
export const profileOnRecord: ClaimProfile = {
  latencyP50Ms: 3,
  latencyP95Ms: 4,
  latencyBatch: 4,
  latencyRepeats: 200,
  sizeBytes: 5_000_000,
  parameterCount: 1_200_000,
  latencyDevice: { class: 'cpu', name: 'two cores' },
};

/** Draws and imports a scene; the weights are a seeded state that stands for a pretrained one. */
export async function makeTrialScene(counts: { train: number; validation: number }): Promise<TrialScene> {
  const root = mkdtempSync(join(tmpdir(), 'retune-scene-'));
  const dataFolder = join(root, 'data');
  const folder = join(root, 'insects');
  await drawInsects({ folder, ...counts, seed: 1 });
  const store = new ArtifactStore(join(dataFolder, 'artifacts'));
  const manifest = await importFolder({ folder, name: 'insects', blobs: store });
  const text = serializeManifest(manifest);
  const { sha256: manifestSha256 } = await store.put(Buffer.from(text));
  const dataset = {
    name: manifest.name,
    version: versionHash(manifest),
    manifestSha256,
    classes: [...manifest.classes],
  };
  return {
    dataFolder,
    cacheFolder: join(dataFolder, 'cache'),
    store,
    manifest,
    weightsFolder: writeWeights(join(root, 'weights')),
    claim: (parameters, seed = 7) => ({
      kind: 'trial',
      attempt: 1,
      leaseSeconds: 60,
      heartbeatSeconds: 10,
      trialId: '11111111-1111-4111-8111-111111111111',
      studyId: '22222222-2222-4222-8222-222222222222',
      studyName: 'ants or bees',
      number: 3,
      parameters: { architecture: 'resnet18', retrainDepth: 'shallow', learningRate: 0.01, epochs: 1, ...parameters },
      training: trainingSettings.parse({ imageSize: sceneImageSize, batchSize: 8 }),
      constraints: [],
      dataset,
      seed,
      reuse: { features: true, trajectories: true },
    }),
  };
}

/** Running statistics as a training would leave them: with a fresh network's 0 and 1, reading or moving them shows little. */
function withLivedStatistics(tensors: readonly NamedTensor[]): NamedTensor[] {
  const rng = new Rng(98);
  const lived = (tensor: NamedTensor, draw: () => number) => ({ ...tensor, data: tensor.data.map(draw) });
  return tensors.map((tensor) => {
    if (tensor.name.endsWith('.running_mean')) return lived(tensor, () => 0.2 * rng.normal());
    if (tensor.name.endsWith('.running_var')) return lived(tensor, () => 0.5 + rng.float());
    return tensor;
  });
}

function writeWeights(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const entries = ['resnet18', 'squeezenet1_1'].map((architecture): WeightsEntry => {
    const network = buildNetwork(architecture, { classes: 5, imageSize: sceneImageSize });
    const bytes = saveWeights(network, withLivedStatistics(initialTensors(network, 99)));
    const { mean, std } = findCard(architecture).imageSpec;
    const file = `${architecture}.safetensors`;
    writeFileSync(join(folder, file), bytes);
    return {
      name: `${architecture}-test`,
      architecture,
      file,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      licence: 'MIT',
      classes: 5,
      labels: ['a', 'b', 'c', 'd', 'e'],
      imageSize: sceneImageSize,
      imageSpec: { resize: sceneImageSize, crop: sceneImageSize, mean, std },
      source: 'a seeded state',
      top1Accuracy: 0.2,
      recipe: 'none',
    };
  });
  writeFileSync(join(folder, 'index.json'), formatWeightsIndex(entries));
  return folder;
}
