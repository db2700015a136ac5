/** @file Writes an export: the trained network in every form a user needs, and what was measured of it. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportClaim, ExportVerification } from '#api-contract';
import { exportFolderName } from '#artifacts';
import { countImages } from '#dataset';
import { type ClassifierExport, type ExecutionDevice, exportClassifier } from '#engine';
import { importedWeightsFolder } from '#model-zoo';
import type { Clock, NamedTensor } from '#primitives';
import { applyCheckpoint, type CheckpointStore, threadsOf } from './checkpoint.js';
import { exportConfigText, libraryVersions, projectRoot } from './export-config.js';
import { loadPictures, type PictureStore } from './load-pictures.js';
import { type ModelCardFacts, modelCardText } from './model-card-text.js';
import { runBlocks } from './run-blocks.js';
import { confusionMatrix, scoreLogits } from './score-logits.js';
import { type StartedNetwork, startNetwork } from './start-network.js';
import { torchvisionFile } from './torchvision-file.js';
import { networkFile } from './verify-export.js';
import { zipFolder } from './zip-folder.js';

/** What the card tells that the verification does not know. */
export type CardFacts = Omit<ModelCardFacts, 'claim' | 'verification'>;

/** What was written, to be verified. */
export interface WrittenExport {
  /** Class that the trained network gives each validation image, in the order of the manifest. */
  readonly predictions: readonly number[];
  readonly card: CardFacts;
}

/** A finished export. */
export interface ExportedFiles {
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly zip: { readonly sha256: string; readonly bytes: number };
}

/** What an export needs of the world. */
export interface ExportTools {
  readonly clock: Clock;
  readonly store: PictureStore & CheckpointStore & ZipStore;
  readonly dataFolder: string;
  /** Folder beside the finished exports, where this one lies until it is verified. */
  readonly unfinished: string;
  readonly cacheFolder: string;
  /** Threads of the device, >= 1. */
  readonly threads: number;
  /** What the recorded latency is of: the network alone is made for it. @default the processor */
  readonly device?: ExecutionDevice;
  /** Folder of the bundled weights. @default the one in the repository */
  readonly weightsFolder?: string;
}

/** Keeps a file that is made piece by piece. */
export interface ZipStore {
  put(bytes: AsyncIterable<Uint8Array>): Promise<{ sha256: string; bytes: number }>;
}

/**
 * Writes everything of an export that does not tell of its verification into `tools.unfinished`, and beside it the
 * network without its preprocessing, to be measured. Folders of earlier attempts are removed, those of later ones never
 * touched: this attempt may be the one that was given up.
 *
 * @throws {CheckpointMismatchError} if the checkpoint is not of this trial.
 */
export async function writeExport(claim: ExportClaim, tools: ExportTools): Promise<WrittenExport> {
  const { unfinished } = tools;
  await removeEarlier(join(tools.dataFolder, 'exports'), claim);
  await mkdir(unfinished, { recursive: true });
  const started = startNetwork(claim, tools.weightsFolder, importedWeightsFolder(tools.dataFolder));
  const checkpoint = await tools.store.get(claim.checkpoint.sha256);
  const tensors = applyCheckpoint(started, checkpoint, claim);
  await writeModel(claim, started, tensors, tools);
  const { weights, image } = started;
  const start = { weights, image, threads: threadsOf(checkpoint) };
  await writeFile(join(unfinished, 'config.yaml'), exportConfigText(claim, start));
  await copyFile(join(projectRoot(), 'apps/worker/assets/predict.mjs'), join(unfinished, 'predict.mjs'));
  return evaluate(claim, started, tensors, tools);
}

/** Turns a verified export into the attempt's folder in `<data>/exports` and its zip. The folder appears whole or not at all. */
export async function finishExport(
  claim: ExportClaim,
  { card, verification }: { readonly card: CardFacts; readonly verification: ExportVerification },
  { unfinished, dataFolder, store }: Pick<ExportTools, 'unfinished' | 'dataFolder' | 'store'>,
): Promise<ExportedFiles> {
  const folder = join(dataFolder, 'exports', exportFolderName(claim.exportId, claim.attempt));
  await writeFile(join(unfinished, 'model-card.md'), modelCardText({ ...card, claim, verification }));
  await rm(join(unfinished, networkFile), { force: true });
  const files = await Promise.all(fileNames.map((name) => describeFile(unfinished, name)));
  const zip = await store.put(zipFolder(unfinished, fileNames, zipPrefix(claim)));
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return { folder, files, zip: { sha256: zip.sha256, bytes: zip.bytes } };
}

/** What killed attempts left behind. An attempt is claimed only when the earlier ones can no longer be accepted. */
async function removeEarlier(exportsFolder: string, { exportId, attempt }: ExportClaim): Promise<void> {
  await mkdir(exportsFolder, { recursive: true });
  const names = await readdir(exportsFolder);
  for (let earlier = 1; earlier <= attempt; earlier++) {
    const folder = exportFolderName(exportId, earlier);
    for (const name of names) {
      const isFinished = name === folder && earlier < attempt;
      if (isFinished || name.startsWith(`.${folder}.`))
        await rm(join(exportsFolder, name), { recursive: true, force: true });
    }
  }
}

const fileNames = ['config.yaml', 'labels.json', 'model-card.md', 'model.onnx', 'model.safetensors', 'predict.mjs'];

async function writeModel(
  claim: ExportClaim,
  started: StartedNetwork,
  tensors: readonly NamedTensor[],
  { unfinished: folder, device }: Pick<ExportTools, 'unfinished' | 'device'>,
): Promise<void> {
  const { network, image } = started;
  const { classes } = claim.dataset;
  const model = {
    forward: (x, context) => network.forward(x, context),
    tensors,
    image,
    classes: classes.length,
    labels: classes,
  } satisfies ClassifierExport;
  await writeFile(join(folder, 'model.onnx'), await exportClassifier(model));
  const alone = { ...model, preprocessing: 'left out', target: device?.provider } as const;
  await writeFile(join(folder, networkFile), await exportClassifier(alone));
  await writeFile(join(folder, 'model.safetensors'), torchvisionFile(network, tensors));
  await writeFile(join(folder, 'labels.json'), `${JSON.stringify(classes, null, 2)}\n`);
}

/** Asks the trained network about the validation images as its trial did. */
async function evaluate(
  claim: ExportClaim,
  started: StartedNetwork,
  tensors: readonly NamedTensor[],
  tools: ExportTools,
): Promise<WrittenExport> {
  const { network, card, weights, image } = started;
  const { manifest, validation } = await loadPictures(claim, image, tools);
  const inputShape = [network.imageSize, network.imageSize, 3];
  const { threads, device } = tools;
  const whole = { network, tensors, from: 0, to: network.blocks.length, inputShape, threads, device };
  const { value } = await runBlocks(whole, [validation.inputs], () => tools.clock.monotonicMs());
  const classes = claim.dataset.classes.length;
  const { predictions } = scoreLogits(value[0].data, validation.labels, classes);
  return {
    predictions: [...predictions],
    card: {
      architectureTitle: card.title,
      paper: card.paper,
      weights,
      classes: countImages(manifest),
      confusion: confusionMatrix(predictions, validation.labels, classes),
      versions: libraryVersions(),
    },
  };
}

async function describeFile(folder: string, name: string): Promise<ExportedFiles['files'][number]> {
  const bytes = await readFile(join(folder, name));
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function zipPrefix({ studyName, trialNumber }: ExportClaim): string {
  const name = studyName.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|-+$/g, '') || 'study';
  return `${name}-trial-${trialNumber}`;
}
