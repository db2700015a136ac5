import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportClassifier } from '#engine';
import { labelsOf, type WeightsAtHand } from '#model-zoo';
import { buildNetwork, loadWeights } from '#model-zoo/networks';
import { libraryVersions, projectRoot } from './export-config.js';

/**
 * Writes weights as they are, head and all, as a folder that `predict.mjs` runs: `model.onnx` with the preprocessing the
 * weights were published with, `labels.json`, `predict.mjs`. No trial is behind it, hence nothing is promised of it.
 * The folder appears whole or not at all, and is used again for as long as nothing it is made of changes.
 *
 * @param cacheFolder The data folder's; anything in it may be deleted.
 * @returns The folder.
 * @throws {WeightsFileError} if the file is damaged or has changed since it was imported.
 */
export async function exportWeights(entry: WeightsAtHand, cacheFolder: string): Promise<string> {
  const { imageSpec: image, sha256 } = entry;
  const labels = labelsOf(entry);
  const parts = [sha256, image, labels, libraryVersions()];
  const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const exports = join(cacheFolder, 'weights-exports');
  const folder = join(exports, key);
  if (existsSync(folder)) return folder;
  const unfinished = join(exports, `.${key}.${randomUUID()}`);
  await mkdir(unfinished, { recursive: true });
  try {
    await writeClassifier(unfinished, entry, labels);
    await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
      // Another process has made the same in the meantime.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    return folder;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function writeClassifier(folder: string, entry: WeightsAtHand, labels: readonly string[]): Promise<void> {
  const { architecture, classes, imageSpec: image } = entry;
  const network = buildNetwork(architecture, { classes, imageSize: image.crop });
  const onnx = await exportClassifier({
    forward: (x, context) => network.forward(x, context),
    tensors: loadWeights(network, entry.path, { sha256: entry.sha256 }),
    image,
    classes,
    labels,
  });
  await writeFile(join(folder, 'model.onnx'), onnx);
  await writeFile(join(folder, 'labels.json'), `${JSON.stringify(labels, null, 2)}\n`);
  await copyFile(join(projectRoot(), 'apps/worker/assets/predict.mjs'), join(folder, 'predict.mjs'));
}
