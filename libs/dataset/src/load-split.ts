import { createHash } from 'node:crypto';
import type { ImageSpec } from '#primitives';
import type { BlobSource } from './blob-port.js';
import { BlobMismatchError, PictureLoadError } from './dataset-error.js';
import { type DatasetImage, type DatasetManifest, type Split, versionHash } from './dataset-manifest.js';
import { decoderVersion, PixelCache } from './pixel-cache.js';
import { checkImageSpec, preprocess } from './preprocess.js';

/** One split, decoded: what a network is trained or evaluated with. */
export interface LoadedSplit {
  /** n × side × side × 3 bytes, row-major, R, G, B; `normalize` makes floats of a batch of them. */
  readonly pixels: Uint8Array;
  /** n labels, indexes into the classes. */
  readonly labels: Int32Array;
  /** n names; for a data set the paths of the images. */
  readonly ids: readonly string[];
  /** Height and width of every picture, pixels. */
  readonly side: number;
}

/** How `loadSplit` works. */
export interface LoadSplitOptions {
  /** Absolute path of the folder for decoded pixels. @default no cache */
  readonly cacheFolder?: string;
  /** Pictures decoded at a time at most, integer >= 1. @default {4} */
  readonly concurrency?: number;
  /** Called after every picture; once with (n, n) when the cache answered. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Pixels of the pictures that are decoded at a time: four of 25 megapixels, or one of 64. */
const mostPixelsAtOnce = 100_000_000;

/** The most bytes one split may take decoded: what one Uint8Array holds in every supported Node. */
const maxPixelBytes = 2 ** 32 - 1;

/**
 * Decodes a split of a data set version, in the order of the manifest, or takes the pixels from the cache. Every blob is
 * checked against the manifest's hash before it is decoded.
 *
 * Decodes in the process that calls it: call it only from a process that may die of a hostile picture, such as the child
 * process of a trial, never from a server.
 *
 * @throws {BlobMismatchError} if a blob's bytes are not the ones the manifest names.
 * @throws {PictureLoadError} naming the image whose bytes cannot be read or no longer decode.
 * @throws {RangeError} if the spec is out of range or the split does not fit in memory decoded.
 */
export async function loadSplit(
  manifest: DatasetManifest,
  split: Split,
  spec: ImageSpec,
  blobs: BlobSource,
  options: LoadSplitOptions = {},
): Promise<LoadedSplit> {
  checkImageSpec(spec);
  const images = manifest.images.filter((image) => image.split === split);
  const side = spec.crop;
  const size = images.length * side * side * 3;
  if (size > maxPixelBytes) {
    throw new RangeError(
      `Cannot load ${split}: ${images.length} images of ${side} × ${side} take ${size} bytes, the limit is ${maxPixelBytes}`,
    );
  }
  options.signal?.throwIfAborted();
  const pixels = new Uint8Array(size);
  const cache = options.cacheFolder === undefined ? undefined : new PixelCache(options.cacheFolder);
  const key = pixelKey(manifest, split, spec);
  if (images.length > 0 && (await cache?.read(key, pixels))) options.onProgress?.(images.length, images.length);
  else {
    await decodeAll(images, spec, blobs, pixels, options);
    // A disk that is full or may not be written costs the next trial its decoding, not this one its result.
    if (images.length > 0) await cache?.write(key, pixels).catch(() => undefined);
  }
  return {
    pixels,
    labels: Int32Array.from(images, ({ classIndex }) => classIndex),
    ids: images.map(({ path }) => path),
    side,
  };
}

/** Mean and std are applied afterwards, so they are no part of the key. */
function pixelKey(manifest: DatasetManifest, split: Split, { resize, crop }: ImageSpec): string {
  const content = JSON.stringify([decoderVersion, versionHash(manifest), split, resize, crop]);
  return createHash('sha256').update(content).digest('hex');
}

async function decodeAll(
  images: readonly DatasetImage[],
  spec: ImageSpec,
  blobs: BlobSource,
  pixels: Uint8Array,
  { concurrency = 4, onProgress, signal }: LoadSplitOptions,
): Promise<void> {
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`Cannot load a split: concurrency is ${concurrency}, must be an integer >= 1`);
  }
  const stride = spec.crop * spec.crop * 3;
  let next = 0;
  let done = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < images.length && !failed) {
      const index = next++;
      signal?.throwIfAborted();
      pixels.set(await loadImage(images[index], spec, blobs), index * stride);
      onProgress?.(++done, images.length);
    }
  };
  // Pictures that are decoded at a time hold eight bytes a pixel: few of the largest, as many as asked of all others.
  const largest = images.reduce((most, { width, height }) => Math.max(most, width * height), 1);
  const atOnce = Math.max(1, Math.min(concurrency, Math.floor(mostPixelsAtOnce / largest)));
  const lanes = Array.from({ length: atOnce }, () =>
    lane().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  await Promise.all(lanes);
}

async function loadImage({ path, sha256 }: DatasetImage, spec: ImageSpec, blobs: BlobSource): Promise<Uint8Array> {
  try {
    const bytes = await blobs.get(sha256);
    const actual = createHash('sha256').update(bytes).digest('hex');
    if (actual !== sha256) throw new BlobMismatchError(path, sha256, actual);
    return await preprocess(bytes, spec);
  } catch (error) {
    throw error instanceof BlobMismatchError ? error : new PictureLoadError(path, error);
  }
}
