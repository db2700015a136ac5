import type { ImageSpec } from '#primitives';
import type { TorchvisionWeights } from '../model-card.js';

/** Preprocessing of torchvision's ImageNet checkpoints: resize 256, crop 224, ImageNet's channel statistics. */
export const imagenetSpec: ImageSpec = {
  resize: 256,
  crop: 224,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

const licence = "BSD-3-Clause (torchvision); the terms of the training data, ImageNet-1k, may bind the user's purpose";

/**
 * An ImageNet-1k entry from torchvision's table.
 *
 * @param file Ends in `-<8 hexadecimal digits>.pth`.
 * @param mebibytes As torchvision publishes it (`_file_size`).
 * @param top1Percent As torchvision publishes it (`acc@1`).
 */
export function imagenetWeights(
  name: string,
  file: string,
  mebibytes: number,
  top1Percent: number,
  imageSpec: ImageSpec = imagenetSpec,
): TorchvisionWeights {
  const sha256Prefix = /-([0-9a-f]{8})\.pth$/.exec(file)?.[1];
  if (sha256Prefix === undefined) throw new RangeError(`file is ${file}, must end in -<8 hexadecimal digits>.pth`);
  return {
    name,
    file,
    sha256Prefix,
    approximateBytes: Math.round(mebibytes * 2 ** 20),
    top1Accuracy: Math.round(top1Percent * 1000) / 100_000,
    classes: 1000,
    imageSpec,
    licence,
  };
}
