import type { NamedTensor } from '#primitives';
import { findCard } from '../catalogue.js';
import { type ModelCard, maximumClasses } from '../model-card.js';
import { WeightsFileError } from '../weights/weights-file-error.js';
import { buildNetwork } from './build-network.js';
import { arrangeTensors, listed, torchListing } from './check-tensors.js';

/** A complete state_dict of a network. */
export interface StateDict {
  readonly architecture: string;
  /** Width of its main head. */
  readonly classes: number;
  /** Torch layout, state_dict order, without `num_batches_tracked`; values are shared with the given tensors. */
  readonly tensors: readonly NamedTensor[];
}

/**
 * Maps the tensors of a file to an architecture's state_dict: DenseNet's old names become today's, `num_batches_tracked`
 * is dropped, and what is left must be the network's listing exactly. The number of classes is the width of the head that
 * the card names.
 *
 * @param tensors Torch layout, any order, as `readWeightsFile` gives them.
 * @param origin Path or name of the file, for messages.
 * @throws {UnknownArchitectureError} if the zoo has no such architecture.
 * @throws {WeightsFileError} naming the first few tensors that are missing, foreign or misshapen, or a value that is not
 * finite.
 */
export function toStateDict(architecture: string, tensors: readonly NamedTensor[], origin = 'weights'): StateDict {
  const card = findCard(architecture);
  const renamed = card.family === 'densenet' ? tensors.map(withoutDots) : tensors;
  const classes = headWidth(card, renamed, origin);
  const listing = torchListing(buildNetwork(architecture, { classes }));
  const arranged = arrangeTensors(listing, renamed, (absent) => `${listed(absent.map(({ name }) => name))} missing`);
  if (typeof arranged === 'string') throw new WeightsFileError(origin, arranged);
  return { architecture, classes, tensors: arranged };
}

/**
 * DenseNet's published files are older than the rule that module names have no dots: `denselayer1.norm.1.weight` is
 * today's `denselayer1.norm1.weight`.
 *
 * @see torchvision/models/densenet.py 0.14 `_load_state_dict`
 */
function withoutDots(tensor: NamedTensor): NamedTensor {
  const name = tensor.name.replace(
    /^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var|num_batches_tracked))$/,
    '$1$2',
  );
  return name === tensor.name ? tensor : { ...tensor, name };
}

function headWidth({ name, heads }: ModelCard, tensors: readonly NamedTensor[], origin: string): number {
  const headName = `${heads[0].name}.weight`;
  const head = tensors.find((tensor) => tensor.name === headName);
  if (!head) {
    const names = tensors.map((tensor) => tensor.name).slice(0, 3);
    throw new WeightsFileError(
      origin,
      `the head ${headName} of ${name} is missing: is it a file of another architecture? It begins with ${names.join(', ')}`,
    );
  }
  const classes = head.shape[0] ?? 0;
  if (classes >= 2 && classes <= maximumClasses) return classes;
  throw new WeightsFileError(
    origin,
    `the head ${headName} has shape [${head.shape}], its first axis must be 2 to ${maximumClasses} classes`,
  );
}
