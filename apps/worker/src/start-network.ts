import type { TrialParameters } from '#api-contract';
import { type BundledWeights, bundledWeights, findCard, type ModelCard } from '#model-zoo';
import { buildNetwork, initialTensors, type Network, pretrainedTensors } from '#model-zoo/networks';
import { DomainError, type ImageSpec, type NamedTensor } from '#primitives';

/** A trial wants pretrained weights of an architecture that has none. */
export class NoWeightsError extends DomainError {
  readonly code = 'NO_WEIGHTS';
  constructor(
    readonly architecture: string,
    retrainDepth: string,
  ) {
    super(
      `Cannot retrain ${architecture} ${retrainDepth}: no pretrained weights of ${architecture} are bundled. ` +
        `Search it from scratch, or make some: worker pretrain --architecture ${architecture}`,
    );
  }
}

/** What decides a network's state before training. */
export interface StartOptions {
  readonly parameters: Pick<TrialParameters, 'architecture' | 'retrainDepth'>;
  readonly training: { readonly imageSize: number };
  readonly dataset: { readonly classes: readonly string[] };
  /** Of the trial: makes the new head, or everything for `scratch`. */
  readonly seed: number;
}

/** A network with its first state. */
export interface StartedNetwork {
  readonly card: ModelCard;
  readonly network: Network;
  /** All of the network's, tfjs layout, state_dict order. */
  readonly tensors: readonly NamedTensor[];
  /** Null for `scratch`. */
  readonly weights: BundledWeights | null;
  /** How its pictures are prepared. */
  readonly image: ImageSpec;
}

/**
 * The state a trial begins with: bundled pretrained weights with a fresh head, or for `scratch` everything fresh.
 * The head is always as wide as there are classes. Equal options give equal bytes.
 *
 * @param weightsFolder Where `index.json` lies. @default the bundled folder
 * @throws {NoWeightsError} if there are no weights to start from.
 */
export function startNetwork(options: StartOptions, weightsFolder?: string): StartedNetwork {
  const { parameters, training, dataset, seed } = options;
  const { architecture, retrainDepth } = parameters;
  const card = findCard(architecture);
  const network = buildNetwork(architecture, { classes: dataset.classes.length, imageSize: training.imageSize });
  if (retrainDepth === 'scratch') {
    const image = squareImage(card.imageSpec, training.imageSize);
    return { card, network, tensors: initialTensors(network, seed), weights: null, image };
  }
  const weights = bundledWeights(architecture, weightsFolder)[0];
  if (!weights) throw new NoWeightsError(architecture, retrainDepth);
  const tensors = pretrainedTensors(network, weights, seed, weightsFolder);
  return { card, network, tensors, weights, image: squareImage(weights.imageSpec, training.imageSize) };
}

/** The short side becomes the network's side: nothing of the middle of a picture is lost, and few pixels are made up. */
function squareImage({ mean, std }: ImageSpec, imageSize: number): ImageSpec {
  return { resize: imageSize, crop: imageSize, mean, std };
}
