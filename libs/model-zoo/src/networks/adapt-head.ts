import type { NamedTensor } from '#primitives';
import { findCard } from '../catalogue.js';
import { isHeadTensor } from '../model-card.js';
import { arrangeTensors, listed } from './check-tensors.js';
import { initialTensors } from './initial-tensors.js';
import type { Network } from './network.js';

/**
 * A pretrained state for another task: the head the card names gets the fresh initial state of `seed`, everything else
 * is kept. The head is replaced even where it has the right width: other classes are another task.
 *
 * @param network The network to train; its classes are the new ones.
 * @param tensors tfjs layout, of the same architecture with any number of classes; head tensors may be absent.
 * @param seed Integer in [0, 2³²).
 * @returns The network's tensors in state_dict order; kept ones share their data with `tensors`.
 * @throws {RangeError} if tensors besides the head are missing, foreign, misshapen or not finite.
 */
export function adaptHead(network: Network, tensors: readonly NamedTensor[], seed: number): NamedTensor[] {
  const card = findCard(network.architecture);
  const headNames = network.tensors.map(({ name }) => name).filter((name) => isHeadTensor(card, name));
  const head = initialTensors(network, seed, new Set(headNames));
  assertWidth(network, head);
  const backbone = tensors.filter(({ name }) => !isHeadTensor(card, name));
  const adapted = arrangeTensors(
    network,
    [...backbone, ...head],
    (absent) => `${listed(absent.map((x) => x.name))} missing`,
  );
  if (typeof adapted === 'string') throw new RangeError(`tensors do not fit: ${adapted}`);
  return adapted;
}

/** A head that kept its old width would train and score without an error, only wrongly. */
function assertWidth(network: Network, head: readonly NamedTensor[]): void {
  for (const { name, shape } of head) {
    if (shape.at(-1) !== network.classes) {
      throw new RangeError(`head ${name} is ${shape.at(-1)} wide, must have one output per class: ${network.classes}`);
    }
  }
}
