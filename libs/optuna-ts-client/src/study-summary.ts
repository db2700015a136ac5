import { bestOf } from './best-trials.js';
import type { Direction, FrozenTrial, JsonValue } from './frozen-trial.js';
import type { Storage } from './storage.js';

/** A study in short. */
export interface StudySummary {
  readonly name: string;
  readonly directions: readonly Direction[];
  /** The feasible trial with the best value; null while there is none, and with several objectives. */
  readonly bestTrial: FrozenTrial | null;
  readonly trials: number;
  readonly userAttrs: Readonly<Record<string, JsonValue>>;
  /** When its first trial began; null before that. */
  readonly datetimeStart: Date | null;
}

/** All studies of a storage, by name. @see optuna/study/study.py get_all_study_summaries, 5.0.0 */
export async function getAllStudySummaries(storage: Storage): Promise<readonly StudySummary[]> {
  const summaries: StudySummary[] = [];
  for (const { name, directions, userAttrs } of await storage.listStudies()) {
    const trials = await storage.getTrials(name);
    const starts = trials.flatMap(({ datetimeStart }) => (datetimeStart === null ? [] : [datetimeStart.getTime()]));
    const first = starts.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    summaries.push({
      name,
      directions,
      bestTrial: directions.length === 1 ? (bestOf(trials, directions)[0] ?? null) : null,
      trials: trials.length,
      userAttrs,
      datetimeStart: starts.length === 0 ? null : new Date(first),
    });
  }
  return summaries;
}
