import type { DatasetManifest } from '#dataset';
import type { Clock, ImageSpec } from '#primitives';
import { decodePictures, type PictureStore, preparedBytes, readManifest, type TrialPictures } from './load-pictures.js';
import type { WarmCache } from './warm-cache.js';

type Claim = Parameters<typeof readManifest>[0];

/** The manifest of a claim's dataset version, read and checked once. @throws as `readManifest`. */
export function keepManifest(claim: Claim, store: PictureStore, warm: WarmCache): Promise<DatasetManifest> {
  const { manifestSha256, classes } = claim.dataset;
  return warm.get(['manifest', manifestSha256, classes], async () => {
    const manifest = await readManifest(claim, store);
    // About what an image's entry takes.
    return { value: manifest, bytes: 500 * manifest.images.length };
  });
}

/**
 * What `loadPictures` gives, without decoding what an earlier trial of the process decoded. Room is made for the pictures
 * first: they are the largest of all that is kept.
 *
 * @throws as `loadPictures`.
 */
export async function keepPictures(
  claim: Claim,
  image: ImageSpec,
  tools: {
    readonly store: PictureStore;
    readonly cacheFolder: string;
    readonly clock: Clock;
    readonly warm: WarmCache;
  },
): Promise<TrialPictures> {
  const { warm, clock } = tools;
  const started = clock.monotonicMs();
  const manifest = await keepManifest(claim, tools.store, warm);
  const { manifestSha256, classes } = claim.dataset;
  const pictures = await warm.get(['pictures', manifestSha256, classes, image], async () => {
    await warm.makeRoom(preparedBytes(manifest, image));
    const value = await decodePictures(manifest, image, tools);
    return { value, bytes: value.train.inputs.byteLength + value.validation.inputs.byteLength };
  });
  return { ...pictures, decodeSeconds: (clock.monotonicMs() - started) / 1000 };
}
