import type { Strategy } from './simulate-study.js';

const retune = (name: string, options: Record<string, unknown> = {}): Strategy => ({
  name,
  sampler: { name: 'retune', options },
  pruner: { name: 'pareto', options: {} },
  continuation: options.sharing !== false,
  featureCache: options.featureCache !== false,
  profileGate: options.profileGate !== false,
});

const black = (name: string, sampler: string, pruner: string, continuation: boolean): Strategy => ({
  name,
  sampler: { name: sampler, options: {} },
  pruner: { name: pruner, options: {} },
  continuation,
});

/** What a study gets when nobody chooses. */
export const defaultStrategy = 'retune';

/** The planner, each of its parts switched off, and samplers that do not know what they search. */
export const strategies: readonly Strategy[] = [
  retune(defaultStrategy),
  retune('no profileGate', { profileGate: false }),
  retune('no featureCache', { featureCache: false }),
  retune('no sharing', { sharing: false }),
  retune('no costAware', { costAware: false }),
  retune('no paretoPruning', { paretoPruning: false }),
  retune('no finalists', { finalists: 0 }),
  black('auto + pareto', 'auto', 'pareto', false),
  black('auto + pareto, continued', 'auto', 'pareto', true),
  black('auto + median', 'auto', 'median', false),
  black('tpe + pareto', 'tpe', 'pareto', false),
  black('random + pareto', 'random', 'pareto', false),
];
