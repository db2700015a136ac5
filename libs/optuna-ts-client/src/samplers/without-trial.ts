import type { TrialHistory } from './sampler.js';

/** @returns The same trials without the one that is asked for, which is mostly the last. */
export function withoutTrial(history: TrialHistory, number: number): TrialHistory {
  if (history.at(-1)?.number === number) return history.slice(0, -1);
  return history.some((trial) => trial.number === number)
    ? history.filter((trial) => trial.number !== number)
    : history;
}
