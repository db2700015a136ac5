import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '#primitives';
import { repositoryRoot } from './repository-root.js';
import { imagenetLabelSet, parseWeightsIndex, type WeightsEntry } from './weights-entry.js';

/** Weights whose file can be read. */
export interface WeightsAtHand extends WeightsEntry {
  /** Of the file, absolute where its folder's was. */
  readonly path: string;
  /** True: they come with Retune. False: a user imported them into a data folder. */
  readonly bundled: boolean;
}

/** Weights that nobody has here; names those that are. */
export class UnknownWeightsError extends DomainError {
  readonly code = 'UNKNOWN_WEIGHTS';
  constructor(
    readonly weights: string,
    readonly known: readonly string[],
  ) {
    super(`Cannot find weights ${JSON.stringify(weights)}: at hand are ${known.join(', ') || 'none'}`);
  }
}

/** Folder of the bundled weights and their `index.json`. */
export function bundledWeightsFolder(): string {
  return join(repositoryRoot(), 'libs', 'model-zoo', 'weights');
}

/** Folder of imported weights and their `index.json` in a data folder. */
export function importedWeightsFolder(dataFolder: string): string {
  return join(dataFolder, 'weights');
}

/**
 * The entries of a folder's `index.json`, read at every call; none if there is no index.
 *
 * @throws {WeightsFileError} if the index is malformed.
 */
export function readWeightsIndex(folder: string): WeightsEntry[] {
  const path = join(folder, 'index.json');
  return existsSync(path) ? parseWeightsIndex(readFileSync(path, 'utf8'), path) : [];
}

/** Where weights are looked for. */
export interface WeightsFolders {
  /** @default the one in the repository */
  readonly bundled?: string;
  /** @default none */
  readonly imported?: string;
}

/**
 * Everything the indexes list, imported first, whether the files are there or not.
 *
 * @throws {WeightsFileError} if an index is malformed.
 */
export function indexedWeights({ bundled = bundledWeightsFolder(), imported }: WeightsFolders = {}): WeightsAtHand[] {
  const from = (folder: string, isBundled: boolean) =>
    readWeightsIndex(folder).map((entry) => ({ ...entry, path: join(folder, entry.file), bundled: isBundled }));
  return [...(imported === undefined ? [] : from(imported, false)), ...from(bundled, true)];
}

/**
 * Weights whose file is there, the ones to start from first: for each architecture ImageNet's V1, then what else was
 * imported, then the bundled ones. `IMAGENET1K_V2` features are worse to build on unless they are retrained.
 *
 * @throws {WeightsFileError} if an index is malformed.
 */
export function weightsAtHand(folders: WeightsFolders = {}): WeightsAtHand[] {
  const rank = ({ bundled, name, architecture }: WeightsAtHand) =>
    bundled ? 2 : name === `${architecture}-imagenet1k-v1` ? 0 : 1;
  return indexedWeights(folders)
    .filter(({ path }) => existsSync(path))
    .sort((a, b) => rank(a) - rank(b));
}

/**
 * Weights by name.
 *
 * @throws {UnknownWeightsError} if they are not at hand.
 */
export function findWeights(name: string, atHand: readonly WeightsAtHand[]): WeightsAtHand {
  const found = atHand.find((entry) => entry.name === name);
  if (found) return found;
  throw new UnknownWeightsError(
    name,
    atHand.map((entry) => entry.name),
  );
}

/** Names of ImageNet-1k's classes, in the order of the logits of torchvision's weights. */
export function imagenetLabels(): string[] {
  return JSON.parse(readFileSync(join(bundledWeightsFolder(), 'imagenet-1k-labels.json'), 'utf8')) as string[];
}

/** A name for each class of the weights' source task, in the order of the logits; `class 0` … where nobody said. */
export function labelsOf({ labels, classes }: Pick<WeightsEntry, 'labels' | 'classes'>): readonly string[] {
  if (labels === imagenetLabelSet) return imagenetLabels();
  return labels ?? Array.from({ length: classes }, (_, index) => `class ${index}`);
}
