import type { Distribution, ParamValue } from '../distributions/distribution.js';
import { type FrozenTrial, toInternalParams } from '../frozen-trial.js';

/** What a test says about a trial; everything else is filled in so that the trial is one a study could hold. */
export type TrialInput = Partial<
  Omit<FrozenTrial, 'internalParams' | 'params' | 'distributions' | 'intermediateValues'>
> & {
  readonly params?: Readonly<Record<string, ParamValue>>;
  readonly distributions?: Readonly<Record<string, Distribution>>;
  /** Values of step 0, 1, … or [step, value] pairs. */
  readonly curve?: readonly number[] | readonly (readonly [step: number, value: number])[];
};

/** A consistent trial: COMPLETE with value 0 unless said otherwise; started and finished trials have times. */
export function makeTrial({ params = {}, distributions = {}, curve = [], ...input }: TrialInput = {}): FrozenTrial {
  const state = input.state ?? 'COMPLETE';
  const isStarted = state !== 'WAITING';
  const isFinished = isStarted && state !== 'RUNNING';
  return {
    number: 0,
    state,
    attempt: isStarted ? 1 : 0,
    values: state === 'COMPLETE' ? [0] : null,
    constraints: null,
    userAttrs: {},
    systemAttrs: {},
    datetimeStart: isStarted ? new Date(Date.UTC(2026, 0, 1)) : null,
    datetimeComplete: isFinished ? new Date(Date.UTC(2026, 0, 2)) : null,
    ...input,
    params,
    distributions,
    internalParams: toInternalParams(params, distributions),
    intermediateValues: new Map(curve.map((point, step) => (typeof point === 'number' ? [step, point] : [...point]))),
  };
}
