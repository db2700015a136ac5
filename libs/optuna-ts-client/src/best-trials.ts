import { paretoFront } from '#ranking';
import { type Direction, type FrozenTrial, toLosses, violationOf } from './frozen-trial.js';

/** The feasible COMPLETE trials that no feasible one dominates, in the order given; none feasible gives none. */
export function bestOf(trials: readonly FrozenTrial[], directions: readonly Direction[]): readonly FrozenTrial[] {
  const complete = trials.filter(({ state, values }) => state === 'COMPLETE' && values !== null);
  const losses = complete.map(({ values }) => toLosses(values!, directions));
  return paretoFront(losses, complete.map(violationOf)).map((index) => complete[index]);
}
