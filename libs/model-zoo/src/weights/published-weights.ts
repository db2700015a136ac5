import { modelCards } from '../catalogue.js';
import type { ModelCard, TorchvisionWeights } from '../model-card.js';

/** A checkpoint that torchvision publishes, as Retune names it. */
export interface PublishedWeights {
  /** E.g. `resnet50-imagenet1k-v2`. */
  readonly name: string;
  readonly card: ModelCard;
  readonly weights: TorchvisionWeights;
}

/** Retune's name for weights that torchvision publishes: architecture, data set and version. */
export function publishedName(card: ModelCard, { name }: TorchvisionWeights): string {
  return `${card.name}-${name.toLowerCase().replaceAll('_', '-')}`;
}

/** Every checkpoint that torchvision publishes of the zoo, in the catalogue's order. */
export const publishedWeights: readonly PublishedWeights[] = modelCards.flatMap((card) =>
  card.torchvisionWeights.map((weights) => ({ name: publishedName(card, weights), card, weights })),
);

/** What a file is by its name or, where somebody renamed it, by the beginning of its SHA-256. */
export function recognizePublished(file: { readonly name: string; readonly sha256?: string }) {
  return (
    publishedWeights.find(({ weights }) => weights.file === file.name) ??
    publishedWeights.find(({ weights }) => file.sha256?.startsWith(weights.sha256Prefix))
  );
}
