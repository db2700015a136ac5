import { dominates } from './dominance.js';
import { compareLexicographically, hasNaN, type LossRows, objectiveCount } from './loss-rows.js';
import { Staircase } from './staircase.js';

/**
 * Ranks rows by constrained non-dominated sorting; rank 0 is the Pareto front.
 *
 * Feasible rows come first, layer by layer; then the infeasible ones by rising violation, whatever their losses.
 *
 * @param losses n rows of m losses, minimized.
 * @param violations n sums of constraint excess, >= 0; 0 means feasible. Absent: all feasible.
 * @returns n ranks without gaps. Equal feasible rows share a rank, and so do equal violations. Rows with NaN, in a loss
 *   or the violation, share the last rank. No rows give no ranks.
 * @throws {RangeError} if the rows differ in length, or the number of violations is not n.
 * Cost: O(n log n) for m <= 2, otherwise O(m n²) at worst, with binary search over the layers.
 * @see Deb et al. 2002, doi:10.1109/4235.996017 (constrained domination)
 * · Zhang et al. 2015, doi:10.1109/TEVC.2014.2308305 (efficient non-dominated sort)
 */
export function nonDominatedSort(losses: LossRows, violations?: readonly number[]): Int32Array {
  const objectives = objectiveCount(losses);
  if (violations !== undefined && violations.length !== losses.length) {
    throw new RangeError(`violations has ${violations.length} values, must have one for each of ${losses.length} rows`);
  }
  const ranks = new Int32Array(losses.length);
  const feasible: number[] = [];
  const infeasible: number[] = [];
  const unknown: number[] = [];
  for (const [index, row] of losses.entries()) {
    const violation = violations?.[index] ?? 0;
    if (Number.isNaN(violation) || hasNaN(row)) unknown.push(index);
    else if (violation > 0) infeasible.push(index);
    else feasible.push(index);
  }

  let next = rankLayers(losses, feasible, objectives, ranks);
  infeasible.sort((a, b) => compareLexicographically([violations![a]], [violations![b]]));
  for (const [position, index] of infeasible.entries()) {
    if (position > 0 && violations![index] !== violations![infeasible[position - 1]]) next++;
    ranks[index] = next;
  }
  if (infeasible.length > 0) next++;
  for (const index of unknown) ranks[index] = next;
  return ranks;
}

/**
 * The feasible rows that no feasible row dominates.
 *
 * @returns Indexes in rising order, all copies of equal rows among them. Empty when no row is feasible; rows with NaN
 *   are never on the front.
 * @throws {RangeError} as `nonDominatedSort`. Cost: O(n log n) comparisons for m <= 3, otherwise O(m n²) at worst.
 */
export function paretoFront(losses: LossRows, violations?: readonly number[]): number[] {
  const objectives = objectiveCount(losses);
  const feasible: number[] = [];
  for (const [index, row] of losses.entries()) {
    if ((violations === undefined || violations[index] <= 0) && !hasNaN(row)) feasible.push(index);
  }
  if (objectives === 0) return feasible;
  feasible.sort((a, b) => compareLexicographically(losses[a], losses[b]));
  if (objectives === 3) return spatialFront(losses, feasible);
  const front: number[] = [];
  for (const index of feasible) {
    // In this order nothing is dominated by a row that comes later, and with two objectives the last member decides.
    const members = objectives <= 2 ? front.slice(-1) : front;
    if (!members.some((member) => dominates(losses[member], losses[index]))) front.push(index);
  }
  return front.sort((a, b) => a - b);
}

/** Three objectives, sorted by the first: who is dominated is so in the plane of the other two by a row before it. */
function spatialFront(losses: LossRows, sorted: readonly number[]): number[] {
  const stairs = new Staircase([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  const front: number[] = [];
  for (const [position, index] of sorted.entries()) {
    const row = losses[index];
    const previous = sorted[position - 1];
    const isCopy = previous !== undefined && compareLexicographically(losses[previous], row) === 0;
    if (isCopy ? front.at(-1) === previous : !stairs.covers(row[1], row[2])) front.push(index);
    stairs.insert(row[1], row[2]);
  }
  return front.sort((a, b) => a - b);
}

/** Writes the layers of `rows` into `ranks`, from 0; returns the number of layers. */
function rankLayers(losses: LossRows, rows: number[], objectives: number, ranks: Int32Array): number {
  if (rows.length === 0) return 0;
  rows.sort((a, b) => compareLexicographically(losses[a], losses[b]));
  const layers: number[][] = [];
  let previous: number | undefined;
  for (const index of rows) {
    if (previous !== undefined && compareLexicographically(losses[previous], losses[index]) === 0) {
      ranks[index] = ranks[previous]; // copies would dominate nothing and only slow the search down
      continue;
    }
    const rank = firstFreeLayer(losses, layers, index, objectives);
    ranks[index] = rank;
    if (rank === layers.length) layers.push([index]);
    else layers[rank].push(index);
    previous = index;
  }
  return layers.length;
}

/**
 * The first layer without a member that dominates the row. Whoever is dominated in layer k is dominated in every layer
 * before it, so the search can halve.
 */
function firstFreeLayer(losses: LossRows, layers: readonly number[][], index: number, objectives: number): number {
  let low = 0;
  let high = layers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layerDominates(losses, layers[middle], losses[index], objectives)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function layerDominates(
  losses: LossRows,
  layer: readonly number[],
  row: readonly number[],
  objectives: number,
): boolean {
  // With two objectives, sorted by the first, the newest member of a layer has its smallest second loss.
  if (objectives <= 2) return dominates(losses[layer[layer.length - 1]], row);
  for (let member = layer.length - 1; member >= 0; member--) {
    if (dominates(losses[layer[member]], row)) return true;
  }
  return false;
}
