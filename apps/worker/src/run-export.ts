/** @file Writes an export: the trained network in every form a user needs, and what was measured of it. */
import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportClaim } from '#api-contract';
import { exportFolderName } from '#artifacts';
import { countImages } from '#dataset';
import { exportClassifier } from '#engine';
import { importedWeightsFolder } from '#model-zoo';
import type { Clock, NamedTensor } from '#primitives';
import { applyCheckpoint, type CheckpointStore } from './checkpoint.js';
import { exportConfigText, libraryVersions, projectRoot } from './export-config.js';
import { loadPictures, type PictureStore } from './load-pictures.js';
import { modelCardText } from './model-card-text.js';
import { runBlocks } from './run-blocks.js';
import { confusionMatrix, scoreLogits } from './score-logits.js';
import { type StartedNetwork, startNetwork } from './start-network.js';
import { torchvisionFile } from './torchvision-file.js';
import { zipFolder } from './zip-folder.js';

/** What was written. */
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
  readonly cacheFolder: string;
  /** Folder of the bundled weights. @default the one in the repository */
  readonly weightsFolder?: string;
}

/** Keeps a file that is made piece by piece. */
export interface ZipStore {
  put(bytes: AsyncIterable<Uint8Array>): Promise<{ sha256: string; bytes: number }>;
}

/**
 * Writes the attempt's folder in `<data>/exports` and its zip. The folder appears whole or not at all; those of earlier
 * attempts are removed, those of later ones never touched: this attempt may be the one that was given up.
 *
 * @throws {CheckpointMismatchError} if the checkpoint is not of this trial.
 */
export async function runExport(claim: ExportClaim, tools: ExportTools): Promise<ExportedFiles> {
  const exportsFolder = join(tools.dataFolder, 'exports');
  await removeEarlier(exportsFolder, claim);
  const name = exportFolderName(claim.exportId, claim.attempt);
  const unfinished = join(exportsFolder, `.${name}.${randomUUID()}`);
  const folder = join(exportsFolder, name);
  await mkdir(unfinished, { recursive: true });
  try {
    const started = startNetwork(claim, tools.weightsFolder, importedWeightsFolder(tools.dataFolder));
    const tensors = applyCheckpoint(started, await tools.store.get(claim.checkpoint.sha256), claim);
    await writeModel(unfinished, claim, started, tensors);
    await writeFile(join(unfinished, 'model-card.md'), await cardOf(claim, started, tensors, tools));
    await copyFile(join(projectRoot(), 'apps/worker/assets/predict.mjs'), join(unfinished, 'predict.mjs'));
    const files = await Promise.all(fileNames.map((name) => describeFile(unfinished, name)));
    const zip = await tools.store.put(zipFolder(unfinished, fileNames, zipPrefix(claim)));
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
    return { folder, files, zip: { sha256: zip.sha256, bytes: zip.bytes } };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
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
  folder: string,
  claim: ExportClaim,
  started: StartedNetwork,
  tensors: readonly NamedTensor[],
): Promise<void> {
  const { network, image, weights } = started;
  const { classes } = claim.dataset;
  const onnx = await exportClassifier({
    forward: (x, context) => network.forward(x, context),
    tensors,
    image,
    classes: classes.length,
    labels: classes,
  });
  await writeFile(join(folder, 'model.onnx'), onnx);
  await writeFile(join(folder, 'model.safetensors'), torchvisionFile(network, tensors));
  await writeFile(join(folder, 'labels.json'), `${JSON.stringify(classes, null, 2)}\n`);
  await writeFile(join(folder, 'config.yaml'), exportConfigText(claim, { weights, image }));
}

async function cardOf(
  claim: ExportClaim,
  started: StartedNetwork,
  tensors: readonly NamedTensor[],
  tools: ExportTools,
): Promise<string> {
  const { network, card, weights, image } = started;
  const { manifest, validation } = await loadPictures(claim, image, tools);
  const inputShape = [network.imageSize, network.imageSize, 3];
  const whole = { network, tensors, from: 0, to: network.blocks.length, inputShape };
  const { value } = await runBlocks(whole, [validation.inputs], () => tools.clock.monotonicMs());
  const classes = claim.dataset.classes.length;
  const { predictions } = scoreLogits(value[0].data, validation.labels, classes);
  return modelCardText({
    claim,
    architectureTitle: card.title,
    paper: card.paper,
    weights,
    classes: countImages(manifest),
    confusion: confusionMatrix(predictions, validation.labels, classes),
    versions: libraryVersions(),
  });
}

async function describeFile(folder: string, name: string): Promise<ExportedFiles['files'][number]> {
  const bytes = await readFile(join(folder, name));
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function zipPrefix({ studyName, trialNumber }: ExportClaim): string {
  const name = studyName.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|-+$/g, '') || 'study';
  return `${name}-trial-${trialNumber}`;
}
