import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageSpec } from '#primitives';
import { architectureNames } from '../catalogue.js';
import { repositoryRoot } from './repository-root.js';
import { WeightsFileError } from './weights-file-error.js';

/** Weights that come with Retune, pretrained on a source task of its own. */
export interface BundledWeights {
  /** Unique within the index, e.g. `resnet18-insects-v1`. */
  readonly name: string;
  readonly architecture: string;
  /** File name beside the index, a `.safetensors`. */
  readonly file: string;
  /** Of the file, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
  readonly licence: string;
  /** Of the source task; the head has this width. */
  readonly classes: number;
  /** Of the source task, in the order of the logits. */
  readonly labels: readonly string[];
  /** Side of the pictures it was trained at, pixels. */
  readonly imageSize: number;
  readonly imageSpec: ImageSpec;
  /** What the source task was, a sentence. */
  readonly source: string;
  /** On the source task's own validation set, 0–1. */
  readonly top1Accuracy: number;
  /** How it was made: command, seed, epochs, versions. */
  readonly recipe: string;
}

const indexVersion = 1;

/** Folder of the bundled weights and their `index.json`. */
export function bundledWeightsFolder(): string {
  return join(repositoryRoot(), 'libs', 'model-zoo', 'weights');
}

/** Path of an entry's file. */
export function bundledWeightsPath(entry: BundledWeights, folder: string = bundledWeightsFolder()): string {
  return join(folder, entry.file);
}

/**
 * All bundled weights, read from the folder's `index.json` at every call; none if there is no index.
 *
 * @param architecture Only those for this network.
 * @throws {WeightsFileError} if the index is malformed.
 */
export function bundledWeights(architecture?: string, folder: string = bundledWeightsFolder()): BundledWeights[] {
  const path = join(folder, 'index.json');
  if (!existsSync(path)) return [];
  const entries = parseWeightsIndex(readFileSync(path, 'utf8'), path);
  return architecture === undefined ? entries : entries.filter((entry) => entry.architecture === architecture);
}

/** Text of an `index.json`: entries sorted by name, one field a line, so that a changed entry is a small diff. */
export function formatWeightsIndex(entries: readonly BundledWeights[]): string {
  const weights = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${JSON.stringify({ version: indexVersion, weights }, null, 2)}\n`;
}

/**
 * Reads the text of an `index.json`.
 *
 * @throws {WeightsFileError} naming the first entry and field that is wrong, or a name that occurs twice.
 */
export function parseWeightsIndex(text: string, origin = 'index.json'): BundledWeights[] {
  const fail = (reason: string): never => {
    throw new WeightsFileError(origin, reason);
  };
  let index: { version?: unknown; weights?: unknown };
  try {
    index = JSON.parse(text);
  } catch (error) {
    throw new WeightsFileError(origin, 'it is not JSON', { cause: error });
  }
  if (index?.version !== indexVersion || !Array.isArray(index.weights)) {
    return fail(`version and weights must be ${indexVersion} and a list`);
  }
  const names = new Set<string>();
  for (const [position, entry] of index.weights.entries()) {
    const field = wrongField(entry);
    if (field) fail(`weights[${position}].${field} is ${JSON.stringify(entry?.[field])}`);
    if (names.has(entry.name)) fail(`weights[${position}].name ${entry.name} occurs twice`);
    names.add(entry.name);
  }
  return index.weights;
}

const isText = (value: unknown) => typeof value === 'string' && value.length > 0;
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
const isTriple = (value: unknown) => Array.isArray(value) && value.length === 3 && value.every(Number.isFinite);

/** What each field must be. A file is a bare name: an index must not reach outside its folder. */
const rules: Readonly<Record<keyof BundledWeights, (value: unknown, entry: BundledWeights) => boolean>> = {
  name: isText,
  architecture: (value) => architectureNames.includes(value as string),
  file: (value) => typeof value === 'string' && /^\w[\w.-]*\.safetensors$/.test(value),
  sha256: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  bytes: isCount,
  licence: isText,
  classes: (value) => isCount(value) && (value as number) >= 2,
  labels: (value, { classes }) => Array.isArray(value) && value.length === classes && value.every(isText),
  imageSize: isCount,
  imageSpec: (value) => {
    const spec = value as ImageSpec | undefined;
    return isCount(spec?.resize) && isCount(spec?.crop) && isTriple(spec?.mean) && isTriple(spec?.std);
  },
  source: isText,
  top1Accuracy: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  recipe: isText,
};

function wrongField(entry: BundledWeights | null): keyof BundledWeights | undefined {
  return (Object.keys(rules) as (keyof BundledWeights)[]).find(
    (field) => !rules[field](entry?.[field], entry ?? ({} as BundledWeights)),
  );
}
