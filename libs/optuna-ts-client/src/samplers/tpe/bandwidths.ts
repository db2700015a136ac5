/** How wide the numeric kernels are: by their number (Optuna 3.1 to 4.9, multivariate) or by the gaps around them (5.0). */
export type BandwidthRule = 'sample-size' | 'neighbours';

/** Share of the range that one kernel alone would have under the rule `sample-size`. */
const SAMPLE_SIZE_FACTOR = 0.2;

/**
 * Standard deviations of the kernels at `centres`, between range / min(100, n + 2) and the range ("magic clip").
 *
 * @param centres n observations, unsorted, on the scale of the kernels; NaN where there is none.
 * @param low Ends of that scale.
 * @param dimensions How many parameters the product kernels have.
 * @param order The rows of all observations, by rising centre, equal ones by row; sorted here where it is absent.
 * @returns n + 1 widths: those of the observations, without meaning where there is none, and the range for the prior.
 * @see Bergstra et al. 2011; Falkner et al. 2018 (BOHB), arXiv:1807.01774
 * · optuna/samplers/_tpe/parzen_estimator.py, 3.1.0 (`sample-size`) and 5.0.0 (`neighbours`)
 */
export function bandwidths(
  centres: Float64Array,
  low: number,
  high: number,
  dimensions: number,
  rule: BandwidthRule,
  order?: Int32Array,
): Float64Array {
  const range = high - low;
  const n = centres.length;
  const narrowest = range / Math.min(100, n + 2);
  const clip = (sigma: number) => Math.min(range, Math.max(narrowest, sigma));
  if (rule === 'sample-size') {
    const sigmas = new Float64Array(n + 1);
    sigmas.fill(clip(SAMPLE_SIZE_FACTOR * Math.max(n, 1) ** (-1 / (dimensions + 4)) * range));
    sigmas[n] = range;
    return sigmas;
  }
  const sigmas = neighbourGaps(centres, low, high, order ?? sortedRows(centres));
  for (let row = 0; row < n; row++) sigmas[row] = clip(sigmas[row]);
  sigmas[n] = range;
  return sigmas;
}

function sortedRows(centres: Float64Array): Int32Array {
  const rows = Int32Array.from(centres.keys()).filter((row) => !Number.isNaN(centres[row]));
  return rows.sort((a, b) => centres[a] - centres[b] || a - b);
}

/**
 * The larger of the gaps to both neighbours; ends of the range are neighbours, but not for the outermost of several.
 *
 * @returns One for each of n centres, and room for one more.
 */
function neighbourGaps(centres: Float64Array, low: number, high: number, order: Int32Array): Float64Array {
  const last = order.length - 1;
  const gaps = new Float64Array(centres.length + 1);
  for (let position = 0; position <= last; position++) {
    const centre = centres[order[position]];
    const left = position > 0 ? centre - centres[order[position - 1]] : centre - low;
    const right = position < last ? centres[order[position + 1]] - centre : high - centre;
    const isFirst = position === 0 && last > 0;
    const isLast = position === last && last > 0;
    gaps[order[position]] = isFirst ? right : isLast ? left : Math.max(left, right);
  }
  return gaps;
}
