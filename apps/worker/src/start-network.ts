import type { TrialParameters } from '#api-contract';
import { findCard, type ModelCard, type WeightsAtHand, weightsAtHand } from '#model-zoo';
import { buildNetwork, initialTensors, type Network, pretrainedTensors } from '#model-zoo/networks';
import { DomainError, type ImageSpec, type NamedTensor } from '#primitives';

/** A trial wants pretrained weights that this worker does not have. */
export class NoWeightsError extends DomainError {
  readonly code = 'NO_WEIGHTS';
  constructor(
    readonly architecture: string,
    retrainDepth: string,
    /** Those that the study pins; absent where it pins none. */
    name?: string,
  ) {
    super(
      name === undefined
        ? `Cannot retrain ${architecture} ${retrainDepth}: no pretrained weights of ${architecture} are bundled. ` +
            `Search it from scratch, or name weights in training.weights: retune zoo fetch ${architecture}`
        : `Cannot retrain ${architecture} ${retrainDepth}: the weights ${name} are not in this worker's data folder. ` +
            `Bring them there: retune zoo fetch ${name}, or retune zoo import, with the worker's --data`,
    );
  }
}

/** What decides a network's state before training. */
export interface StartOptions {
  readonly parameters: Pick<TrialParameters, 'architecture' | 'retrainDepth'>;
  readonly training: {
    readonly imageSize: number;
    /** Name of the weights to start from, per architecture. @default the bundled ones */
    readonly weights?: Readonly<Record<string, string>>;
  };
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
  readonly weights: WeightsAtHand | null;
  /** How its pictures are prepared. */
  readonly image: ImageSpec;
}

/**
 * The state a trial begins with: pretrained weights with a fresh head, or for `scratch` everything fresh.
 * The head is always as wide as there are classes. Equal options give equal bytes.
 *
 * @param weightsFolder Where the bundled weights lie. @default the one in the repository
 * @param importedFolder Where imported weights lie. @default none are looked for
 * @throws {NoWeightsError} if the weights to start from are not at hand.
 * @throws {WeightsFileError} if their file is damaged.
 */
export function startNetwork(options: StartOptions, weightsFolder?: string, importedFolder?: string): StartedNetwork {
  const chosen = chooseStart(options, weightsFolder, importedFolder);
  return { ...chosen, tensors: firstTensors(chosen, options.seed) };
}

/** What a start is made of. */
export type ChosenStart = Omit<StartedNetwork, 'tensors'>;

/**
 * Builds the network and finds its weights without reading them.
 *
 * @throws {NoWeightsError} if the weights to start from are not at hand.
 */
export function chooseStart(options: StartOptions, weightsFolder?: string, importedFolder?: string): ChosenStart {
  const { parameters, training, dataset } = options;
  const { architecture, retrainDepth } = parameters;
  const card = findCard(architecture);
  const network = buildNetwork(architecture, { classes: dataset.classes.length, imageSize: training.imageSize });
  if (retrainDepth === 'scratch') {
    return { card, network, weights: null, image: squareImage(card.imageSpec, training.imageSize) };
  }
  const pinned = training.weights?.[architecture];
  // A study that pins nothing is older than imported weights: it meant the bundled ones.
  const weights = weightsAtHand({ bundled: weightsFolder, imported: importedFolder })
    .filter((entry) => entry.architecture === architecture)
    .find((entry) => (pinned === undefined ? entry.bundled : entry.name === pinned));
  if (!weights) throw new NoWeightsError(architecture, retrainDepth, pinned);
  return { card, network, weights, image: squareImage(weights.imageSpec, training.imageSize) };
}

/** @throws {WeightsFileError} if the file is damaged. */
export function firstTensors({ network, weights }: ChosenStart, seed: number): NamedTensor[] {
  return weights === null ? initialTensors(network, seed) : pretrainedTensors(network, weights, seed);
}

/** The short side becomes the network's side: nothing of the middle of a picture is lost, and few pixels are made up. */
function squareImage({ mean, std }: ImageSpec, imageSize: number): ImageSpec {
  return { resize: imageSize, crop: imageSize, mean, std };
}
