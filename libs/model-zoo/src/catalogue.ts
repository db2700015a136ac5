import { NotFoundError } from '#primitives';
import { alexnetCards } from './cards/alexnet.js';
import { densenetCards } from './cards/densenet.js';
import { inceptionCards } from './cards/inception.js';
import { resnetCards } from './cards/resnet.js';
import { squeezenetCards } from './cards/squeezenet.js';
import { vggCards } from './cards/vgg.js';
import type { ModelCard } from './model-card.js';

/** Every architecture of the zoo. A new network of a known family is one more row in its family's file. */
export const modelCards: readonly ModelCard[] = [
  ...alexnetCards,
  ...squeezenetCards,
  ...vggCards,
  ...resnetCards,
  ...densenetCards,
  ...inceptionCards,
];

/** Names of all architectures, in the catalogue's order. */
export const architectureNames: readonly string[] = modelCards.map((card) => card.name);

/** A name that is not in the zoo; its message and `known` list those that are. */
export class UnknownArchitectureError extends NotFoundError {
  constructor(
    name: string,
    readonly known: readonly string[] = architectureNames,
  ) {
    super('architecture', name);
    this.message = `Cannot find architecture ${name}: the zoo has ${known.join(', ')}`;
  }
}

/**
 * The card of an architecture, by torchvision's constructor name.
 *
 * @throws {UnknownArchitectureError} if the zoo has no such network.
 */
export function findCard(name: string): ModelCard {
  const card = modelCards.find((candidate) => candidate.name === name);
  if (!card) throw new UnknownArchitectureError(name);
  return card;
}
