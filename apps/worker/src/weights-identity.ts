import { basename } from 'node:path';
import {
  architectureNames,
  findCard,
  imagenetLabelSet,
  indexedWeights,
  isWeightsName,
  type PublishedWeights,
  publishedWeights,
  recognizePublished,
} from '#model-zoo';
import { type FieldProblem, InvalidInputError } from '#primitives';
import type { FileFacts } from './weights-command.js';
import type { WeightsFacts } from './weights-store.js';

/** What a file of weights is, before it is read. */
export interface WeightsIdentity extends Omit<WeightsFacts, 'classes' | 'origin' | 'recipe' | 'labels'> {
  /** First digits of the SHA-256 that the file must have. */
  readonly sha256Prefix: string;
  /** Path of a file of labels, `imagenet-1k`, or null. */
  readonly labelsFrom: string | null;
}

/** Weights that torchvision publishes. */
export function identityOfPublished({ name, card, weights }: PublishedWeights): WeightsIdentity {
  return {
    name,
    architecture: card.name,
    licence: weights.licence,
    imageSize: weights.imageSpec.crop,
    imageSpec: weights.imageSpec,
    source: `ImageNet-1k, as torchvision publishes it (${weights.name})`,
    top1Accuracy: weights.top1Accuracy,
    sha256Prefix: weights.sha256Prefix,
    labelsFrom: imagenetLabelSet,
  };
}

/**
 * What a local file is: known by its name or hash, or told.
 *
 * @throws {InvalidInputError} naming what must be told, or what contradicts the file.
 */
export function identityOfFile(file: string, sha256: string, told: FileFacts): WeightsIdentity {
  const published = recognizePublished({ name: basename(file), sha256 });
  if (published && sha256.startsWith(published.weights.sha256Prefix)) {
    const { architecture } = told;
    if (architecture !== null && architecture !== published.card.name) {
      refuse('--architecture', architecture, `${published.card.name}: the file is ${published.weights.file}`);
    }
    const identity = identityOfPublished(published);
    const labelsFrom = told.labels ?? identity.labelsFrom;
    return told.as === null ? identity : { ...identity, name: freeName(told.as), labelsFrom };
  }
  if (published && told.architecture === null) {
    const { sha256Prefix, file: name } = published.weights;
    refuse(
      'file',
      basename(file),
      `a file whose SHA-256 begins with ${sha256Prefix}, as ${name} does (this one's is ${sha256}): it is damaged, or ` +
        'another file, which needs --architecture and --name',
    );
  }
  return identityOfForeign(basename(file), sha256, told);
}

/**
 * A file that torchvision does not publish.
 *
 * @param from Name or address of the file.
 * @param sha256Prefix What is known of its hash.
 * @throws {InvalidInputError} naming what must be told.
 */
export function identityOfForeign(from: string, sha256Prefix: string, told: FileFacts): WeightsIdentity {
  const { architecture, as, labels } = told;
  const problems: FieldProblem[] = [];
  if (architecture === null || !architectureNames.includes(architecture)) {
    const value = architecture ?? undefined;
    const why = architecture === null ? ` (${from} is no file that torchvision publishes)` : '';
    problems.push({ field: '--architecture', value, allowed: `one of ${architectureNames.join(', ')}${why}` });
  }
  if (as === null) problems.push({ field: '--name', allowed: 'what the weights shall be called, e.g. my-resnet18-v1' });
  if (problems.length > 0 || architecture === null || as === null) throw new InvalidInputError(problems);
  const { imageSpec } = findCard(architecture);
  return {
    name: freeName(as),
    architecture,
    licence: 'unknown (imported by the user)',
    imageSize: imageSpec.crop,
    imageSpec,
    source: `Imported from ${from}`,
    top1Accuracy: null,
    sha256Prefix,
    labelsFrom: labels,
  };
}

/** @throws {InvalidInputError} if weights may not be called so. */
function freeName(name: string): string {
  if (!isWeightsName(name)) {
    refuse('--name', name, '1 to 100 lower-case letters, digits or any of . _ - (a letter or digit first)');
  }
  const reserved = [...indexedWeights(), ...publishedWeights].some((weights) => weights.name === name);
  if (reserved) refuse('--name', name, 'another name: bundled or published weights are called so');
  return name;
}

function refuse(field: string, value: string, allowed: string): never {
  throw new InvalidInputError([{ field, value, allowed }]);
}
