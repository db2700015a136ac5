import { compareLexicographically, type LossRows } from './loss-rows.js';
import { paretoFront } from './non-dominated-sort.js';
import type { Interval } from './wilson-interval.js';

/** A member of the front at its place in the ranking. */
export interface RankedRow {
  /** Index of the row as it was given. */
  readonly index: number;
  /** 0 for the first place; no two rows share one. */
  readonly place: number;
  /** 0, 1, … Rows of one group cannot be told apart by the first objective. */
  readonly tieGroup: number;
}

/** What is known besides the losses. */
export interface RankFrontOptions {
  /** n sums of constraint excess; 0 means feasible. @default all feasible */
  readonly violations?: readonly number[];
  /** n intervals around the first loss, in its unit; null where it is exact. @default all exact */
  readonly intervals?: readonly (Interval | null)[];
}

/**
 * Orders the feasible Pareto front as a person should read it, best first.
 *
 * 1. Only feasible rows that no feasible row dominates; none feasible gives an empty list.
 * 2. By the first loss, in tie groups: the smallest loss left leads a group and takes with it every row whose first
 *    loss is not distinguishable from the leader's. With exact losses a group is one value.
 * 3. Within a group the first objective has no say: by the second loss, then the third, and so on; after those by the
 *    first, then by index.
 *
 * So the objectives stand in the order of their importance, and of the models that are as accurate as the most accurate
 * one, as far as the images can tell, the fastest is on top.
 *
 * @returns One entry per front member. Rows with NaN are left out.
 * @throws {RangeError} if rows differ in length, or violations or intervals are not n. Cost: that of `paretoFront`.
 */
export function rankFront(losses: LossRows, { violations, intervals }: RankFrontOptions = {}): RankedRow[] {
  for (const [name, list] of Object.entries({ violations, intervals })) {
    if (list !== undefined && list.length !== losses.length) {
      throw new RangeError(`${name} has ${list.length} values, must have one for each of ${losses.length} rows`);
    }
  }
  let open = paretoFront(losses, violations).sort((a, b) => compareLexicographically(losses[a], losses[b]) || a - b);
  const ranked: RankedRow[] = [];
  for (let tieGroup = 0; open.length > 0; tieGroup++) {
    const leader = open[0];
    const isTied = (index: number) =>
      !isDistinguishable(losses[leader][0], intervals?.[leader] ?? null, losses[index][0], intervals?.[index] ?? null);
    const group = open.filter((index) => index === leader || isTied(index));
    open = open.filter((index) => !group.includes(index));
    group.sort(
      (a, b) =>
        compareLexicographically(losses[a].slice(1), losses[b].slice(1)) || losses[a][0] - losses[b][0] || a - b,
    );
    for (const index of group) ranked.push({ index, place: ranked.length, tieGroup });
  }
  return ranked;
}

/**
 * Whether two measured losses differ by more than chance explains: the interval of their difference, made of the two
 * intervals, leaves out 0.
 *
 * Sharper than asking whether the intervals overlap (at 95 % that would test at about 99.4 %), and still careful for two
 * models measured on the same images, whose errors go together.
 *
 * @param smaller A loss, at most `larger`. @param itsInterval null when exact.
 * @see Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10
 */
export function isDistinguishable(
  smaller: number,
  itsInterval: Interval | null,
  larger: number,
  otherInterval: Interval | null,
): boolean {
  const up = itsInterval === null ? 0 : itsInterval.high - smaller;
  const down = otherInterval === null ? 0 : larger - otherInterval.low;
  return larger - smaller > Math.hypot(up, down);
}
