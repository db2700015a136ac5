import type { Architecture } from '#api-contract';
import { parameterCount } from '#model-zoo';
import type { ZooEntry } from './zoo-catalog.js';

/** An architecture as it is shown; parameters are counted for two classes. */
export function toArchitecture({ card, weights }: ZooEntry): Architecture {
  return {
    name: card.name,
    family: card.family,
    title: card.title,
    minImageSize: card.minimumImageSize,
    defaultImageSize: card.defaultImageSize,
    parameterCount: parameterCount(card, 2),
    head: card.heads[0].name,
    cuts: { ...card.cuts },
    weights: weights.map(({ name, sha256, bytes, licence, imageSize, source }) => {
      return { name, sha256, bytes, licence, imageSize, source };
    }),
  };
}
