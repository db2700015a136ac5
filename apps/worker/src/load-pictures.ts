import { join } from 'node:path';
import { type DatasetManifest, parseManifest, type Split } from '#dataset';
import { type LoadedSplit, loadSplit, normalize } from '#dataset/pictures';
import { type Clock, DomainError, type ImageSpec } from '#primitives';
import { usableMemoryBytes } from './device.js';

/** Where the manifest and the pictures are found by their SHA-256. */
export interface PictureStore {
  get(sha256: string): Promise<Uint8Array>;
}

/** Pictures as a network reads them. */
export interface Examples {
  /** [n, side, side, 3], normalised. */
  readonly inputs: Float32Array;
  /** [n], indexes into the classes. */
  readonly labels: Int32Array;
}

/** What a trial trains and is judged on. */
export interface TrialPictures {
  readonly manifest: DatasetManifest;
  readonly train: Examples;
  readonly validation: Examples;
  /** Wall time of decoding, or of reading what was decoded before. */
  readonly decodeSeconds: number;
}

/** The claim and the stored manifest do not name the same classes. */
export class DatasetMismatchError extends DomainError {
  readonly code = 'DATASET_MISMATCH';
}

/** The pictures of a trial do not fit into the memory of this machine. */
export class DatasetTooLargeError extends DomainError {
  readonly code = 'DATASET_TOO_LARGE';
  constructor(images: number, imageSize: number, neededBytes: number, allowedBytes: number) {
    const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
    const most = Math.floor((images * allowedBytes) / neededBytes);
    super(
      `Cannot train on ${images} pictures at training.imageSize ${imageSize}: prepared they take ${gigabytes(neededBytes)} GB ` +
        `of memory, this machine has ${gigabytes(allowedBytes)} GB for them, enough for ${most} pictures of that size. ` +
        'Choose a smaller image size, fewer pictures, or a worker with more memory',
    );
  }
}

/** Of the memory, what pictures may take: networks, their activations and the system need the rest. */
const picturesShare = 0.75;

/**
 * Pictures are kept as float32 and, while they are decoded, as bytes beside.
 *
 * @throws {DatasetTooLargeError} before anything is decoded.
 */
export function requireMemory(images: number, imageSize: number, memoryBytes: number): void {
  const neededBytes = images * bytesPerPicture(imageSize);
  const allowedBytes = picturesShare * memoryBytes;
  if (neededBytes > allowedBytes) throw new DatasetTooLargeError(images, imageSize, neededBytes, allowedBytes);
}

/**
 * Decodes the training and validation pictures of a claim's dataset version; decoded pixels are kept in the cache folder.
 *
 * @throws {DatasetTooLargeError} if they do not fit into memory.
 * @throws {DatasetMismatchError} if the stored manifest has other classes than the claim, or a split is empty.
 */
export async function loadPictures(
  claim: { readonly dataset: { readonly manifestSha256: string; readonly classes: readonly string[] } },
  image: ImageSpec,
  tools: { readonly store: PictureStore; readonly cacheFolder: string; readonly clock: Clock },
): Promise<TrialPictures> {
  return decodePictures(await readManifest(claim, tools.store), image, tools);
}

/** The same for a manifest that was read before. @throws as `loadPictures`. */
export async function decodePictures(
  manifest: DatasetManifest,
  image: ImageSpec,
  tools: { readonly store: PictureStore; readonly cacheFolder: string; readonly clock: Clock },
): Promise<TrialPictures> {
  const started = tools.clock.monotonicMs();
  requireMemory(countOf(manifest), image.crop, usableMemoryBytes());
  const load = async (split: Split): Promise<Examples> => {
    const options = { cacheFolder: join(tools.cacheFolder, 'pixels') };
    const loaded = await loadSplit(manifest, split, image, tools.store, options);
    if (loaded.labels.length === 0) throw new DatasetMismatchError(`The dataset has no ${split} images`);
    return examplesOf(loaded, image);
  };
  const train = await load('train');
  const validation = await load('validation');
  return { manifest, train, validation, decodeSeconds: (tools.clock.monotonicMs() - started) / 1000 };
}

/** What the pictures take while they are decoded. */
export function preparedBytes(manifest: DatasetManifest, image: ImageSpec): number {
  return countOf(manifest) * bytesPerPicture(image.crop);
}

function countOf(manifest: DatasetManifest): number {
  return manifest.images.filter(({ split }) => split !== 'test').length;
}

/** Float32, and bytes beside. */
function bytesPerPicture(side: number): number {
  return side * side * 3 * 5;
}

/**
 * The stored manifest of a claim's dataset version.
 *
 * @throws {DatasetMismatchError} if it has other classes than the claim.
 */
export async function readManifest(
  { dataset }: { readonly dataset: { readonly manifestSha256: string; readonly classes: readonly string[] } },
  store: PictureStore,
): Promise<DatasetManifest> {
  const { manifestSha256, classes } = dataset;
  const manifest = parseManifest(Buffer.from(await store.get(manifestSha256)).toString());
  if (JSON.stringify(manifest.classes) !== JSON.stringify(classes)) {
    throw new DatasetMismatchError(
      `The trial has classes ${classes.join(', ')}, the manifest ${manifest.classes.join(', ')}`,
    );
  }
  return manifest;
}

/** Decoded pixels as the network reads them. */
export function examplesOf(loaded: Pick<LoadedSplit, 'pixels' | 'labels'>, image: ImageSpec): Examples {
  return { inputs: normalize(loaded.pixels, image), labels: loaded.labels };
}
