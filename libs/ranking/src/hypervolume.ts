import { compareLexicographically, type LossRows, objectiveCount } from './loss-rows.js';
import { paretoFront } from './non-dominated-sort.js';
import { Staircase } from './staircase.js';

/**
 * Volume of the space that the rows dominate, up to the reference point.
 *
 * Rows that are not better than the reference in every loss add nothing, and neither do rows with NaN or copies. No
 * rows give 0. A loss of −Infinity gives Infinity.
 *
 * @param losses n rows of m >= 1 losses, minimized. @param reference m finite losses, the worst corner.
 * @throws {RangeError} if a row or the reference has another length.
 * Cost: O(n log n) comparisons for m <= 3; otherwise exponential in m at worst, in practice fine to some hundred rows of 4.
 * @see While, Bradstreet & Barone 2012, doi:10.1109/TEVC.2010.2077298 (WFG, m >= 4)
 * · Beume et al. 2009, doi:10.1109/TEVC.2009.2015575 (sweep, m = 3)
 */
export function hypervolume(losses: LossRows, reference: readonly number[]): number {
  checkReference(losses, reference);
  const inside = losses.filter((row) => isInside(row, reference));
  return inside.some((row) => row.includes(Number.NEGATIVE_INFINITY))
    ? Number.POSITIVE_INFINITY
    : volumeInside(inside, reference);
}

/**
 * What each row alone adds to the hypervolume: the volume that is lost without it, dominated rows counting again where
 * only it dominated them.
 *
 * @returns n volumes >= 0; 0 for dominated rows, rows with a copy, rows outside the reference and rows with NaN.
 * @throws {RangeError} as `hypervolume`, and if a loss is −Infinity.
 * Cost: O(n log n) for m = 2, otherwise n times that of `hypervolume` (m = 3: O(n² log n)).
 */
export function hypervolumeContributions(losses: LossRows, reference: readonly number[]): Float64Array {
  checkReference(losses, reference);
  checkBounded(losses);
  const contributions = new Float64Array(losses.length);
  const members = paretoFront(losses).filter((index) => isInside(losses[index], reference));
  if (reference.length === 2) return planarContributions(losses, members, reference, contributions);
  for (const index of members) {
    contributions[index] = exclusiveVolume(losses[index], losses.toSpliced(index, 1), reference);
  }
  return contributions;
}

/**
 * Two objectives: the neighbours on the front bound a rectangle that a member dominates alone among the front; from it
 * goes what rows behind the front would still dominate.
 */
function planarContributions(
  losses: LossRows,
  members: number[],
  reference: readonly number[],
  contributions: Float64Array,
): Float64Array {
  members.sort((a, b) => compareLexicographically(losses[a], losses[b]));
  const behind = members.map((): (readonly number[])[] => []);
  const isMember = new Set(members);
  for (const [index, row] of losses.entries()) {
    if (isMember.has(index) || !isInside(row, reference)) continue;
    behind[lastAtMost(losses, members, row[0])].push(row); // no other member can be the only one that dominates it
  }
  for (const [position, index] of members.entries()) {
    const [first, second] = losses[index];
    const corner = [
      losses[members[position + 1]]?.[0] ?? reference[0],
      losses[members[position - 1]]?.[1] ?? reference[1],
    ];
    const rectangle = (corner[0] - first) * (corner[1] - second);
    contributions[index] = Math.max(0, rectangle - hypervolume(behind[position], corner));
  }
  return contributions;
}

/** Position of the last member whose first loss is at most `first`. */
function lastAtMost(losses: LossRows, members: readonly number[], first: number): number {
  let low = 0;
  let high = members.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (losses[members[middle]][0] <= first) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Chooses `count` rows that together dominate a large volume, one by one: each next row is the one that adds most.
 *
 * @returns Indexes in the order of choice, ties to the smaller index; all of them when count >= n. Once nothing adds
 *   volume, the rest is filled by index.
 * @throws {RangeError} as `hypervolume`, and if a loss is −Infinity.
 * Cost: O(n · count · log count) for m = 2; otherwise n · count hypervolumes at worst, far fewer by lazy evaluation.
 * @see Guerreiro, Fonseca & Paquete 2016, doi:10.1162/EVCO_a_00188 (greedy selection, (1 − 1/e) of the best)
 */
export function selectByHypervolume(losses: LossRows, count: number, reference: readonly number[]): number[] {
  checkReference(losses, reference);
  checkBounded(losses);
  const bounds = losses.map((row) => (isInside(row, reference) ? boxVolume(row, reference) : 0));
  const open = new Set(losses.keys());
  const chosen: number[] = [];
  const chosenRows: (readonly number[])[] = [];
  while (chosen.length < count && open.size > 0) {
    let best = -1;
    let bestVolume = -1;
    for (const index of open) {
      // A row adds less the more is chosen, so its earlier figure bounds it from above.
      if (bounds[index] <= bestVolume) continue;
      const volume = bounds[index] > 0 ? exclusiveVolume(losses[index], chosenRows, reference) : 0;
      bounds[index] = volume;
      if (volume > bestVolume) {
        best = index;
        bestVolume = volume;
      }
    }
    open.delete(best);
    chosen.push(best);
    if (bestVolume > 0) chosenRows.push(losses[best]);
  }
  return chosen;
}

function checkReference(losses: LossRows, reference: readonly number[]): void {
  if (losses.length > 0 && objectiveCount(losses) !== reference.length) {
    throw new RangeError(`reference has ${reference.length} values, must have ${objectiveCount(losses)}`);
  }
}

function checkBounded(losses: LossRows): void {
  const index = losses.findIndex((row) => row.includes(Number.NEGATIVE_INFINITY));
  if (index >= 0) throw new RangeError(`losses[${index}] holds -Infinity, must be greater`);
}

function isInside(row: readonly number[], reference: readonly number[]): boolean {
  return row.every((loss, objective) => loss < reference[objective]);
}

/** @param inside Rows better than the reference in every loss. */
function volumeInside(inside: LossRows, reference: readonly number[]): number {
  return reference.length === 3 ? spatialSweep(inside, reference) : volumeOf(nonDominated(inside), reference);
}

/** Three objectives: a plane that moves along the third, with the area that is dominated in it. */
function spatialSweep(inside: LossRows, reference: readonly number[]): number {
  const stairs = new Staircase([reference[0], reference[1]]);
  let volume = 0;
  let reached = 0;
  for (const [first, second, third] of inside.toSorted((a, b) => a[2] - b[2])) {
    if (stairs.area > 0) volume += stairs.area * (third - reached);
    reached = third;
    stairs.insert(first, second);
  }
  return volume + (inside.length === 0 ? 0 : stairs.area * (reference[2] - reached));
}

/** The non-dominated rows, copies once, sorted lexicographically. */
function nonDominated(inside: LossRows): (readonly number[])[] {
  const front = paretoFront(inside).map((index) => inside[index]);
  front.sort(compareLexicographically);
  return front.filter((row, index) => index === 0 || compareLexicographically(front[index - 1], row) !== 0);
}

/** @param front Non-dominated, without copies, sorted lexicographically, inside the reference. */
function volumeOf(front: LossRows, reference: readonly number[]): number {
  if (front.length === 0) return 0;
  if (reference.length <= 2) return sweep(front, reference);
  let volume = 0;
  // From the worst first loss: the limited sets then shrink fastest (While et al. §III).
  for (let index = front.length - 1; index >= 0; index--) {
    volume += exclusiveVolume(front[index], front.slice(0, index), reference);
  }
  return volume;
}

/** Two objectives: a staircase of rectangles, each down from the one before. One objective: the best row. */
function sweep(front: LossRows, reference: readonly number[]): number {
  if (reference.length === 1) return reference[0] - front[0][0];
  let volume = 0;
  let above = reference[1];
  for (const [first, second] of front) {
    volume += (reference[0] - first) * (above - second);
    above = second;
  }
  return volume;
}

/** What `row` dominates and none of `others` does. */
function exclusiveVolume(row: readonly number[], others: LossRows, reference: readonly number[]): number {
  const overlap = others.map((other) => other.map((loss, objective) => Math.max(loss, row[objective])));
  const volume = boxVolume(row, reference);
  return Math.max(
    0,
    volume -
      volumeInside(
        overlap.filter((other) => isInside(other, reference)),
        reference,
      ),
  ); // rounding may fall below 0
}

function boxVolume(row: readonly number[], reference: readonly number[]): number {
  return row.reduce((volume, loss, objective) => volume * (reference[objective] - loss), 1);
}
