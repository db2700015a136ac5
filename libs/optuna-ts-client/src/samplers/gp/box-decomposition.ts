/** Boxes that share no volume, m losses each: from `lower` (−Infinity allowed) to `upper`. */
export interface Box {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/**
 * Cuts what no row dominates, up to the reference, into boxes: what a new row could add to the hypervolume is the sum of
 * its share of each box. One loss gives the single box below the best.
 *
 * @param losses Rows of m >= 1 finite losses, minimized; dominated ones and those beyond the reference change nothing.
 * @param reference The worst corner, m finite losses or, for one loss, Infinity.
 * @returns At most n + 1 boxes for two losses, about 2n for three.
 * Cost: O(n²) for two losses, O(n³) for three, rising by n with each loss.
 * @see Lacour, Klamroth & Fonseca 2017, doi:10.1016/j.cor.2016.06.021 (what such boxes are for; here a plain sweep)
 */
export function nonDominatedBoxes(losses: readonly (readonly number[])[], reference: readonly number[]): Box[] {
  const last = reference.length - 1;
  const inside = losses.filter((row) => row.every((loss, objective) => loss < reference[objective]));
  if (last === 0) {
    const best = inside.reduce((least, [loss]) => Math.min(least, loss), reference[0]);
    return [{ lower: [Number.NEGATIVE_INFINITY], upper: [best] }];
  }
  // Sweeps up the last loss. Between two of its values the rows below matter, by their other losses; a box that is the
  // same in the next slice grows instead of ending.
  const sorted = inside.toSorted((a, b) => a[last] - b[last]);
  const levels = [...new Set(sorted.map((row) => row[last]))];
  const boxes: Box[] = [];
  let open = new Map<string, { box: Box; from: number }>();
  let below = 0;
  const rest = reference.slice(0, last);
  for (let slice = 0; slice <= levels.length; slice++) {
    const from = slice === 0 ? Number.NEGATIVE_INFINITY : levels[slice - 1];
    while (below < sorted.length && sorted[below][last] <= from) below++;
    const next = new Map<string, { box: Box; from: number }>();
    const projected = sorted.slice(0, below).map((row) => row.slice(0, last));
    for (const box of nonDominatedBoxes(projected, rest)) {
      const key = `${box.lower} ${box.upper}`;
      next.set(key, open.get(key) ?? { box, from });
    }
    for (const [key, { box, from: start }] of open) {
      if (!next.has(key)) boxes.push({ lower: [...box.lower, start], upper: [...box.upper, from] });
    }
    open = next;
  }
  for (const { box, from } of open.values()) {
    boxes.push({ lower: [...box.lower, from], upper: [...box.upper, reference[last]] });
  }
  return boxes;
}
