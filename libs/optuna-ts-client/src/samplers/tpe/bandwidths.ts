/** How wide the numeric kernels are: by their number (Optuna 3.1 to 4.9, multivariate) or by the gaps around them (5.0). */
export type BandwidthRule = 'sample-size' | 'neighbours';

/** Share of the range that one kernel alone would have under the rule `sample-size`. */
const SAMPLE_SIZE_FACTOR = 0.2;

/**
 * Standard deviations of the kernels at `centres`, between range / min(100, n + 2) and the range ("magic clip").
 *
 * @param centres n observations, unsorted, on the scale of the kernels. @param low Ends of that scale.
 * @param dimensions How many parameters the product kernels have.
 * @see Bergstra et al. 2011; Falkner et al. 2018 (BOHB), arXiv:1807.01774
 * · optuna/samplers/_tpe/parzen_estimator.py, 3.1.0 (`sample-size`) and 5.0.0 (`neighbours`)
 */
export function bandwidths(
  centres: Float64Array,
  low: number,
  high: number,
  dimensions: number,
  rule: BandwidthRule,
): Float64Array {
  const range = high - low;
  const n = centres.length;
  const sigmas =
    rule === 'sample-size'
      ? new Float64Array(n).fill(SAMPLE_SIZE_FACTOR * Math.max(n, 1) ** (-1 / (dimensions + 4)) * range)
      : neighbourGaps(centres, low, high);
  const narrowest = range / Math.min(100, n + 2);
  return sigmas.map((sigma) => Math.min(range, Math.max(narrowest, sigma)));
}

/** The larger of the gaps to both neighbours; ends of the range are neighbours, but not for the outermost of several. */
function neighbourGaps(centres: Float64Array, low: number, high: number): Float64Array {
  const n = centres.length;
  const order = Array.from(centres.keys()).sort((a, b) => centres[a] - centres[b] || a - b);
  const gaps = new Float64Array(n);
  for (let position = 0; position < n; position++) {
    const centre = centres[order[position]];
    const left = position > 0 ? centre - centres[order[position - 1]] : centre - low;
    const right = position < n - 1 ? centres[order[position + 1]] - centre : high - centre;
    const isFirst = position === 0 && n > 1;
    const isLast = position === n - 1 && n > 1;
    gaps[order[position]] = isFirst ? right : isLast ? left : Math.max(left, right);
  }
  return gaps;
}
