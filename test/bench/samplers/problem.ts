import { type Direction, type ParamValue, type SearchSpace, toLosses } from '#optuna-ts-client';
import { hypervolume } from '#ranking';

/** What evaluating a configuration gives. */
export interface Outcome {
  /** One per objective. */
  readonly values: readonly number[];
  /** One per constraint, met when <= 0; null where the problem has none. */
  readonly constraints: readonly number[] | null;
}

/** A search with a known cost and no noise; every sampler sees the same one. */
export interface Problem {
  readonly name: string;
  readonly space: SearchSpace;
  readonly directions: readonly Direction[];
  readonly constrained: boolean;
  /** Evaluations of one search. */
  readonly trials: number;
  /** Searches, seeds 0 … seeds − 1. */
  readonly seeds: number;
  /** Of several objectives: the corner of the hypervolume, in losses. */
  readonly reference?: readonly number[];
  /** What the hypervolume is divided by. @default the box from 0 to `reference` */
  readonly volume?: number;
  evaluate(params: Readonly<Record<string, ParamValue>>): Outcome | Promise<Outcome>;
}

/** Which way a problem's figure is better: a best value or a hypervolume. */
export function senseOf({ directions }: Problem): Direction {
  return directions.length > 1 ? 'maximize' : directions[0];
}

/**
 * The figure of one search: the best feasible value, or the feasible hypervolume as a share of `volume`.
 *
 * @returns NaN for one objective without a feasible outcome.
 */
export function figureOf({ directions, reference, volume }: Problem, outcomes: readonly Outcome[]): number {
  const feasible = outcomes.filter(({ constraints }) => (constraints ?? []).every((constraint) => constraint <= 0));
  const losses = feasible.map(({ values }) => toLosses(values, directions));
  if (reference === undefined) {
    const best = losses.reduce((least, [loss]) => Math.min(least, loss), Number.POSITIVE_INFINITY);
    return Number.isFinite(best) ? toLosses([best], directions)[0] : Number.NaN;
  }
  return hypervolume(losses, reference) / (volume ?? reference.reduce((product, corner) => product * corner, 1));
}
