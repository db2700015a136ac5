import { StaleAttemptError, TrialStateError } from './errors.js';
import type { FrozenTrial } from './frozen-trial.js';
import type { Pruner } from './pruners/pruner.js';
import type { Sampler } from './samplers/sampler.js';
import type { Storage, StudyRecord, TrialClaimKey } from './storage.js';

/** Everything a study and its trials are asked and told with. */
export interface StudySettings {
  readonly storage: Storage;
  readonly record: StudyRecord;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly seed: number;
  readonly curveObjective: number;
  /** Trials of earlier studies, numbered below 0: the sampler learns from them. */
  readonly priorTrials: readonly FrozenTrial[];
}

/**
 * Waits for a write and turns a refusal into an error that says why.
 *
 * @throws {TrialStateError} if the trial is not RUNNING. @throws {StaleAttemptError} if another attempt has it.
 */
export async function checkWritten(
  { storage, record }: StudySettings,
  action: string,
  { number, attempt }: TrialClaimKey,
  write: Promise<boolean>,
): Promise<void> {
  if (await write) return;
  const trial = await storage.getTrial(record.name, number);
  if (trial.state !== 'RUNNING') throw new TrialStateError(action, number, trial.state, ['RUNNING']);
  throw new StaleAttemptError(action, number, attempt, trial.attempt);
}
