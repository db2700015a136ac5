import { type ModelCard, modelCards } from '#model-zoo';
import type { ArchitectureCatalog, KnownArchitecture } from '#search';

/** Pretrained weights that are at hand. */
export interface WeightsAtHand {
  readonly architecture: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly licence: string;
  readonly imageSize: number;
  /** Where they come from, in words or as a URL. */
  readonly source: string;
}

/** An architecture with its weights. */
export interface ZooEntry {
  readonly card: ModelCard;
  readonly weights: readonly WeightsAtHand[];
}

/** The zoo as a catalogue: cards only, no network is built and no tensor library loaded. */
export class ZooCatalog implements ArchitectureCatalog {
  constructor(
    private readonly weightsAtHand: () => Promise<readonly WeightsAtHand[]>,
    private readonly cards: readonly ModelCard[] = modelCards,
  ) {}

  /** In the zoo's order. */
  async entries(): Promise<readonly ZooEntry[]> {
    const weights = await this.weightsAtHand();
    return this.cards.map((card) => ({
      card,
      weights: weights.filter(({ architecture }) => architecture === card.name),
    }));
  }

  async list(): Promise<readonly KnownArchitecture[]> {
    const entries = await this.entries();
    return entries.map(({ card, weights }) => ({
      name: card.name,
      minImageSize: card.minimumImageSize,
      pretrained: weights.length > 0,
    }));
  }
}
