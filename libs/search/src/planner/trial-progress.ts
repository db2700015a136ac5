import type { TrialHistory } from '../ports/trial-repository.js';
import type { RetrainDepth, TrialParameters } from '../search-space.js';

/** A training whose epochs are one axis. */
export type Configuration = Omit<TrialParameters, 'epochs'>;

/** How far a configuration has come. */
export interface Progress {
  readonly configuration: Configuration;
  /** Of its longest COMPLETE trial, 0 where there is none. */
  epochs: number;
  /** Whether a trial of it runs or waits. */
  isOpen: boolean;
  /** Whether it was pruned, or failed for a reason of its own: it is never gone on with. */
  isDead: boolean;
}

/** What a study has done so far. */
export interface StudyProgress {
  /** By `configurationKey`. */
  readonly configurations: ReadonlyMap<string, Progress>;
  /** Architectures at a depth, as `groupKey` names them, that no device can train. */
  readonly impossible: ReadonlySet<string>;
}

export function configurationKey({ architecture, retrainDepth, learningRate }: Configuration): string {
  return `${architecture} ${retrainDepth} ${learningRate}`;
}

export function groupKey(architecture: string, retrainDepth: RetrainDepth): string {
  return `${architecture} ${retrainDepth}`;
}

/** Errors without a single success after which an architecture is not tried at a depth any more. */
const MOST_ERRORS = 3;

/** @param history In order of the number. */
export function progressOf(history: readonly TrialHistory[]): StudyProgress {
  const configurations = new Map<string, Progress>();
  const impossible = new Set<string>();
  const errors = new Map<string, number>();
  const trained = new Set<string>();
  for (const { parameters, state, failReason } of history) {
    if (failReason === 'cancelled') continue;
    const { epochs, ...configuration } = parameters;
    const key = configurationKey(configuration);
    const group = groupKey(parameters.architecture, parameters.retrainDepth);
    const progress = configurations.get(key) ?? { configuration, epochs: 0, isOpen: false, isDead: false };
    configurations.set(key, progress);
    if (state === 'COMPLETE') {
      progress.epochs = Math.max(progress.epochs, epochs);
      trained.add(group);
    } else if (state === 'RUNNING' || state === 'WAITING') progress.isOpen = true;
    else progress.isDead = true;
    if (state !== 'FAIL' || failReason === 'diverged') continue;
    errors.set(group, (errors.get(group) ?? 0) + (failReason === 'out_of_memory' ? MOST_ERRORS : 1));
  }
  for (const [group, count] of errors) if (count >= MOST_ERRORS && !trained.has(group)) impossible.add(group);
  return { configurations, impossible };
}
