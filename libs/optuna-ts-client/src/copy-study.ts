import type { Storage } from './storage.js';

/** From where to where. */
export interface CopyStudyInput {
  readonly from: Storage;
  readonly name: string;
  readonly to: Storage;
  /** @default the same name */
  readonly newName?: string;
}

/**
 * Copies a study with all its trials and attributes; those that run are copied as they stand, and RUNNING for good unless
 * somebody tells them.
 *
 * @throws {NotFoundError} if there is no such study. @throws {DuplicatedStudyError} if the new name is taken.
 * @see optuna/study/study.py copy_study, 5.0.0
 */
export async function copyStudy({ from, name, to, newName = name }: CopyStudyInput): Promise<void> {
  const record = await from.getStudy(name);
  const trials = await from.getTrials(name);
  await to.createStudy({ ...record, name: newName });
  for (const trial of trials) await to.addTrial(newName, trial);
}
