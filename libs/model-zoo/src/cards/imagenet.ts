import type { ImageSpec } from '#primitives';
import type { TorchvisionWeights } from '../model-card.js';

/** ImageNet's channel statistics with another resize and crop, pixels. */
export function imagenetSpecOf(resize: number, crop: number): ImageSpec {
  return { resize, crop, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
}

/** Preprocessing of most of torchvision's ImageNet checkpoints: resize 256, crop 224, ImageNet's channel statistics. */
export const imagenetSpec: ImageSpec = imagenetSpecOf(256, 224);

const licence = "BSD-3-Clause (torchvision); the terms of the training data, ImageNet-1k, may bind the user's purpose";

/** What torchvision publishes of a checkpoint. */
interface Published {
  /** @default 'IMAGENET1K_V1' */
  readonly name?: string;
  /** Ends in `-<8 hexadecimal digits>.pth`. */
  readonly file: string;
  /** `_file_size` of torchvision's table. */
  readonly mebibytes: number;
  /** `acc@1` of torchvision's table. */
  readonly top1Percent: number;
  /** @default 'zip' */
  readonly format?: TorchvisionWeights['format'];
  /** @default resize 256, crop 224 */
  readonly imageSpec?: ImageSpec;
}

/** An ImageNet-1k entry from torchvision's table (0.14 to 0.29 agree). */
export function imagenetWeights(published: Published): TorchvisionWeights {
  const { name = 'IMAGENET1K_V1', file, mebibytes, top1Percent, format = 'zip', imageSpec = imagenetSpec } = published;
  const sha256Prefix = /-([0-9a-f]{8})\.pth$/.exec(file)?.[1];
  if (sha256Prefix === undefined) throw new RangeError(`file is ${file}, must end in -<8 hexadecimal digits>.pth`);
  return {
    name,
    file,
    url: `https://download.pytorch.org/models/${file}`,
    sha256Prefix,
    format,
    approximateBytes: Math.round(mebibytes * 2 ** 20),
    top1Accuracy: Math.round(top1Percent * 1000) / 100_000,
    classes: 1000,
    imageSpec,
    interpolation: 'bilinear',
    antialias: true,
    licence,
  };
}
