import { UnusablePictureError } from './dataset-error.js';
import { describeForeignFormat, sniffPictureFormat } from './picture-format.js';
import { defaultPictureLimits, type PictureLimits } from './picture-limits.js';
import { sharp } from './picture-loaders.js';

/** A decoded picture: 8-bit sRGB. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  /** Length height × width × 3, row-major, channels R, G, B. */
  readonly pixels: Uint8Array;
}

/**
 * Decodes a JPEG, PNG or WebP completely: EXIF orientation applied, an embedded colour profile converted to sRGB,
 * 16 bits reduced to 8, grey and CMYK turned into RGB, transparency laid on white, the first frame of an animation.
 *
 * @param bytes A whole file; its name plays no part.
 * @throws {UnusablePictureError} for anything that is not such a picture, is broken or cut short, has more pixels, is
 * thinner or takes longer than the limits allow. The memory limit is not checked here: it binds the child process.
 */
export async function decodeRgb(
  bytes: Uint8Array,
  limits: Pick<PictureLimits, 'maxPixels' | 'maxAspectRatio' | 'timeoutMs'> = defaultPictureLimits,
): Promise<RgbPicture> {
  if (bytes.length === 0) throw new UnusablePictureError('the file is empty');
  if (sniffPictureFormat(bytes) === undefined) {
    throw new UnusablePictureError(`not a JPEG, PNG or WebP by its first bytes, but ${describeForeignFormat(bytes)}`);
  }
  try {
    const { data, info } = await sharp(bytes, {
      failOn: 'error',
      limitInputPixels: limits.maxPixels,
      limitInputChannels: 5,
      unlimited: false,
      pages: 1,
    })
      .timeout({ seconds: Math.ceil(limits.timeoutMs / 1000) })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new UnusablePictureError(`it decodes to ${info.channels} channels instead of 3`);
    const { width, height } = info;
    if (Math.max(width, height) > limits.maxAspectRatio * Math.min(width, height)) {
      throw new UnusablePictureError(
        `it is ${width} × ${height} pixels, the long side may be at most ${limits.maxAspectRatio} times the short one`,
      );
    }
    return { width, height, pixels: data };
  } catch (error) {
    if (error instanceof UnusablePictureError) throw error;
    throw new UnusablePictureError(reasonOf(error, limits), { cause: error });
  }
}

function reasonOf(error: unknown, limits: Pick<PictureLimits, 'maxPixels' | 'timeoutMs'>): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('exceeds pixel limit')) return `it has more than ${limits.maxPixels} pixels`;
  if (message.startsWith('timeout:')) return `decoding takes longer than ${limits.timeoutMs} ms`;
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return `broken: ${lines.join('; ').slice(0, 200)}`;
}
