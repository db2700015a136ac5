/** @file Lets every trial finish. Mirrors optuna/pruners/_nop.py 5.0.0. */
import type { FrozenTrial } from '../frozen-trial.js';
import type { PruneDecision, Pruner, PrunerContext, RunningTrial } from './pruner.js';

/** Never prunes. */
export class NopPruner implements Pruner {
  readonly name = 'none';
  readonly reads = 'nothing';

  decide(_context: PrunerContext, _trial: RunningTrial, _history: readonly FrozenTrial[]): PruneDecision {
    return { prune: false, reason: 'this study does not prune' };
  }
}
