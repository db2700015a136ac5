import type { Distribution, ParamValue } from './distributions/distribution.js';
import { toInternalRepr } from './distributions/internal-representation.js';
import type { TrialState } from './trial-state.js';

/** Which way an objective is better. */
export type Direction = 'minimize' | 'maximize';

/** What JSON can hold; NaN and infinities are not among it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One trial as it stood when it was read. Never changes. */
export interface FrozenTrial {
  /** 0, 1, 2 … within its study, in the order of creation. */
  readonly number: number;
  readonly state: TrialState;
  /** How often it was claimed; 0 while nobody has. The fencing token of every write of a running trial. */
  readonly attempt: number;
  /** One per objective, in the study's order and unit; ±Infinity allowed, never NaN. Null unless COMPLETE (or a PRUNED
   *  trial of a study with one objective, which keeps its last intermediate value). */
  readonly values: readonly number[] | null;
  /**
   * One per objective: of a trial without `values`, those that are known already (latency, size), else undefined.
   *
   * @default nothing is known
   */
  readonly knownValues?: readonly (number | undefined)[];
  /** As people write them. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** The same names as numbers: index of the choice, or the number itself. */
  readonly internalParams: Readonly<Record<string, number>>;
  readonly distributions: Readonly<Record<string, Distribution>>;
  /** Step → value of the curve objective; NaN and ±Infinity allowed. */
  readonly intermediateValues: ReadonlyMap<number, number>;
  /** One per constraint, feasible when <= 0; null while unknown. */
  readonly constraints: readonly number[] | null;
  /**
   * How much the trial counts beside the study's own, in (0, 1]: below 1 for one taken over from an earlier study.
   *
   * @default {1}
   */
  readonly weight?: number;
  readonly userAttrs: Readonly<Record<string, JsonValue>>;
  readonly systemAttrs: Readonly<Record<string, JsonValue>>;
  readonly datetimeStart: Date | null;
  readonly datetimeComplete: Date | null;
}

/** The highest step that was reported, or undefined before the first report. */
export function lastStep(intermediateValues: ReadonlyMap<number, number>): number | undefined {
  let last: number | undefined;
  for (const step of intermediateValues.keys()) if (last === undefined || step > last) last = step;
  return last;
}

/** Sum of what the constraints exceed 0 by; 0 means feasible. A NaN constraint counts as Infinity, null ones as 0. */
export function violationOf(trial: Pick<FrozenTrial, 'constraints'>): number {
  let sum = 0;
  for (const constraint of trial.constraints ?? []) sum += constraint <= 0 ? 0 : constraint;
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}

/** Values as losses: maximized objectives negated, so that smaller is better everywhere. */
export function toLosses(values: readonly number[], directions: readonly Direction[]): number[] {
  return values.map((value, objective) => (directions[objective] === 'maximize' ? -value : value));
}

/**
 * The internal numbers of a set of parameters.
 *
 * @throws {RangeError} naming the parameter whose value its distribution does not hold, or that has no distribution.
 */
export function toInternalParams(
  params: Readonly<Record<string, ParamValue>>,
  distributions: Readonly<Record<string, Distribution>>,
): Record<string, number> {
  const internal: Record<string, number> = {};
  for (const [name, value] of Object.entries(params)) {
    const distribution = distributions[name];
    if (distribution === undefined) throw new RangeError(`params.${name} has no distribution`);
    internal[name] = toInternalRepr(distribution, value, `params.${name}`);
  }
  return internal;
}
