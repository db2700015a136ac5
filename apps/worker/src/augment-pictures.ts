import type { LoadedSplit } from '#dataset/pictures';
import type { ImageSpec, Rng } from '#primitives';
import { movedPixels } from './picture-move.js';

/** Largest shift in either direction, as a part of the side. */
const shiftShare = 0.1;

/**
 * Pictures `from` … `to - 1` of `order`, each turned by a multiple of 90°, perhaps mirrored, shifted with its edge
 * repeated, and normalised: what one round of pretraining reads.
 */
export function augmentPictures(
  { pixels, labels, side }: LoadedSplit,
  order: Int32Array,
  [from, to]: readonly [number, number],
  { mean, std }: Pick<ImageSpec, 'mean' | 'std'>,
  rng: Rng,
): { inputs: Float32Array; labels: Int32Array } {
  const size = side * side * 3;
  const inputs = new Float32Array((to - from) * size);
  const tables = mean.map((m, c) => Float32Array.from({ length: 256 }, (_, value) => (value / 255 - m) / std[c]));
  const reach = Math.round(shiftShare * side);
  const sources = new Int32Array(side * side);
  for (let row = 0; row < to - from; row++) {
    const source = pixels.subarray(order[from + row] * size, (order[from + row] + 1) * size);
    const move = {
      turn: rng.integer(0, 4),
      mirrored: rng.float() < 0.5,
      down: rng.integer(-reach, reach + 1),
      right: rng.integer(-reach, reach + 1),
    };
    movedPixels(move, side, sources);
    for (let pixel = 0; pixel < sources.length; pixel++) {
      const at = 3 * sources[pixel];
      const to = row * size + 3 * pixel;
      inputs[to] = tables[0][source[at]];
      inputs[to + 1] = tables[1][source[at + 1]];
      inputs[to + 2] = tables[2][source[at + 2]];
    }
  }
  return { inputs, labels: Int32Array.from(order.subarray(from, to), (index) => labels[index]) };
}
