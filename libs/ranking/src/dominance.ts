/**
 * Whether `a` is at least as good as `b` everywhere and better somewhere.
 *
 * Equal rows do not dominate each other. A row with NaN dominates nothing and is dominated by nothing.
 *
 * @param a m losses, minimized. @param b m losses. Cost: O(m).
 */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  let better = false;
  for (let objective = 0; objective < a.length; objective++) {
    if (!(a[objective] <= b[objective])) return false;
    if (a[objective] < b[objective]) better = true;
  }
  return better;
}
