/** In place of a rank: behind the front that holds the last of the best rows. */
const BEHIND = -1;

/** The best rows: fronts that belong to them whole, and the front that holds the last of them. */
export interface FirstFronts {
  readonly whole: readonly number[];
  /** Empty where no front is cut. */
  readonly cut: readonly number[];
}

/**
 * Non-dominated sorting that ends with the front in which the `count`-th row lies: a row behind it costs one look.
 *
 * @param rows Row numbers, sorted lexicographically by their losses.
 * @param losses `width` losses of row k from k · width on, smaller is better; ±Infinity allowed, no NaN.
 * @param count >= 1 and at most the number of rows.
 * @returns Rows of each in the given order; copies share a front. Cost: n times log(fronts) for two objectives, times the
 *   size of a front for more.
 * @see Zhang et al. 2015, doi:10.1109/TEVC.2014.2308305 (efficient non-dominated sort)
 */
export function firstFronts(rows: Int32Array, losses: Float64Array, width: number, count: number): FirstFronts {
  const fronts: number[][] = [];
  /** Rows in all fronts. */
  let held = 0;
  let previous = -1;
  let previousRank = BEHIND;
  for (const row of rows) {
    let rank: number;
    if (previous >= 0 && areEqual(losses, width, previous, row)) rank = previousRank;
    else if (held >= count && isDominatedBy(fronts[fronts.length - 1], losses, width, row)) rank = BEHIND;
    else rank = firstFree(fronts, losses, width, row);
    if (rank !== BEHIND) {
      if (rank === fronts.length) fronts.push([]);
      fronts[rank].push(row);
      held++;
      // A front that came to lie behind the count-th row is needed no more.
      while (held - fronts[fronts.length - 1].length >= count) held -= (fronts.pop() as number[]).length;
      if (rank >= fronts.length) rank = BEHIND;
    }
    previous = row;
    previousRank = rank;
  }
  const whole = held === count ? fronts : fronts.slice(0, -1);
  return { whole: whole.flat(), cut: held === count ? [] : fronts[fronts.length - 1] };
}

/** Whoever is dominated in one front is dominated in every front before it, so the search can halve. */
function firstFree(fronts: readonly number[][], losses: Float64Array, width: number, row: number): number {
  let low = 0;
  let high = fronts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isDominatedBy(fronts[middle], losses, width, row)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a member, none of which comes after the row or equals it, is nowhere worse. */
function isDominatedBy(front: readonly number[], losses: Float64Array, width: number, row: number): boolean {
  // In this order the newest member of a front has its smallest second loss.
  const first = width === 2 ? front.length - 1 : 0;
  for (let member = front.length - 1; member >= first; member--) {
    let objective = 1;
    while (objective < width && losses[front[member] * width + objective] <= losses[row * width + objective])
      objective++;
    if (objective === width) return true;
  }
  return false;
}

function areEqual(losses: Float64Array, width: number, a: number, b: number): boolean {
  for (let objective = 0; objective < width; objective++) {
    if (losses[a * width + objective] !== losses[b * width + objective]) return false;
  }
  return true;
}
