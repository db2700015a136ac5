import { hypervolume } from '#ranking';
import type { EndedTrial } from './side-run.js';

/** Constraints of the search, and the corner that hypervolume is measured from. */
export interface Box {
  /** A model below is not feasible, 0–1; the worst accuracy of the box. */
  readonly leastAccuracy: number;
  /** A model above is not feasible, ms. */
  readonly mostLatencyMs: number;
  /** The worst latency of the box, ms: at most `mostLatencyMs`. */
  readonly referenceLatencyMs: number;
}

/** Latency of a trial's model, ms; null where nobody measured it. */
export type LatencyOf = (trial: EndedTrial) => number | null;

/** Hypervolume from a second on. */
export interface CurvePoint {
  readonly second: number;
  /** Of the feasible models so far, as a share of the box, 0–1. */
  readonly hypervolume: number;
}

/**
 * What the finished models of a search are worth over time: a step wherever a model enlarged the volume.
 *
 * @param trials In the order in which they ended.
 * @returns Nothing before the first feasible model.
 */
export function curveOf(trials: readonly EndedTrial[], box: Box, latencyOf: LatencyOf): CurvePoint[] {
  const reference = [1 - box.leastAccuracy, box.referenceLatencyMs];
  const whole = reference[0] * reference[1];
  const losses: number[][] = [];
  const points: CurvePoint[] = [];
  for (const trial of trials) {
    const latency = latencyOf(trial);
    if (trial.state !== 'COMPLETE' || trial.accuracy === null || latency === null) continue;
    if (trial.accuracy < box.leastAccuracy || latency > box.mostLatencyMs) continue;
    losses.push([1 - trial.accuracy, latency]);
    const share = hypervolume(losses, reference) / whole;
    if (share > lastOf(points)) points.push({ second: trial.second, hypervolume: share });
  }
  return points;
}

/** What a curve reached in the end, 0 where there is no feasible model. */
export function lastOf(curve: readonly CurvePoint[]): number {
  return curve.at(-1)?.hypervolume ?? 0;
}

/** Rounding alone shall not decide between equal models. */
const tolerance = 1e-9;

/** The first second at which a curve has the value; null where it never has. Of 0: 0. */
export function secondToReach(curve: readonly CurvePoint[], value: number): number | null {
  if (value <= 0) return 0;
  return curve.find(({ hypervolume }) => hypervolume >= value - tolerance)?.second ?? null;
}

/** The value of a curve at a second. */
export function valueAt(curve: readonly CurvePoint[], second: number): number {
  return lastOf(curve.filter((point) => point.second <= second));
}
