/** The figures of some searches, summed up. */
export interface Spread {
  readonly mean: number;
  /** Of the mean; 0 for a single search. */
  readonly standardError: number;
  readonly searches: number;
}

/** @param figures At least one; a NaN makes the mean NaN. */
export function spreadOf(figures: readonly number[]): Spread {
  const searches = figures.length;
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / searches;
  const squares = figures.reduce((sum, figure) => sum + (figure - mean) ** 2, 0);
  return { mean, standardError: searches > 1 ? Math.sqrt(squares / (searches - 1) / searches) : 0, searches };
}

/**
 * How far `a` is ahead of `b`, in standard errors of their difference: the root of the sum of both squared.
 *
 * @param sense Which way a mean is better.
 * @returns ±Infinity where neither varies, 0 where they are equal; NaN counts as the worst there is.
 */
export function lead(a: Spread, b: Spread, sense: 'minimize' | 'maximize'): number {
  if (Number.isNaN(a.mean) || Number.isNaN(b.mean)) {
    if (Number.isNaN(a.mean) && Number.isNaN(b.mean)) return 0;
    return Number.isNaN(a.mean) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const difference = sense === 'maximize' ? a.mean - b.mean : b.mean - a.mean;
  return difference === 0 ? 0 : difference / Math.hypot(a.standardError, b.standardError);
}

/** Whether the first is better than the second; NaN is worse than any number. */
export function isAhead(a: Spread, b: Spread, sense: 'minimize' | 'maximize'): boolean {
  return lead(a, b, sense) > 0;
}
