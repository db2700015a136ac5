import type { EndedTrial, SideRun } from './side-run.js';

/** A trial that ended with a model. */
export function endedTrial(changes: Partial<EndedTrial>): EndedTrial {
  return {
    second: 1,
    trialSeconds: 1,
    state: 'COMPLETE',
    why: '',
    architecture: 'alexnet',
    retrainDepth: 'shallow',
    learningRate: 0.01,
    epochs: 2,
    accuracy: 0.9,
    latencyMs: 4,
    ...changes,
  };
}

/** A search whose models have the accuracies at the seconds. */
export function searchOf(side: string, seed: number, models: readonly (readonly [number, number])[]): SideRun {
  const trials = models.map(([second, accuracy]) => endedTrial({ second, accuracy }));
  return { side, seed, trials, seconds: 100 };
}
