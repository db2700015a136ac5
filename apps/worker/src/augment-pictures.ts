import type { LoadedSplit } from '#dataset/pictures';
import type { ImageSpec, Rng } from '#primitives';

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
  for (let row = 0; row < to - from; row++) {
    const source = pixels.subarray(order[from + row] * size, (order[from + row] + 1) * size);
    const target = inputs.subarray(row * size, (row + 1) * size);
    const move: Move = {
      turn: rng.integer(0, 4),
      mirrored: rng.float() < 0.5,
      down: rng.integer(-reach, reach + 1),
      right: rng.integer(-reach, reach + 1),
    };
    moved(source, target, side, move, tables);
  }
  return { inputs, labels: Int32Array.from(order.subarray(from, to), (index) => labels[index]) };
}

interface Move {
  /** Quarters of a turn. */
  readonly turn: number;
  readonly mirrored: boolean;
  /** Pixels. */
  readonly down: number;
  readonly right: number;
}

function moved(
  source: Uint8Array,
  target: Float32Array,
  side: number,
  move: Move,
  tables: readonly Float32Array[],
): void {
  const last = side - 1;
  const clamped = (at: number) => Math.min(last, Math.max(0, at));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let [v, u] = [clamped(y + move.down), clamped(x + move.right)];
      if (move.mirrored) u = last - u;
      if (move.turn & 1) [v, u] = [u, last - v];
      if (move.turn & 2) [v, u] = [last - v, last - u];
      const at = (v * side + u) * 3;
      const to = (y * side + x) * 3;
      target[to] = tables[0][source[at]];
      target[to + 1] = tables[1][source[at + 1]];
      target[to + 2] = tables[2][source[at + 2]];
    }
  }
}
