import { ndtr } from '../numerics/normal-distribution.js';

/** Which way the differences lie if the hypothesis that they are symmetric about 0 is wrong. */
export type Alternative = 'less' | 'greater';

/**
 * The p-value of Wilcoxon's signed-rank test; zeros give half of their rank to either side (`zsplit`).
 *
 * Exact up to 50 differences without ties and zeros and up to 13 with them; the normal approximation with its correction
 * for ties, and none for continuity, beyond. NaN without differences, or where one of them is NaN.
 *
 * @see scipy.stats.wilcoxon(zero_method='zsplit'), 1.17; Wilcoxon 1945, doi:10.2307/3001968
 */
export function wilcoxonSignedRank(differences: readonly number[], alternative: Alternative): number {
  const count = differences.length;
  if (count === 0 || differences.some(Number.isNaN)) return Number.NaN;
  // The other tail is this one of the mirrored differences.
  const signed = alternative === 'greater' ? differences : differences.map((difference) => -difference);
  const { doubledRanks, tieSizes } = rank(signed.map(Math.abs));
  let doubledSum = 0; // of the positive ranks, and half of those of zeros
  for (const [index, difference] of signed.entries()) {
    if (difference > 0) doubledSum += doubledRanks[index];
    else if (difference === 0) doubledSum += doubledRanks[index] / 2;
  }
  const zeros = signed.filter((difference) => difference === 0).length;
  const hasTies = tieSizes.some((size) => size > 1);
  if (hasTies || zeros > 0 ? count <= 13 : count <= 50) {
    const free = doubledRanks.filter((_, index) => signed[index] !== 0);
    const fixed = doubledRanks.reduce((sum, doubled, index) => sum + (signed[index] === 0 ? doubled / 2 : 0), 0);
    return shareOfSumsFrom(free, doubledSum - fixed);
  }
  const tieCorrection = tieSizes.reduce((sum, size) => sum + size ** 3 - size, 0) / 2;
  const deviation = Math.sqrt((count * (count + 1) * (2 * count + 1) - tieCorrection) / 24);
  return ndtr(-(doubledSum / 2 - (count * (count + 1)) / 4) / deviation);
}

/** Twice the average rank of each value (an integer), and how many values share each rank. */
function rank(values: readonly number[]): { doubledRanks: number[]; tieSizes: number[] } {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  const doubledRanks = new Array<number>(values.length);
  const tieSizes: number[] = [];
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let position = start; position < end; position++) doubledRanks[order[position]] = start + end + 1;
    tieSizes.push(end - start);
    start = end;
  }
  return { doubledRanks, tieSizes };
}

/** Of all ways to give each rank a sign, the share in which the positive ranks sum to at least `from`. */
function shareOfSumsFrom(doubledRanks: readonly number[], from: number): number {
  const total = doubledRanks.reduce((sum, doubled) => sum + doubled, 0);
  let share = new Float64Array(total + 1);
  share[0] = 1;
  for (const doubled of doubledRanks) {
    const next = new Float64Array(total + 1);
    for (let sum = 0; sum <= total; sum++) {
      next[sum] = (share[sum] + (sum >= doubled ? share[sum - doubled] : 0)) / 2;
    }
    share = next;
  }
  let tail = 0;
  for (let sum = total; sum >= Math.max(0, from); sum--) tail += share[sum];
  return Math.min(1, tail);
}
