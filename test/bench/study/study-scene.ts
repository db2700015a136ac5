import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CreateStudyInput, type CreateStudyRequest, createStudyRequest } from '#api-contract';
import { drawInsects } from '#dataset/pictures';
import { type WeightsAtHand, weightsAtHand } from '#model-zoo';
import { buildNetwork, loadWeights, saveWeights } from '#model-zoo/networks';
import { readStudyFile } from '../../../apps/cli/src/study-file.js';
import { repositoryRoot } from '../side/script-path.js';

/** What all sides search in: the demo's pictures, space, training and constraints. */
export interface StudyScene {
  /** Everything temporary, to be removed in the end. */
  readonly folder: string;
  /** With train/ and validation/. */
  readonly pictures: string;
  /** A safetensors file in F32 for each architecture, nothing left out, torchvision's names; empty where nobody asked. */
  readonly weights: string;
  readonly image: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly spec: Omit<CreateStudyInput, 'datasetId'> &
    Pick<CreateStudyRequest, 'training' | 'searchSpace' | 'constraints'>;
  /** Of one search. */
  readonly seconds: number;
  /** Of every side. */
  readonly threads: number;
}

/** Enough that no side stops for want of trials. */
const trials = 1000;

/** What may be smaller than the demo's, and what only the script needs. */
export interface SceneOptions {
  /** Of a search. @default the demo's timeoutSeconds */
  readonly seconds?: number | undefined;
  /** Pictures to draw. @default the demo's */
  readonly pictures?: { readonly train: number; readonly validation: number };
  /** Of the demo's, those to search. @default all */
  readonly architectures?: readonly string[];
  /** Whether weights are written for PyTorch. */
  readonly withWeights: boolean;
}

/**
 * Draws the pictures and writes the weights.
 *
 * The study is the demo's but for what is the search's own: samplers, pruners and enqueued trials are those of the sides.
 * Objectives are accuracy and latency: seconds of training are none, for either side.
 */
export async function prepareScene(options: SceneOptions): Promise<StudyScene> {
  const { spec } = await readStudyFile(join(repositoryRoot(), 'configs/studies/demo.yaml'));
  const { name, training, constraints, timeoutSeconds, ...demo } = createStudyRequest.parse({
    ...spec,
    datasetId: '00000000-0000-4000-8000-000000000000',
  });
  const searchSpace = {
    ...demo.searchSpace,
    architecture: [...(options.architectures ?? demo.searchSpace.architecture)],
  };
  const folder = mkdtempSync(join(tmpdir(), 'retune-bench-study-'));
  const pictures = join(folder, 'pictures');
  await drawInsects({ folder: pictures, ...options.pictures });
  const weights = join(folder, 'weights');
  mkdirSync(weights);
  const entries = searchSpace.architecture.map(bundledWeights);
  if (options.withWeights) for (const entry of entries) writeStateDict(entry, training.imageSize, weights);
  const limit = options.seconds ?? timeoutSeconds ?? 120;
  const objectives: CreateStudyInput['objectives'] = [
    { metric: 'accuracy', direction: 'maximize' },
    { metric: 'latencyP95Ms', direction: 'minimize' },
  ];
  return {
    folder,
    pictures,
    weights,
    image: entries[0].imageSpec,
    spec: { name, searchSpace, training, constraints, objectives, trials, timeoutSeconds: limit },
    seconds: limit,
    threads: availableParallelism(),
  };
}

function bundledWeights(architecture: string): WeightsAtHand {
  const entry = weightsAtHand().find((weights) => weights.architecture === architecture && weights.bundled);
  if (entry === undefined) throw new Error(`No weights of ${architecture} are bundled`);
  return entry;
}

/** The bundled files leave out what a seed makes again, and hold halves: PyTorch gets the whole state. */
function writeStateDict(
  { architecture, classes, path, sha256 }: WeightsAtHand,
  imageSize: number,
  folder: string,
): void {
  const network = buildNetwork(architecture, { classes, imageSize });
  const tensors = loadWeights(network, path, { sha256 });
  writeFileSync(join(folder, `${architecture}.safetensors`), saveWeights(network, tensors));
}
