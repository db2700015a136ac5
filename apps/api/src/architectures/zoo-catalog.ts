import { findCard, type ModelCard, modelCards, parameterCount, type WeightsAtHand, weightsAtHand } from '#model-zoo';
import type { ArchitectureCatalog, KnownArchitecture } from '#search';

/** An architecture with its weights at hand, the ones to start from first. */
export interface ZooEntry {
  readonly card: ModelCard;
  readonly weights: readonly WeightsAtHand[];
}

/** The zoo as a catalogue: cards only, no network is built and no tensor library loaded. */
export class ZooCatalog implements ArchitectureCatalog {
  /** @param listWeights Asked anew each time: a command may have imported some in between. */
  constructor(
    private readonly listWeights: () => readonly WeightsAtHand[] = () => weightsAtHand(),
    private readonly cards: readonly ModelCard[] = modelCards,
  ) {}

  /** In the zoo's order. */
  entries(): readonly ZooEntry[] {
    const weights = this.listWeights();
    return this.cards.map((card) => entryOf(card, weights));
  }

  /** @throws {UnknownArchitectureError} if the zoo has no such architecture. */
  entry(name: string): ZooEntry {
    return entryOf(findCard(name), this.listWeights());
  }

  async list(): Promise<readonly KnownArchitecture[]> {
    return this.entries().map(({ card, weights }) => ({
      name: card.name,
      minImageSize: card.minimumImageSize,
      weights: weights.map(({ name }) => name),
      gigaMacs: card.gigaMacs,
      defaultImageSize: card.defaultImageSize,
      parameterCount: parameterCount(card, 2),
      imagenetAccuracy: Math.max(0, ...card.torchvisionWeights.map(({ top1Accuracy }) => top1Accuracy)),
    }));
  }
}

function entryOf(card: ModelCard, weights: readonly WeightsAtHand[]): ZooEntry {
  return { card, weights: weights.filter(({ architecture }) => architecture === card.name) };
}
