import { selectByHypervolume } from '#ranking';

/**
 * Chooses `count` rows of a front that together dominate a large volume, one by one: each next row adds most.
 *
 * @param front n rows of finite losses, none of which dominates another; copies allowed.
 * @param reference A corner that is nowhere better than a row.
 * @returns Indexes in the order of choice, ties to the smaller index. Cost: n · count for two objectives, for more that
 *   of `selectByHypervolume`.
 */
export function selectFront(
  front: readonly (readonly number[])[],
  count: number,
  reference: readonly number[],
): number[] {
  if (reference.length !== 2) return selectByHypervolume(front, count, reference);
  // What a row adds is the rectangle up to its chosen neighbours: only a newly chosen row moves its sides.
  const right = new Float64Array(front.length).fill(reference[0]);
  const top = new Float64Array(front.length).fill(reference[1]);
  const isChosen = new Uint8Array(front.length);
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, front.length)) {
    let best = -1;
    let bestVolume = -1;
    for (let index = 0; index < front.length; index++) {
      if (isChosen[index] === 1) continue;
      const volume = (right[index] - front[index][0]) * (top[index] - front[index][1]);
      if (volume > bestVolume) {
        best = index;
        bestVolume = volume;
      }
    }
    isChosen[best] = 1;
    chosen.push(best);
    const [x, y] = front[best];
    for (let index = 0; index < front.length; index++) {
      if (front[index][0] <= x) right[index] = Math.min(right[index], x);
      if (front[index][0] >= x) top[index] = Math.min(top[index], y);
    }
  }
  return chosen;
}
