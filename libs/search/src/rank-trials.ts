import { rankFront } from '#ranking';
import { accuracyInterval } from './accuracy-interval.js';
import type { Objective } from './metric-name.js';
import type { TrialMetrics } from './ports/trial-repository.js';

/**
 * The Pareto front of feasible trials in ranked order, the recommended one first. Accuracies that cannot be told apart
 * by their intervals do not decide the order where accuracy is the first objective; ties go to the smaller number.
 *
 * @param trials Feasible trials, in any order. Trials without a value for every objective are left out.
 */
export function rankTrials<Trial extends TrialMetrics>(
  objectives: readonly Objective[],
  trials: readonly Trial[],
): Trial[] {
  const candidates = trials
    .filter(({ metrics }) => objectives.every(({ metric }) => metrics[metric] !== undefined))
    .sort((a, b) => a.number - b.number);
  const losses = candidates.map(({ metrics }) =>
    objectives.map(({ metric, direction }) => (direction === 'maximize' ? -1 : 1) * (metrics[metric] as number)),
  );
  const intervals = candidates.map((trial) => firstLossInterval(objectives[0], trial));
  return rankFront(losses, { intervals }).map(({ index }) => candidates[index]);
}

function firstLossInterval({ metric, direction }: Objective, { correct, validationImages }: TrialMetrics) {
  if (metric !== 'accuracy') return null;
  const interval = accuracyInterval(correct, validationImages);
  if (interval === null || direction === 'minimize') return interval;
  return { low: -interval.high, high: -interval.low };
}
