import { type BundledWeights, bundledWeights, type ModelCard, modelCards } from '#model-zoo';
import type { ArchitectureCatalog, KnownArchitecture } from '#search';

/** An architecture with its weights. */
export interface ZooEntry {
  readonly card: ModelCard;
  readonly weights: readonly BundledWeights[];
}

/** The zoo as a catalogue: cards only, no network is built and no tensor library loaded. */
export class ZooCatalog implements ArchitectureCatalog {
  constructor(
    private readonly weightsAtHand: () => readonly BundledWeights[] = () => bundledWeights(),
    private readonly cards: readonly ModelCard[] = modelCards,
  ) {}

  /** In the zoo's order. */
  entries(): readonly ZooEntry[] {
    const weights = this.weightsAtHand();
    return this.cards.map((card) => ({
      card,
      weights: weights.filter(({ architecture }) => architecture === card.name),
    }));
  }

  async list(): Promise<readonly KnownArchitecture[]> {
    const entries = this.entries();
    return entries.map(({ card, weights }) => ({
      name: card.name,
      minImageSize: card.minimumImageSize,
      pretrained: weights.length > 0,
    }));
  }
}
