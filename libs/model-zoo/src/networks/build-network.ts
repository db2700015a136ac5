import type { Tensor } from '@tensorflow/tfjs-core';
import { findCard } from '../catalogue.js';
import { assertClasses, assertImageSize, type Family, type ModelCard, type RetrainDepth } from '../model-card.js';
import { draftAlexnet } from './alexnet.js';
import { draftDensenet } from './densenet.js';
import { draftInception } from './inception.js';
import type { Block, LayerContext, Network, TensorSpec } from './network.js';
import { NetworkDraft } from './network-draft.js';
import { draftResnet } from './resnet.js';
import { draftSqueezenet } from './squeezenet.js';
import { draftVgg } from './vgg.js';

/** Declares a network's blocks for a number of classes; `imageSize` is the side of its pictures, pixels. */
type Drafter = (draft: NetworkDraft, classes: number, architecture: string, imageSize: number) => void;

const drafters: Readonly<Record<Family, Drafter>> = {
  alexnet: draftAlexnet,
  squeezenet: draftSqueezenet,
  vgg: draftVgg,
  resnet: draftResnet,
  densenet: draftDensenet,
  inception: draftInception,
};

/** What a network is built for. */
export interface NetworkOptions {
  /** Integer in [2, 100000]. */
  readonly classes: number;
  /** Side of the square input, pixels. @default the card's default */
  readonly imageSize?: number;
}

/**
 * A network of the zoo: its blocks, tensors and cuts, numerically torchvision's.
 *
 * @throws {UnknownArchitectureError} if the zoo has no such architecture.
 * @throws {RangeError} if the classes or the image size are out of the network's range.
 */
export function buildNetwork(architecture: string, { classes, imageSize }: NetworkOptions): Network {
  const card = findCard(architecture);
  const size = imageSize ?? card.defaultImageSize;
  assertClasses(classes);
  assertImageSize(card, size);
  const draft = new NetworkDraft();
  drafters[card.family](draft, classes, architecture, size);
  return new ZooNetwork(card, classes, size, draft);
}

class ZooNetwork implements Network {
  readonly architecture: string;
  readonly blocks: readonly Block[];
  readonly tensors: readonly TensorSpec[];
  readonly #card: ModelCard;

  constructor(
    card: ModelCard,
    readonly classes: number,
    readonly imageSize: number,
    draft: NetworkDraft,
  ) {
    this.#card = card;
    this.architecture = card.name;
    this.blocks = draft.blocks;
    this.tensors = draft.tensors;
  }

  cut(depth: RetrainDepth): number {
    const index = this.blocks.findIndex((block) => block.name === this.#card.cuts[depth]);
    if (index < 0) throw new RangeError(`depth is ${depth}, must be shallow, partial, deep or scratch`);
    return index;
  }

  forward(x: Tensor, context: LayerContext, from = 0, to = this.blocks.length): Tensor {
    const last = this.blocks.length;
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= last)) {
      throw new RangeError(`blocks are ${from} to ${to}, must be 0 <= from <= to <= ${last}`);
    }
    if (from === 0) this.#assertPictures(x);
    const y = this.blocks.slice(from, to).reduce((value, block) => block.forward(value, context), x);
    if (to === last && from < to && (y.rank !== 2 || y.shape[1] !== this.classes)) {
      throw new RangeError(`${this.architecture} gives shape [${y.shape}], must be [N, ${this.classes}]`);
    }
    return y;
  }

  #assertPictures({ shape }: Tensor): void {
    const [, height, width, channels] = shape;
    if (shape.length !== 4 || height !== this.imageSize || width !== this.imageSize || channels !== 3) {
      throw new RangeError(`pictures have shape [${shape}], must be [N, ${this.imageSize}, ${this.imageSize}, 3]`);
    }
  }
}
