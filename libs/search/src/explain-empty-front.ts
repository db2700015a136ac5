import { describeBound, violationOf } from './assess-constraints.js';
import type { Constraint, MetricName } from './metric-name.js';
import type { TrialMetrics } from './ports/trial-repository.js';

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
 * the smallest sum of excesses, each relative to its bound; ties go to the smaller number.
 *
 * @param trials Finished trials; none of them meets all constraints.
 */
export function explainEmptyFront(constraints: readonly Constraint[], trials: readonly TrialMetrics[]): string {
  if (trials.length === 0) return 'No trial has finished yet.';
  let nearest: { trial: TrialMetrics; distance: number; misses: string[] } | undefined;
  for (const trial of trials) {
    let distance = 0;
    const misses: string[] = [];
    for (const constraint of constraints) {
      const value = trial.metrics[constraint.metric];
      const violation = value === undefined ? Number.POSITIVE_INFINITY : violationOf(constraint, value);
      if (violation <= 0) continue;
      const bound = Math.abs(constraint.atMost ?? constraint.atLeast ?? 0);
      distance += violation / (bound || 1);
      misses.push(describeMiss(constraint, value, violation));
    }
    if (misses.length > 0 && (nearest === undefined || distance < nearest.distance)) {
      nearest = { trial, distance, misses };
    }
  }
  if (nearest === undefined) return 'No finished trial has a value for every objective.';
  const count =
    trials.length === 1 ? 'The one finished trial does' : `None of the ${trials.length} finished trials does`;
  return `${count} ${trials.length === 1 ? 'not ' : ''}meet every bound. Trial ${nearest.trial.number} comes nearest: ${nearest.misses.join('; ')}.`;
}

function describeMiss(constraint: Constraint, value: number | undefined, violation: number): string {
  const unit = unitOf[constraint.metric];
  if (value === undefined) return `its ${constraint.metric} was not measured`;
  const side = constraint.atMost === undefined ? 'below' : 'above';
  const asked = `the bound (${describeBound(constraint)}${unit})`;
  return `its ${constraint.metric} is ${round(value)}${unit}, ${round(violation)}${unit} ${side} ${asked}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
