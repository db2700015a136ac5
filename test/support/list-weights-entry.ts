import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCard, formatWeightsIndex, importedWeightsFolder, readWeightsIndex, type WeightsEntry } from '#model-zoo';

/** Lists weights in a data folder, with a file of a few bytes: enough for a service, which never reads tensors. */
export function listWeightsEntry(dataFolder: string, name: string, architecture: string, classes = 7): WeightsEntry {
  const folder = importedWeightsFolder(dataFolder);
  mkdirSync(folder, { recursive: true });
  const { imageSpec } = findCard(architecture);
  const file = `${name}.safetensors`;
  writeFileSync(join(folder, file), name);
  const sha256 = createHash('sha256').update(name).digest('hex');
  const entry: WeightsEntry = {
    ...{ name, architecture, file, sha256, bytes: name.length, classes, labels: null, top1Accuracy: null, imageSpec },
    licence: 'unknown',
    imageSize: imageSpec.crop,
    source: 'a test',
    recipe: 'a test',
    origin: { from: `${name}.pth`, sha256 },
  };
  const others = readWeightsIndex(folder).filter((other) => other.name !== name);
  writeFileSync(join(folder, 'index.json'), formatWeightsIndex([...others, entry]));
  return entry;
}
