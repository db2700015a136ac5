import { logNdtr } from '../../numerics/normal-distribution.js';
import type { Box } from './box-decomposition.js';
import { logPdf, logStandardImprovement } from './log-expected-improvement.js';

/**
 * The logarithm of the hypervolume that a point is expected to add, for losses that are normal and independent: exact
 * for any number of losses, as every box contributes a product of one-dimensional expectations. With one loss it is the
 * logarithm of the expected improvement.
 *
 * @see Emmerich, Yang & Deutz 2020, doi:10.1007/978-3-030-18764-4_3 (closed form) · Ament et al. 2023, arXiv:2310.20708
 */
export class ExpectedHypervolumeImprovement {
  readonly #objectives: number;
  readonly #boxCount: number;
  /** Per loss: the different bounds of all boxes. */
  readonly #bounds: readonly Float64Array[];
  /** Box × loss: where its bounds stand among them; −1 for −Infinity. */
  readonly #lower: Int32Array;
  readonly #upper: Int32Array;
  readonly #tables: readonly { improvement: Float64Array; below: Float64Array; density: Float64Array }[];
  readonly #logs: Float64Array;
  readonly #sums: Float64Array;

  /** @param boxes At least one, from `nonDominatedBoxes`. */
  constructor(boxes: readonly Box[]) {
    const objectives = boxes[0].lower.length;
    this.#objectives = objectives;
    this.#boxCount = boxes.length;
    this.#lower = new Int32Array(boxes.length * objectives);
    this.#upper = new Int32Array(boxes.length * objectives);
    this.#bounds = Array.from({ length: objectives }, (_, objective) => {
      const distinct = new Set(boxes.flatMap(({ lower, upper }) => [lower[objective], upper[objective]]));
      distinct.delete(Number.NEGATIVE_INFINITY);
      return Float64Array.from(distinct).sort();
    });
    for (const [objective, bounds] of this.#bounds.entries()) {
      const places = new Map([...bounds].map((bound, place) => [bound, place]));
      for (const [index, { lower, upper }] of boxes.entries()) {
        this.#lower[index * objectives + objective] = places.get(lower[objective]) ?? -1;
        this.#upper[index * objectives + objective] = places.get(upper[objective])!;
      }
    }
    this.#tables = this.#bounds.map(({ length }) => ({
      improvement: new Float64Array(length),
      below: new Float64Array(length),
      density: new Float64Array(length),
    }));
    this.#logs = new Float64Array(boxes.length * objectives);
    this.#sums = new Float64Array(boxes.length);
  }

  /**
   * @param means m means of the losses. @param deviations m standard deviations, > 0.
   * @param meanGradient Is given the m derivatives by the means. @param deviationGradient Likewise.
   */
  evaluate(
    means: Float64Array,
    deviations: Float64Array,
    meanGradient?: Float64Array,
    deviationGradient?: Float64Array,
  ): number {
    const m = this.#objectives;
    const withGradient = meanGradient !== undefined && deviationGradient !== undefined;
    for (let objective = 0; objective < m; objective++) this.#tabulate(objective, means, deviations, withGradient);
    let largest = Number.NEGATIVE_INFINITY;
    for (let box = 0; box < this.#boxCount; box++) {
      let sum = 0;
      for (let objective = 0; objective < m; objective++) {
        const at = box * m + objective;
        const { improvement } = this.#tables[objective];
        const logUpper = improvement[this.#upper[at]];
        const below = this.#lower[at];
        this.#logs[at] = below < 0 ? logUpper : logUpper + logOneMinusExp(improvement[below] - logUpper);
        sum += this.#logs[at];
      }
      this.#sums[box] = sum;
      if (sum > largest) largest = sum;
    }
    if (largest === Number.NEGATIVE_INFINITY) {
      meanGradient?.fill(0);
      deviationGradient?.fill(0);
      return largest;
    }
    let total = 0;
    for (let box = 0; box < this.#boxCount; box++) total += Math.exp(this.#sums[box] - largest);
    const value = largest + Math.log(total);
    if (withGradient) this.#differentiate(value, meanGradient, deviationGradient);
    return value;
  }

  /** ln of E(bound − loss)⁺, and what its derivatives need, at every bound. */
  #tabulate(objective: number, means: Float64Array, deviations: Float64Array, withGradient: boolean): void {
    const { improvement, below, density } = this.#tables[objective];
    const bounds = this.#bounds[objective];
    const deviation = deviations[objective];
    const logDeviation = Math.log(deviation);
    for (let place = 0; place < bounds.length; place++) {
      const z = (bounds[place] - means[objective]) / deviation;
      improvement[place] = logDeviation + logStandardImprovement(z);
      if (withGradient) {
        below[place] = logNdtr(z);
        density[place] = logPdf(z);
      }
    }
  }

  #differentiate(value: number, meanGradient: Float64Array, deviationGradient: Float64Array): void {
    const m = this.#objectives;
    meanGradient.fill(0);
    deviationGradient.fill(0);
    for (let box = 0; box < this.#boxCount; box++) {
      const share = Math.exp(this.#sums[box] - value);
      if (share < 1e-14) continue;
      for (let objective = 0; objective < m; objective++) {
        const at = box * m + objective;
        const log = this.#logs[at];
        const { below, density } = this.#tables[objective];
        const upper = this.#upper[at];
        const lower = this.#lower[at];
        const fall = Math.exp(below[upper] - log) - (lower < 0 ? 0 : Math.exp(below[lower] - log));
        const rise = Math.exp(density[upper] - log) - (lower < 0 ? 0 : Math.exp(density[lower] - log));
        meanGradient[objective] -= share * fall;
        deviationGradient[objective] += share * rise;
      }
    }
  }
}

/** ln(1 − eˣ) for x <= 0. */
function logOneMinusExp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}
