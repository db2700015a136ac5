import { join } from 'node:path';
import { type DatasetManifest, parseManifest, type Split } from '#dataset';
import { type LoadedSplit, loadSplit, normalize } from '#dataset/pictures';
import { type Clock, DomainError, type ImageSpec } from '#primitives';

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

/**
 * Decodes the training and validation pictures of a claim's dataset version; decoded pixels are kept in the cache folder.
 *
 * @throws {DatasetMismatchError} if the stored manifest has other classes than the claim, or a split is empty.
 */
export async function loadPictures(
  claim: { readonly dataset: { readonly manifestSha256: string; readonly classes: readonly string[] } },
  image: ImageSpec,
  tools: { readonly store: PictureStore; readonly cacheFolder: string; readonly clock: Clock },
): Promise<TrialPictures> {
  const started = tools.clock.monotonicMs();
  const { manifestSha256, classes } = claim.dataset;
  const manifest = parseManifest(Buffer.from(await tools.store.get(manifestSha256)).toString());
  if (JSON.stringify(manifest.classes) !== JSON.stringify(classes)) {
    throw new DatasetMismatchError(
      `The trial has classes ${classes.join(', ')}, the manifest ${manifest.classes.join(', ')}`,
    );
  }
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

/** Decoded pixels as the network reads them. */
export function examplesOf(loaded: Pick<LoadedSplit, 'pixels' | 'labels'>, image: ImageSpec): Examples {
  return { inputs: normalize(loaded.pixels, image), labels: loaded.labels };
}
