/**
 * The percentile of the values that are numbers, linearly interpolated between order statistics.
 *
 * @param percentile In [0, 100]. @returns NaN when no value is a number.
 * @see numpy.nanpercentile, method `linear`
 */
export function nanPercentile(values: readonly number[], percentile: number): number {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  if (sorted.length === 0) return Number.NaN;
  const position = ((sorted.length - 1) * percentile) / 100;
  const below = Math.floor(position);
  const low = sorted[below];
  const high = sorted[Math.min(below + 1, sorted.length - 1)];
  // Equal neighbours first: the difference of two infinities is NaN.
  return low === high || position === below ? low : low + (high - low) * (position - below);
}
