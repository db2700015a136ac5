import type { ImageSpec } from '#primitives';
import { architectureNames } from '../catalogue.js';
import { WeightsFileError } from './weights-file-error.js';

/** Stands for ImageNet-1k's thousand names, which lie beside the bundled index once for all entries. */
export const imagenetLabelSet = 'imagenet-1k';

/** The file that weights were made of. */
export interface WeightsOrigin {
  /** Name of the file, or the address it was downloaded from. */
  readonly from: string;
  /** Of that file, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** Weights in a folder with an `index.json`: bundled with Retune, or imported into a data folder. */
export interface WeightsEntry {
  /** Unique among all weights, e.g. `resnet18-drawn-v1`, `resnet50-imagenet1k-v2`. */
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
  /** Of the source task, in the order of the logits; null where nobody said. */
  readonly labels: readonly string[] | typeof imagenetLabelSet | null;
  /** Side of the pictures it was trained at, pixels. */
  readonly imageSize: number;
  readonly imageSpec: ImageSpec;
  /** What the source task was, a sentence. */
  readonly source: string;
  /** On the source task's own validation set, 0–1; null where nobody said. */
  readonly top1Accuracy: number | null;
  /** How it was made: command, seed, epochs, versions. */
  readonly recipe: string;
  /** Absent where the weights were trained by Retune itself. */
  readonly origin?: WeightsOrigin;
}

const indexVersion = 1;

/** Text of an `index.json`: entries sorted by name, one field a line, so that a changed entry is a small diff. */
export function formatWeightsIndex(entries: readonly WeightsEntry[]): string {
  const weights = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${JSON.stringify({ version: indexVersion, weights }, null, 2)}\n`;
}

/**
 * Reads the text of an `index.json`.
 *
 * @throws {WeightsFileError} naming the first entry and field that is wrong, or a name that occurs twice.
 */
export function parseWeightsIndex(text: string, origin = 'index.json'): WeightsEntry[] {
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
/** Names are file names too, the same on every system. */
export function isWeightsName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9][a-z0-9._-]{0,99}$/.test(value);
}

const isSha256 = (value: unknown) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** What each field must be. A file is a bare name: an index must not reach outside its folder. */
const rules: Readonly<Record<keyof WeightsEntry, (value: unknown, entry: WeightsEntry) => boolean>> = {
  name: isWeightsName,
  architecture: (value) => architectureNames.includes(value as string),
  file: (value) => typeof value === 'string' && /^\w[\w.-]*\.safetensors$/.test(value),
  sha256: isSha256,
  bytes: isCount,
  licence: isText,
  classes: (value) => isCount(value) && (value as number) >= 2,
  labels: (value, { classes }) =>
    value === null ||
    (value === imagenetLabelSet && classes === 1000) ||
    (Array.isArray(value) && value.length === classes && value.every(isText)),
  imageSize: isCount,
  imageSpec: (value) => {
    const spec = value as ImageSpec | undefined;
    return isCount(spec?.resize) && isCount(spec?.crop) && isTriple(spec?.mean) && isTriple(spec?.std);
  },
  source: isText,
  top1Accuracy: (value) => value === null || (typeof value === 'number' && value >= 0 && value <= 1),
  recipe: isText,
  origin: (value) => {
    const origin = value as WeightsOrigin | undefined | null;
    return origin === undefined || (isText(origin?.from) && isSha256(origin?.sha256));
  },
};

function wrongField(entry: WeightsEntry | null): keyof WeightsEntry | undefined {
  return (Object.keys(rules) as (keyof WeightsEntry)[]).find(
    (field) => !rules[field](entry?.[field], entry ?? ({} as WeightsEntry)),
  );
}
