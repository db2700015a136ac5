import type { OptionSchema } from '../option-schema.js';
import type { PruneDecision, PrunerContext, RunningTrial } from './pruner.js';

/** The option of every pruner that heeds constraints. */
export const pruneInfeasibleOption = {
  type: 'boolean',
  default: true,
  description:
    'Stop a trial when a constraint turns out to be violated while it trains. One that is violated before training is never trained, with either value.',
} as const satisfies OptionSchema;

/**
 * Prunes a trial one of whose constraints is known to be violated, whatever its curve: latency and size are measured
 * before training, and no further epoch changes them.
 *
 * @returns The decision to prune, or undefined when every known constraint is met. A NaN constraint counts as violated.
 */
export function violatedConstraint(context: PrunerContext, trial: RunningTrial): PruneDecision | undefined {
  for (const [index, value] of trial.knownConstraints.entries()) {
    if (value === undefined || value <= 0) continue;
    const name = context.constraintNames?.[index] ?? `constraint ${index}`;
    return { prune: true, reason: `${name} is violated by ${formatValue(value)}, and training cannot change it` };
  }
  return undefined;
}

/** A number in a sentence: up to four significant digits. */
export function formatValue(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
