import type { Algorithms } from '#api-contract';
import { describeOption, type PrunerEntry } from '#optuna-ts-client';
import type { StudySampler } from '#search';

/** A sampler or pruner as it is shown: each option with its range and default in one line. */
export function toAlgorithm({ name, summary, options }: StudySampler | PrunerEntry): Algorithms['samplers'][number] {
  const described = Object.entries(options).map(([option, schema]) => [option, describeOption(schema)] as const);
  return { name, description: summary, options: Object.fromEntries(described) };
}
