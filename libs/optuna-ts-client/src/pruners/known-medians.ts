import type { FrozenTrial } from '../frozen-trial.js';
import type { PrunerContext, RunningTrial } from './pruner.js';

/** A trial as far as its known values go. */
type Measured = Pick<FrozenTrial, 'params' | 'knownValues'> & { readonly values?: FrozenTrial['values'] };

/**
 * Values known before training without the chance of measuring: of trials that agree in `knownBy` the median over all that
 * were measured, the running one included, so that a latency of 12.1 ms is not beaten by one of 12.0 ms of the same network.
 *
 * @returns The value of an objective of a trial; undefined where it is not known.
 */
export function knownMedians(
  { knownBy = [] }: PrunerContext,
  running: RunningTrial,
  history: readonly FrozenTrial[],
): (trial: Measured, objective: number) => number | undefined {
  const ownValue = ({ values, knownValues }: Measured, objective: number) =>
    values?.[objective] ?? knownValues?.[objective];
  if (knownBy.length === 0) return ownValue;
  const keyOf = ({ params }: Measured) => JSON.stringify(knownBy.map((name) => params[name] ?? null));
  const groups = new Map<string, Measured[]>();
  for (const trial of [running, ...history.filter(({ number }) => number !== running.number)]) {
    const group = groups.get(keyOf(trial));
    if (group === undefined) groups.set(keyOf(trial), [trial]);
    else group.push(trial);
  }
  const medians = new Map<string, number | undefined>();
  return (trial, objective) => {
    const key = `${keyOf(trial)} ${objective}`;
    if (!medians.has(key)) {
      const values = (groups.get(keyOf(trial)) ?? []).flatMap((member) => ownValue(member, objective) ?? []);
      medians.set(key, medianOf(values));
    }
    return medians.get(key) ?? ownValue(trial, objective);
  };
}

/** The lower one of two in the middle: a value that was measured. */
function medianOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Float64Array.from(values).sort()[(values.length - 1) >> 1];
}
