import type { Architecture, ArchitectureCard, WeightsAtHand } from '#api-contract';
import { type WeightsAtHand as Entry, parameterCount, publishedName } from '#model-zoo';
import type { ZooEntry } from './zoo-catalog.js';

/** An architecture as it is listed; parameters are counted for two classes. */
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
    weights: weights.map(toWeights),
  };
}

/** An architecture with all that its card says. */
export function toArchitectureCard(entry: ZooEntry): ArchitectureCard {
  const { card, weights } = entry;
  const { mean, std, resize, crop } = card.imageSpec;
  return {
    ...toArchitecture(entry),
    paper: card.paper,
    heads: card.heads.map(({ name, inputs }) => ({ name, inputs })),
    headInput: [...card.headInput],
    preprocessing: { resize, crop, mean: [...mean], std: [...std] },
    parameterCounts: [2, 1000].map((classes) => ({ classes, parameters: parameterCount(card, classes) })),
    gigaMacs: card.gigaMacs,
    tensorCount: card.tensorCount,
    published: card.torchvisionWeights.map((published) => {
      const { file, url, sha256Prefix, approximateBytes, top1Accuracy, classes, licence } = published;
      const { interpolation, antialias, imageSpec } = published;
      const name = publishedName(card, published);
      return {
        ...{ name, torchvisionName: published.name, file, url, sha256Prefix, approximateBytes, top1Accuracy, classes },
        preprocessing: {
          ...{ resize: imageSpec.resize, crop: imageSpec.crop, mean: [...imageSpec.mean], std: [...imageSpec.std] },
          ...{ interpolation, antialias },
        },
        licence,
        atHand: weights.some((at) => at.name === name),
      };
    }),
  };
}

function toWeights(entry: Entry): WeightsAtHand {
  const { name, sha256, bytes, licence, imageSize, source, classes, top1Accuracy, bundled, origin } = entry;
  const from = origin === undefined ? null : { from: origin.from, sha256: origin.sha256 };
  return { name, sha256, bytes, licence, imageSize, source, classes, top1Accuracy, bundled, origin: from };
}
