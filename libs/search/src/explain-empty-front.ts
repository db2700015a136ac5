import { describeBound, violationOf } from './assess-constraints.js';
import type { Constraint, MetricName } from './metric-name.js';
import type { TrialHistory } from './ports/trial-repository.js';

type Ended = Pick<TrialHistory, 'number' | 'state' | 'metrics'>;

const unitOf: Record<MetricName, string> = {
  accuracy: '',
  latencyP50Ms: ' ms',
  latencyP95Ms: ' ms',
  trainSeconds: ' s',
  sizeBytes: ' bytes',
  parameterCount: ' parameters',
};

/**
 * Why no trial meets the constraints: the one that comes nearest, and by how much it misses which of them. Nearest is
 * the smallest sum of excesses, each relative to its bound; ties go to the smaller number. Where no trial is COMPLETE
 * the PRUNED ones are looked at, by what is known of them.
 *
 * @param trials In any state; no COMPLETE one meets all constraints.
 */
export function explainEmptyFront(constraints: readonly Constraint[], trials: readonly Ended[]): string {
  const complete = trials.filter(({ state }) => state === 'COMPLETE');
  const pruned = trials.filter(({ state }) => state === 'PRUNED');
  const nearest = nearestMiss(constraints, complete.length > 0 ? complete : pruned);
  const which = nearest === undefined ? '' : ` Trial ${nearest.number} comes nearest: ${nearest.misses.join('; ')}.`;
  if (complete.length === 0) {
    return pruned.length === 0
      ? 'No trial has finished yet.'
      : `No trial has been trained to its end; pruned: ${pruned.length}.${which}`;
  }
  return complete.length === 1
    ? `The one finished trial does not meet every bound.${which}`
    : `None of the ${complete.length} finished trials meets every bound.${which}`;
}

function nearestMiss(constraints: readonly Constraint[], trials: readonly Ended[]) {
  let nearest: { number: number; distance: number; misses: string[] } | undefined;
  for (const { number, metrics } of trials) {
    let distance = 0;
    const misses: string[] = [];
    for (const constraint of constraints) {
      const value = metrics[constraint.metric];
      if (value === undefined || violationOf(constraint, value) <= 0) continue;
      const violation = violationOf(constraint, value);
      distance += violation / (Math.abs(constraint.atMost ?? constraint.atLeast ?? 0) || 1);
      misses.push(describeMiss(constraint, value, violation));
    }
    if (misses.length > 0 && (nearest === undefined || distance < nearest.distance)) {
      nearest = { number, distance, misses };
    }
  }
  return nearest;
}

function describeMiss(constraint: Constraint, value: number, violation: number): string {
  const unit = unitOf[constraint.metric];
  const side = constraint.atMost === undefined ? 'below' : 'above';
  const asked = `the bound (${describeBound(constraint)}${unit})`;
  return `its ${constraint.metric} is ${round(value)}${unit}, ${round(violation)}${unit} ${side} ${asked}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
