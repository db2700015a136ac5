import type { Distribution, ParamValue } from './distributions/distribution.js';
import { type FrozenTrial, type JsonValue, toInternalParams } from './frozen-trial.js';
import { isFinished, type TrialState } from './trial-state.js';

/** What is known of a trial that was evaluated elsewhere. */
export interface CreateTrialInput {
  /** @default {'COMPLETE'} */
  readonly state?: TrialState;
  /** One per objective, never NaN; needed for COMPLETE. */
  readonly values?: readonly number[];
  readonly params?: Readonly<Record<string, ParamValue>>;
  /** One per name in `params`. */
  readonly distributions?: Readonly<Record<string, Distribution>>;
  /** Step → value. */
  readonly intermediateValues?: ReadonlyMap<number, number>;
  readonly constraints?: readonly number[];
  readonly userAttrs?: Readonly<Record<string, JsonValue>>;
  readonly systemAttrs?: Readonly<Record<string, JsonValue>>;
  /** @default null */
  readonly datetimeStart?: Date;
  /** @default null */
  readonly datetimeComplete?: Date;
}

/**
 * A trial made by hand, for `Study.addTrial`; its number (−1) is given there.
 *
 * @throws {RangeError} if a COMPLETE trial has no values or one is NaN, another trial that is not PRUNED has values, names
 *   of parameters and distributions differ, or a value lies outside its distribution.
 * @see optuna/trial/_frozen.py create_trial, 5.0.0
 */
export function createTrial({ state = 'COMPLETE', values, ...input }: CreateTrialInput): FrozenTrial {
  const { params = {}, distributions = {} } = input;
  if (state === 'COMPLETE' && values === undefined)
    throw new RangeError('values is missing, must be given for COMPLETE');
  if (values !== undefined && state !== 'COMPLETE' && state !== 'PRUNED') {
    throw new RangeError(`values is [${values}], must be absent for ${state}`);
  }
  const broken = values?.findIndex(Number.isNaN) ?? -1;
  if (broken >= 0) throw new RangeError(`values[${broken}] is NaN, must be a number`);
  const extra = Object.keys(distributions).find((name) => !Object.hasOwn(params, name));
  if (extra !== undefined) throw new RangeError(`distributions.${extra} has no value in params`);
  return {
    number: -1,
    state,
    attempt: state === 'WAITING' ? 0 : 1,
    values: values === undefined ? null : [...values],
    params: { ...params },
    internalParams: toInternalParams(params, distributions),
    distributions: { ...distributions },
    intermediateValues: new Map(input.intermediateValues ?? []),
    constraints: input.constraints === undefined ? null : [...input.constraints],
    userAttrs: { ...input.userAttrs },
    systemAttrs: { ...input.systemAttrs },
    datetimeStart: input.datetimeStart ?? null,
    datetimeComplete: isFinished(state) ? (input.datetimeComplete ?? null) : null,
  };
}
