import type { TrialHistory } from '../ports/trial-repository.js';
import type { TrialParameters } from '../search-space.js';
import type { TrainingCost } from './planner-input.js';
import { configurationKey } from './trial-progress.js';

/** Seconds that the finished trials of a study took, as the cost predicts them: epochs that trials share count once. */
export function spentSeconds(history: readonly TrialHistory[], cost: TrainingCost, sharing: boolean): number {
  const longest = new Map<string, TrialParameters>();
  for (const { parameters, state, number, epoch } of history) {
    if (state !== 'COMPLETE' && (state !== 'PRUNED' || epoch === 0)) continue;
    const epochs = state === 'COMPLETE' ? parameters.epochs : epoch;
    const key = sharing ? configurationKey(parameters) : String(number);
    if (epochs > (longest.get(key)?.epochs ?? 0)) longest.set(key, { ...parameters, epochs });
  }
  let seconds = 0;
  for (const parameters of longest.values()) seconds += cost.secondsOf(parameters, 0);
  return seconds;
}
