/**
 * @file Children of two or three parents, rows of numbers in the unit cube. Mirrors
 * optuna/samplers/nsgaii/_crossovers 5.0.0 with their default parameters, except that UNDX draws with the standard
 * deviations of its paper (there: their squares).
 */
import type { Rng } from '#primitives';

/** The crossovers there are. */
export const crossoverNames = ['uniform', 'blxalpha', 'sbx', 'vsbx', 'spx', 'undx'] as const;
export type CrossoverName = (typeof crossoverNames)[number];

/** What a crossover may depend on besides the parents. */
export interface CrossoverSettings {
  /** Chance of a coordinate to come from the second parent (uniform only). */
  readonly swappingProb: number;
  /** Distribution index of sbx and vsbx: larger keeps children nearer to their parents. */
  readonly eta: number;
}

/** A way to make a child: a row that may lie outside the unit cube. */
export interface Crossover {
  readonly parents: 2 | 3;
  /** @param parents As many rows as `parents`, of equal length, in [0, 1]. */
  readonly cross: (parents: readonly (readonly number[])[], rng: Rng, settings: CrossoverSettings) => number[];
}

const EPSILON = 1e-10;

export const crossovers: Readonly<Record<CrossoverName, Crossover>> = {
  /** Syswerda 1989: each coordinate from one of the two. */
  uniform: {
    parents: 2,
    cross: ([a, b], rng, { swappingProb }) => a.map((x, d) => (rng.float() >= swappingProb ? b[d] : x)),
  },
  /** Eshelman & Schaffer 1993, doi:10.1016/B978-0-08-094832-4.50018-0: uniform in the box of both, half as wide again on each side. */
  blxalpha: {
    parents: 2,
    cross: ([a, b], rng) =>
      a.map((x, d) => {
        const low = Math.min(x, b[d]);
        const high = Math.max(x, b[d]);
        const margin = 0.5 * (high - low);
        return low - margin + rng.float() * (high - low + 2 * margin);
      }),
  },
  /** Deb & Agrawal 1995, Complex Systems 9, 115, with the bounds of the cube: spread as by one-point crossover of bits. */
  sbx: {
    parents: 2,
    cross: ([a, b], rng, { eta }) => {
      const first: number[] = [];
      const second: number[] = [];
      for (const [d, x] of a.entries()) {
        const low = Math.min(x, b[d]);
        const high = Math.max(x, b[d]);
        const gap = Math.max(high - low, EPSILON);
        const u = rng.float();
        first.push(0.5 * (low + high - spread(u, 1 + (2 * low) / gap, eta) * gap));
        second.push(0.5 * (low + high + spread(u, 1 + (2 * (1 - high)) / gap, eta) * gap));
      }
      return mixed(first, second, a, b, rng);
    },
  },
  /** Ballester & Carter 2003, doi:10.1007/3-540-45105-6_86: sbx that leaves out no region. */
  vsbx: {
    parents: 2,
    cross: ([a, b], rng, { eta }) => {
      const power = 1 / (eta + 1);
      const spreads = a.map(() => {
        const u = rng.float();
        return [(1 / Math.max(2 * u, EPSILON)) ** power, (1 / Math.max(2 * (1 - u), EPSILON)) ** power];
      });
      const low = rng.float() <= 0.5;
      const high = rng.float() <= 0.5;
      const first = spreads.map(([s, t], d) =>
        low ? 0.5 * ((1 + s) * a[d] + (1 - t) * b[d]) : 0.5 * ((1 - s) * a[d] + (1 + t) * b[d]),
      );
      const second = spreads.map(([s, t], d) =>
        high ? 0.5 * ((3 - s) * a[d] - (1 - t) * b[d]) : 0.5 * (-(1 - s) * a[d] + (3 - t) * b[d]),
      );
      return mixed(first, second, a, b, rng);
    },
  },
  /** Tsutsui et al. 1999 (GECCO): uniform in the parents' simplex, blown up about its centre. */
  spx: {
    parents: 3,
    cross: (parents, rng) => {
      const expansion = Math.sqrt(parents[0].length + 2);
      const centre = parents[0].map((_, d) => parents.reduce((sum, row) => sum + row[d], 0) / parents.length);
      const corners = parents.map((row) => row.map((x, d) => centre[d] + expansion * (x - centre[d])));
      let offset = centre.map(() => 0);
      for (let k = 1; k < corners.length; k++) {
        const ratio = rng.float() ** (1 / k);
        offset = offset.map((sum, d) => ratio * (corners[k - 1][d] - corners[k][d] + sum));
      }
      return corners[corners.length - 1].map((x, d) => x + offset[d]);
    },
  },
  /** Ono & Kobayashi 1997 (ICGA): normal about the middle of two, along their line, and across it as far as the third. */
  undx: {
    parents: 3,
    cross: ([a, b, c], rng) => {
      const along = a.map((x, d) => x - b[d]);
      const length = Math.max(Math.hypot(...along), EPSILON);
      const unit = along.map((x) => x / length);
      const across = (row: readonly number[]) => {
        const share = row.reduce((sum, x, d) => sum + x * unit[d], 0);
        return row.map((x, d) => x - share * unit[d]);
      };
      const distance = Math.hypot(...across(c.map((x, d) => x - a[d])));
      const xi = 0.5 * rng.normal();
      const noise = across(a.map(() => (0.35 / Math.sqrt(a.length)) * rng.normal()));
      return a.map((x, d) => (x + b[d]) / 2 + xi * along[d] + distance * noise[d]);
    },
  },
};

/** How far apart the children lie, in gaps of the parents; `reach` is how far they could without leaving the cube. */
function spread(u: number, reach: number, eta: number): number {
  const alpha = 2 - reach ** -(eta + 1);
  return (u <= 1 / alpha ? u * alpha : 1 / (2 - u * alpha)) ** (1 / (eta + 1));
}

/** One child of two: half of the coordinates stay a parent's, and which of the two is which is chance. */
function mixed(
  first: readonly number[],
  second: readonly number[],
  a: readonly number[],
  b: readonly number[],
  rng: Rng,
): number[] {
  const coordinates = first.map((x, d) => {
    const pair = rng.float() < 0.5 ? [x, second[d]] : [a[d], b[d]];
    return rng.float() >= 0.5 ? pair : [pair[1], pair[0]];
  });
  const which = rng.float() < 0.5 ? 0 : 1;
  return coordinates.map((pair) => pair[which]);
}
