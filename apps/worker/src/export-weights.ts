import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportClassifier } from '#engine';
import type { WeightsAtHand } from '#model-zoo';
import { buildNetwork, loadWeights } from '#model-zoo/networks';
import { projectRoot } from './export-config.js';

/**
 * Writes weights as they are, head and all, as a folder that `predict.mjs` runs: `model.onnx` with the preprocessing the
 * weights were published with, `labels.json`, `predict.mjs`. No trial is behind it, hence nothing is promised of it.
 *
 * @param folder Made where it is missing; files of these names are replaced.
 * @throws {WeightsFileError} if the file is damaged or has changed since it was imported.
 */
export async function exportWeights(entry: WeightsAtHand, folder: string): Promise<void> {
  const { architecture, classes, imageSpec: image } = entry;
  const network = buildNetwork(architecture, { classes, imageSize: image.crop });
  const labels = entry.labels ?? Array.from({ length: classes }, (_, index) => `class ${index}`);
  const onnx = await exportClassifier({
    forward: (x, context) => network.forward(x, context),
    tensors: loadWeights(network, entry.path, { sha256: entry.sha256 }),
    image,
    classes,
    labels,
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), onnx);
  await writeFile(join(folder, 'labels.json'), `${JSON.stringify(labels, null, 2)}\n`);
  await copyFile(join(projectRoot(), 'apps/worker/assets/predict.mjs'), join(folder, 'predict.mjs'));
}
