import { createHash } from 'node:crypto';
import { InvalidManifestError } from './dataset-error.js';
import { type PictureFormat, pictureFormats } from './picture-format.js';

/** The splits, in the order in which a duplicate is kept: the copy in the earlier split stays. */
export const splits = ['train', 'validation', 'test'] as const;
export type Split = (typeof splits)[number];

/** One accepted image of a data set version. */
export interface DatasetImage {
  /** Path below the imported folder, `/` between the parts. */
  readonly path: string;
  /** SHA-256 of the file, lower-case hex; the key of its bytes in the blob store. */
  readonly sha256: string;
  /** Size of the file, bytes. */
  readonly bytes: number;
  /** Pixels, after the EXIF orientation is applied. */
  readonly width: number;
  /** Pixels, after the EXIF orientation is applied. */
  readonly height: number;
  readonly format: PictureFormat;
  /** Index into `classes`: the label. */
  readonly classIndex: number;
  readonly split: Split;
}

/** A file that was refused, by name, with the reason in words. */
export interface RejectedFile {
  readonly path: string;
  readonly reason: string;
}

/**
 * One immutable version of a data set: which bytes carry which label in which split, and what was refused.
 * Images and refused files are in order of their paths (by UTF-16 code unit), so equal folders make equal manifests.
 */
export interface DatasetManifest {
  readonly formatVersion: 1;
  /** The name people see; not part of the version hash. */
  readonly name: string;
  /** Class names in order of UTF-16 code units; the index is the label. */
  readonly classes: readonly string[];
  readonly images: readonly DatasetImage[];
  readonly rejected: readonly RejectedFile[];
  /** `folders`: the split folders decide. `seeded`: validation was drawn, stratified by class. */
  readonly split: 'folders' | 'seeded';
  /** Seed of the drawn split, in [0, 2³²); null where the folders decide. */
  readonly seed: number | null;
  /** Part of each class drawn for validation, in (0, 1); null where the folders decide. */
  readonly validationFraction: number | null;
}

/** Canonical JSON: fixed order of keys, no spaces, a line feed at the end; equal manifests give equal bytes. */
export function serializeManifest(manifest: DatasetManifest): string {
  return `${JSON.stringify({ formatVersion: 1, name: manifest.name, ...canonicalContent(manifest) })}\n`;
}

/**
 * The version of a data set: SHA-256 (lower-case hex) of the canonical JSON without the name, so that the same folder
 * has the same version under any name.
 */
export function versionHash(manifest: DatasetManifest): string {
  const content = JSON.stringify({ formatVersion: 1, ...canonicalContent(manifest) });
  return createHash('sha256').update(content).digest('hex');
}

/** Counts of accepted images per class, in label order. */
export function countImages(
  manifest: DatasetManifest,
): ({ readonly name: string } & Readonly<Record<Split, number>>)[] {
  const counts = manifest.classes.map((name) => ({ name, train: 0, validation: 0, test: 0 }));
  for (const image of manifest.images) counts[image.classIndex][image.split]++;
  return counts;
}

/**
 * Reads what `serializeManifest` wrote.
 *
 * @throws {InvalidManifestError} naming the first wrong field and what was expected there.
 */
export function parseManifest(json: string): DatasetManifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new InvalidManifestError('the text', 'JSON');
  }
  const fields = asRecord(value, 'the manifest');
  check(fields.formatVersion === 1, 'formatVersion', '1, the only format this version of Retune knows');
  check(typeof fields.name === 'string', 'name', 'a string');
  const classes = asArray(fields.classes, 'classes').map((name, index) => {
    check(typeof name === 'string' && name !== '', `classes[${index}]`, 'a non-empty string');
    return name as string;
  });
  check(classes.length >= 2, 'classes', 'at least 2 names');
  check(isStrictlyAscending(classes), 'classes', 'in ascending order without repetition');
  const images = asArray(fields.images, 'images').map((image, index) =>
    parseImage(image, `images[${index}]`, classes.length),
  );
  const paths = images.map(({ path }) => path);
  check(isStrictlyAscending(paths), 'images', 'in ascending order of path without repetition');
  const rejected = asArray(fields.rejected, 'rejected').map((file, index) => parseRejected(file, `rejected[${index}]`));
  const split = fields.split;
  check(split === 'folders' || split === 'seeded', 'split', '"folders" or "seeded"');
  const { seed, validationFraction } = parseDraw(fields, split);
  return { formatVersion: 1, name: fields.name, classes, images, rejected, split, seed, validationFraction };
}

/** Order of UTF-16 code units: the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonicalContent(manifest: DatasetManifest): object {
  return {
    split: manifest.split,
    seed: manifest.seed,
    validationFraction: manifest.validationFraction,
    classes: manifest.classes,
    images: manifest.images.map(({ path, sha256, bytes, width, height, format, classIndex, split }) => {
      return { path, sha256, bytes, width, height, format, classIndex, split };
    }),
    rejected: manifest.rejected.map(({ path, reason }) => ({ path, reason })),
  };
}

function parseImage(value: unknown, field: string, classCount: number): DatasetImage {
  const { path, sha256, bytes, width, height, format, classIndex, split } = asRecord(value, field);
  check(typeof path === 'string' && isRelativePath(path), `${field}.path`, 'a relative path without ".." parts');
  check(typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256), `${field}.sha256`, '64 lower-case hex digits');
  check(isPositiveInteger(bytes), `${field}.bytes`, 'an integer >= 1');
  check(isPositiveInteger(width), `${field}.width`, 'an integer >= 1');
  check(isPositiveInteger(height), `${field}.height`, 'an integer >= 1');
  const knownFormat = pictureFormats.find((name) => name === format);
  check(knownFormat !== undefined, `${field}.format`, `one of ${pictureFormats.join(', ')}`);
  check(
    typeof classIndex === 'number' && Number.isInteger(classIndex) && classIndex >= 0 && classIndex < classCount,
    `${field}.classIndex`,
    `an integer in [0, ${classCount})`,
  );
  const knownSplit = splits.find((name) => name === split);
  check(knownSplit !== undefined, `${field}.split`, `one of ${splits.join(', ')}`);
  return { path, sha256, bytes, width, height, format: knownFormat, classIndex, split: knownSplit };
}

function parseRejected(value: unknown, field: string): RejectedFile {
  const { path, reason } = asRecord(value, field);
  check(typeof path === 'string' && path !== '', `${field}.path`, 'a non-empty string');
  check(typeof reason === 'string' && reason !== '', `${field}.reason`, 'a non-empty string');
  return { path, reason };
}

function parseDraw(
  { seed, validationFraction }: Readonly<Record<string, unknown>>,
  split: DatasetManifest['split'],
): Pick<DatasetManifest, 'seed' | 'validationFraction'> {
  if (split === 'folders') {
    check(seed === null, 'seed', 'null where the folders decide the split');
    check(validationFraction === null, 'validationFraction', 'null where the folders decide the split');
    return { seed: null, validationFraction: null };
  }
  check(
    typeof seed === 'number' && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32,
    'seed',
    'an integer in [0, 2³²)',
  );
  check(
    typeof validationFraction === 'number' && validationFraction > 0 && validationFraction < 1,
    'validationFraction',
    'a number in (0, 1)',
  );
  return { seed, validationFraction };
}

function check(condition: boolean, field: string, expected: string): asserts condition {
  if (!condition) throw new InvalidManifestError(field, expected);
}

function asRecord(value: unknown, field: string): Readonly<Record<string, unknown>> {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), field, 'an object');
  return value as Readonly<Record<string, unknown>>;
}

function asArray(value: unknown, field: string): readonly unknown[] {
  check(Array.isArray(value), field, 'an array');
  return value as readonly unknown[];
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function isRelativePath(path: string): boolean {
  return path !== '' && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function isStrictlyAscending(values: readonly string[]): boolean {
  return values.every((value, index) => index === 0 || compareText(values[index - 1], value) < 0);
}
