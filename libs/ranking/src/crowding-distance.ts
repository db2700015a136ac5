import { hasNaN, type LossRows, objectiveCount } from './loss-rows.js';

/**
 * How alone each row is among the rows: the sum over objectives of the gap between its neighbours, each objective
 * scaled to the range of the rows.
 *
 * @param losses Rows of one layer, minimized.
 * @returns n distances >= 0. The best and worst row of an objective have Infinity (of several, the one with the
 *   smallest and the largest index); an objective in which all rows are equal adds nothing. Rows with NaN have 0 and
 *   are nobody's neighbours. An infinite loss makes its range infinite: that objective then adds nothing inside.
 * @throws {RangeError} if the rows differ in length. Cost: O(m n log n).
 * @see Deb et al. 2002, doi:10.1109/4235.996017 §III-B
 */
export function crowdingDistance(losses: LossRows): Float64Array {
  const objectives = objectiveCount(losses);
  const distances = new Float64Array(losses.length);
  const rows = [...losses.keys()].filter((index) => !hasNaN(losses[index]));
  for (let objective = 0; objective < objectives; objective++) {
    rows.sort((a, b) =>
      losses[a][objective] < losses[b][objective] ? -1 : losses[a][objective] > losses[b][objective] ? 1 : a - b,
    );
    const low = losses[rows[0]]?.[objective];
    const high = losses[rows[rows.length - 1]]?.[objective];
    if (!(high > low)) continue;
    distances[rows[0]] = Number.POSITIVE_INFINITY;
    distances[rows[rows.length - 1]] = Number.POSITIVE_INFINITY;
    if (high - low === Number.POSITIVE_INFINITY) continue;
    for (let position = 1; position < rows.length - 1; position++) {
      const gap = losses[rows[position + 1]][objective] - losses[rows[position - 1]][objective];
      distances[rows[position]] += gap / (high - low);
    }
  }
  return distances;
}
