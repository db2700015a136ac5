import type { ImageSpec } from '#primitives';
import { decodeRgb, type RgbPicture } from './decode-rgb.js';
import { resizeAntialias } from './resize-antialias.js';

/**
 * Turns the bytes of a picture file into the square a network sees, before normalisation: decoded, short side resized to
 * `spec.resize`, the centre `spec.crop` square cut out.
 *
 * @returns crop × crop × 3 bytes, row-major, channels R, G, B.
 * @throws {UnusablePictureError} if the bytes do not decode.
 * @throws {RangeError} if the spec is out of range.
 */
export async function preprocess(bytes: Uint8Array, spec: ImageSpec): Promise<Uint8Array> {
  checkImageSpec(spec);
  return fitToSpec(await decodeRgb(bytes), spec);
}

/**
 * The part of {@link preprocess} after decoding; equal to torchvision's `Resize(resize)` and `CenterCrop(crop)` on a
 * PIL image: the long side is floor(resize × long / short), the crop starts at half the rest, halves rounded to even.
 *
 * @see torchvision/transforms/functional.py (`_compute_resized_output_size`, `center_crop`) 0.14
 */
export function fitToSpec(picture: RgbPicture, spec: Pick<ImageSpec, 'resize' | 'crop'>): Uint8Array {
  const { resize, crop } = spec;
  const { width, height } = picture;
  const isWide = width >= height;
  const long = isWide ? Math.floor((resize * width) / height) : Math.floor((resize * height) / width);
  const resized = isWide ? resizeAntialias(picture, long, resize) : resizeAntialias(picture, resize, long);
  const left = roundHalfToEven((resized.width - crop) / 2);
  const top = roundHalfToEven((resized.height - crop) / 2);
  const cropped = new Uint8Array(crop * crop * 3);
  for (let y = 0; y < crop; y++) {
    const from = ((top + y) * resized.width + left) * 3;
    cropped.set(resized.pixels.subarray(from, from + crop * 3), y * crop * 3);
  }
  return cropped;
}

/**
 * (value / 255 - mean) / std per channel.
 *
 * @param pixels Any number of pixels, 3 bytes each, R, G, B.
 * @returns As many floats in the same order: NHWC for a batch of pictures.
 * @throws {RangeError} if the length is not a multiple of 3.
 */
export function normalize(pixels: Uint8Array, { mean, std }: Pick<ImageSpec, 'mean' | 'std'>): Float32Array {
  if (pixels.length % 3 !== 0) {
    throw new RangeError(`Cannot normalize: pixels has ${pixels.length} bytes, must be a multiple of 3`);
  }
  const tables = mean.map((m, c) => Float32Array.from({ length: 256 }, (_, value) => (value / 255 - m) / std[c]));
  const [red, green, blue] = tables;
  const values = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    values[i] = red[pixels[i]];
    values[i + 1] = green[pixels[i + 1]];
    values[i + 2] = blue[pixels[i + 2]];
  }
  return values;
}

/** @throws {RangeError} naming the field of the spec that is out of range. */
export function checkImageSpec({ resize, crop, mean, std }: ImageSpec): void {
  if (!Number.isInteger(crop) || crop < 1) {
    throw new RangeError(`Cannot preprocess: crop is ${crop}, must be an integer >= 1`);
  }
  if (!Number.isInteger(resize) || resize < crop) {
    throw new RangeError(`Cannot preprocess: resize is ${resize}, must be an integer >= crop, which is ${crop}`);
  }
  if (![...mean, ...std].every(Number.isFinite) || std.some((value) => value <= 0)) {
    throw new RangeError(`Cannot preprocess: mean is [${mean}] and std is [${std}], must be finite with std > 0`);
  }
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
