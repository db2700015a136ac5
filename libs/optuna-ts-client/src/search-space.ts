import type { Distribution } from './distributions/distribution.js';
import { cardinality } from './distributions/internal-representation.js';
import type { FrozenTrial } from './frozen-trial.js';

/** Parameter names and where each may lie. */
export type SearchSpace = Readonly<Record<string, Distribution>>;

/**
 * The parameters that every COMPLETE or PRUNED trial has, with the distribution of the last such trial, sorted by name.
 *
 * A name whose kind changed (or whose choices did) between trials is left out, and so is one with a single value. No
 * finished trial gives the empty space.
 *
 * @see optuna/search_space/intersection.py, 5.0.0
 */
export function intersectionSearchSpace(history: readonly FrozenTrial[]): SearchSpace {
  let common: Map<string, Distribution> | undefined;
  for (const trial of history) {
    if (trial.state !== 'COMPLETE' && trial.state !== 'PRUNED') continue;
    if (common === undefined) {
      common = new Map(Object.entries(trial.distributions));
      continue;
    }
    for (const [name, distribution] of common) {
      const other = trial.distributions[name];
      if (other !== undefined && isCompatible(distribution, other)) common.set(name, other);
      else common.delete(name);
    }
  }
  const kept = [...(common ?? [])].filter(([, distribution]) => cardinality(distribution) > 1);
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The parameters that any COMPLETE or PRUNED trial has, with the distribution of the last one, sorted by name.
 *
 * @see optuna/search_space/group_decomposed.py, 5.0.0
 */
export function unionSearchSpace(history: readonly FrozenTrial[]): SearchSpace {
  const all = new Map<string, Distribution>();
  for (const trial of history) {
    if (trial.state !== 'COMPLETE' && trial.state !== 'PRUNED') continue;
    for (const [name, distribution] of Object.entries(trial.distributions)) all.set(name, distribution);
  }
  const kept = [...all].filter(([, distribution]) => cardinality(distribution) > 1);
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Whether two distributions may stand under one name in one study: the same kind and, for choices, the same list.
 * Ranges may differ.
 *
 * @see optuna/distributions.py check_distribution_compatibility, 5.0.0
 */
export function isCompatible(a: Distribution, b: Distribution): boolean {
  if (a === b) return true;
  if (a.type === 'categorical') {
    return (
      b.type === 'categorical' &&
      a.choices.length === b.choices.length &&
      a.choices.every((choice, index) => choice === b.choices[index])
    );
  }
  return b.type === a.type && a.log === b.log;
}
