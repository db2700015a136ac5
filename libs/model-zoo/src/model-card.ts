import type { ImageSpec } from '#primitives';

/**
 * How much of a network is trained: `shallow` the new head only, `partial` the last stage as well, `deep` everything
 * from pretrained weights, `scratch` everything from its initial state.
 */
export type RetrainDepth = 'shallow' | 'partial' | 'deep' | 'scratch';

/** A layer that is replaced for another number of classes. Named here, never inferred from shapes. */
export interface HeadCard {
  /** Prefix of its tensors in torchvision's state_dict, e.g. `classifier.6`. */
  readonly name: string;
  /** Values it reads per class, so that it has `classes * (inputs + 1)` parameters. */
  readonly inputs: number;
}

/** The families of the zoo. */
export const families = ['alexnet', 'squeezenet', 'vgg', 'resnet', 'densenet', 'inception'] as const;

export type Family = (typeof families)[number];

/** A checkpoint that torchvision publishes. */
export interface TorchvisionWeights {
  /** torchvision's name of the weights, e.g. `IMAGENET1K_V1`. */
  readonly name: string;
  /** File name under https://download.pytorch.org/models/; ends in the first eight digits of the file's SHA-256. */
  readonly file: string;
  /** Where torchvision publishes it, over HTTPS. */
  readonly url: string;
  /** First eight hexadecimal digits of the file's SHA-256: all that its name gives, and all that is published. */
  readonly sha256Prefix: string;
  /** How torch wrote it: a zip archive (since torch 1.6), or the stream of pickles before that. */
  readonly format: 'zip' | 'legacy';
  /** Bytes, rounded to a thousandth of a MiB: the precision torchvision publishes. */
  readonly approximateBytes: number;
  /** Top-1 accuracy on ImageNet-1k's validation set, single crop, 0–1. */
  readonly top1Accuracy: number;
  readonly classes: number;
  readonly imageSpec: ImageSpec;
  /** How pictures are resized to `imageSpec.resize`: PIL's bilinear, whose filter widens when it shrinks. */
  readonly interpolation: 'bilinear';
  readonly antialias: true;
  /** SPDX identifier of the publisher's licence, with what else binds the user. */
  readonly licence: string;
}

/** What is known about an architecture before anything is loaded: data only, safe to read in any process. */
export interface ModelCard {
  /** torchvision's constructor name, e.g. `resnet18`; the key everywhere. */
  readonly name: string;
  /** Networks of one family share one file of layers and the meaning of `partial`. */
  readonly family: Family;
  /** For people, e.g. `ResNet-18`. */
  readonly title: string;
  /** `Authors Year, identifier`. */
  readonly paper: string;
  /** The main head first; an auxiliary head (Inception) after it, trained where the whole network is. */
  readonly heads: readonly [HeadCard, ...HeadCard[]];
  /** Shape of what the shallow cut caches per image at `defaultImageSize`, channels last. */
  readonly headInput: readonly number[];
  /** Name of the first trained block per retrain depth. */
  readonly cuts: Readonly<Record<RetrainDepth, string>>;
  /** Smallest side of the square input, pixels; below it a layer would have no output. */
  readonly minimumImageSize: number;
  /** Side the published weights were trained at, pixels. */
  readonly defaultImageSize: number;
  readonly imageSpec: ImageSpec;
  /** Trainable parameters outside the heads. */
  readonly backboneParameters: number;
  /** Multiply-accumulates of one image at `defaultImageSize` and 1000 classes, 10⁹. */
  readonly gigaMacs: number;
  /** Tensors of the state_dict without batch norm's `num_batches_tracked`. */
  readonly tensorCount: number;
  /** The first is the one to start from; `IMAGENET1K_V2` features are worse to build on unless they are retrained. */
  readonly torchvisionWeights: readonly [TorchvisionWeights, ...TorchvisionWeights[]];
}

/** Largest side of a square input that a network is built for, pixels: beyond it activations no longer fit any GPU. */
export const maximumImageSize = 2048;

/** Largest number of classes a head is built for. */
export const maximumClasses = 100_000;

/**
 * Number of trainable parameters for `classes` classes (batch norm's running statistics are none).
 *
 * @throws {RangeError} if `classes` is not an integer in [2, 100000].
 */
export function parameterCount(card: ModelCard, classes: number): number {
  assertClasses(classes);
  return card.heads.reduce((total, head) => total + classes * (head.inputs + 1), card.backboneParameters);
}

/** @throws {RangeError} unless `classes` is an integer in [2, 100000]. */
export function assertClasses(classes: number): void {
  if (!Number.isInteger(classes) || classes < 2 || classes > maximumClasses) {
    throw new RangeError(`classes is ${classes}, must be an integer in [2, ${maximumClasses}]`);
  }
}

/** @throws {RangeError} unless `imageSize` is a side that the card's network accepts. */
export function assertImageSize(card: ModelCard, imageSize: number): void {
  if (!Number.isInteger(imageSize) || imageSize < card.minimumImageSize || imageSize > maximumImageSize) {
    throw new RangeError(
      `imageSize is ${imageSize}, must be an integer in [${card.minimumImageSize}, ${maximumImageSize}] for ${card.name}`,
    );
  }
}

/** True for tensors of the card's heads. */
export function isHeadTensor(card: ModelCard, tensorName: string): boolean {
  return card.heads.some((head) => tensorName === `${head.name}.weight` || tensorName === `${head.name}.bias`);
}

/**
 * The card's preprocessing for another input size: `resize` keeps its ratio to `crop`, rounded to a pixel.
 *
 * @throws {RangeError} if the network does not accept `imageSize`.
 */
export function imageSpecAt(card: ModelCard, imageSize: number): ImageSpec {
  assertImageSize(card, imageSize);
  const { resize, crop } = card.imageSpec;
  return { ...card.imageSpec, resize: Math.max(imageSize, Math.round((imageSize * resize) / crop)), crop: imageSize };
}
