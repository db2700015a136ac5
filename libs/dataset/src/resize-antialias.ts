/**
 * @file Bilinear resampling with antialias on 8-bit pixels, bit for bit as Pillow does it. Mirrors
 * src/libImaging/Resample.c of Pillow 9–12: two passes, horizontal then vertical, an 8-bit picture between them,
 * coefficients in fixed point with 22 bits. sharp's own resize differs from it by a few levels a pixel, which would
 * move the accuracy of weights that were trained with torchvision.
 */
import type { RgbPicture } from './decode-rgb.js';

const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/** For each target position: where its window starts, how wide it is, and the weights in fixed point. */
interface Windows {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** `stride` weights per target position. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Resizes a picture as `PIL.Image.resize((width, height), BILINEAR)` does: the triangle filter widens with the scale
 * when shrinking, and interpolates linearly when growing. An axis that keeps its length is not filtered.
 *
 * @param width Target width, integer >= 1.
 * @param height Target height, integer >= 1.
 * @returns A new picture, or the given one if no axis changes.
 * @throws {RangeError} if a target length is not an integer >= 1.
 */
export function resizeAntialias(picture: RgbPicture, width: number, height: number): RgbPicture {
  for (const [name, length] of [
    ['width', width],
    ['height', height],
  ] as const) {
    if (!Number.isInteger(length) || length < 1) {
      throw new RangeError(`Cannot resize: ${name} is ${length}, must be an integer >= 1`);
    }
  }
  const wide = picture.width === width ? picture : resizeRows(picture, width);
  return wide.height === height ? wide : resizeColumns(wide, height);
}

function triangleWindows(from: number, to: number): Windows {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(to);
  const lengths = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const window = new Float64Array(stride);
  for (let target = 0; target < to; target++) {
    const centre = (target + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const length = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const distance = Math.abs((k + start - centre + 0.5) * (1 / support));
      window[k] = distance < 1 ? 1 - distance : 0;
      sum += window[k];
    }
    for (let k = 0; k < length; k++) {
      const weight = sum === 0 ? window[k] : window[k] / sum;
      weights[target * stride + k] = Math.trunc(0.5 + weight * (1 << precisionBits));
    }
    starts[target] = start;
    lengths[target] = length;
  }
  return { starts, lengths, weights, stride };
}

function resizeRows({ width, height, pixels }: RgbPicture, toWidth: number): RgbPicture {
  const { starts, lengths, weights, stride } = triangleWindows(width, toWidth);
  const resized = new Uint8Array(toWidth * height * 3);
  let target = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width * 3;
    for (let x = 0; x < toWidth; x++) {
      let [red, green, blue] = [half, half, half];
      let source = row + starts[x] * 3;
      const first = x * stride;
      const end = first + lengths[x];
      for (let k = first; k < end; k++, source += 3) {
        const weight = weights[k];
        red += pixels[source] * weight;
        green += pixels[source + 1] * weight;
        blue += pixels[source + 2] * weight;
      }
      resized[target++] = clip8(red);
      resized[target++] = clip8(green);
      resized[target++] = clip8(blue);
    }
  }
  return { width: toWidth, height, pixels: resized };
}

function resizeColumns({ width, height, pixels }: RgbPicture, toHeight: number): RgbPicture {
  const { starts, lengths, weights, stride } = triangleWindows(height, toHeight);
  const rowLength = width * 3;
  const resized = new Uint8Array(rowLength * toHeight);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < toHeight; y++) {
    sums.fill(half);
    for (let k = 0; k < lengths[y]; k++) {
      const weight = weights[y * stride + k];
      const row = (starts[y] + k) * rowLength;
      for (let x = 0; x < rowLength; x++) sums[x] += pixels[row + x] * weight;
    }
    const target = y * rowLength;
    for (let x = 0; x < rowLength; x++) resized[target + x] = clip8(sums[x]);
  }
  return { width, height: toHeight, pixels: resized };
}

/** Weights are >= 0 and sum to 1 within rounding, so only the upper end can be passed; sums stay below 2³¹. */
function clip8(sum: number): number {
  const value = sum >> precisionBits;
  return value > 255 ? 255 : value;
}
