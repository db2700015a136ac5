import { NotFoundError } from '#primitives';
import { assessConstraints } from './assess-constraints.js';
import { explainEmptyFront } from './explain-empty-front.js';
import type { Constraint, Objective } from './metric-name.js';
import type { SearchRepositories, SearchStorage } from './ports/search-storage.js';
import type { TrialMetrics } from './ports/trial-repository.js';
import { rankTrials } from './rank-trials.js';
import type { StudyRecord } from './study.js';
import type { TrialRecord } from './trial.js';
import { toTrialMetrics } from './update-front.js';

/** Bounds on top of a study's own constraints. */
export interface ParetoBounds {
  /** Of the latency's 95th percentile. */
  readonly maxLatencyMs?: number | undefined;
  /** 0–1. */
  readonly minAccuracy?: number | undefined;
  readonly maxSizeBytes?: number | undefined;
  readonly maxTrainSeconds?: number | undefined;
}

/** The feasible Pareto front in ranked order. */
export interface ParetoAnswer {
  readonly studyId: string;
  readonly objectives: readonly Objective[];
  /** `items[0]` is the one that is recommended; `rank` counts from 1. */
  readonly items: readonly { readonly rank: number; readonly trial: TrialRecord }[];
  /** COMPLETE trials. */
  readonly considered: number;
  /** Those of them that meet every constraint and bound. */
  readonly feasible: number;
  /** Why there is no item, in words; null where there is one. */
  readonly explanation: string | null;
}

/** Asks for the best trials of a study. */
export class QueryPareto {
  constructor(private readonly storage: SearchStorage) {}

  /** @throws {NotFoundError} if there is no such study. */
  async run(studyId: string, bounds: ParetoBounds = {}): Promise<ParetoAnswer> {
    const study = await this.storage.studies.find(studyId);
    if (study === null) throw new NotFoundError('study', studyId);
    return queryPareto(this.storage, study, bounds);
  }
}

/** The front of a study under bounds, over one connection or transaction. */
export async function queryPareto(
  { trials, fronts }: SearchRepositories,
  study: StudyRecord,
  bounds: ParetoBounds,
): Promise<ParetoAnswer> {
  const { objectives, constraints } = study.spec;
  const extra = toConstraints(bounds);
  const all = [...constraints, ...extra];
  // What dominates a trial within bounds that an objective strives away from is within them too: the kept front suffices.
  const keptFrontSuffices = extra.every((bound) => objectives.some((objective) => strivesFrom(objective, bound)));
  const candidates = keptFrontSuffices
    ? (await trials.findMany(await fronts.read(study.id))).map(toTrialMetrics)
    : await trials.finished(study.id);
  const feasible = candidates.filter(({ metrics }) => assessConstraints(all, metrics).feasible === true);
  const front = rankTrials(objectives, feasible);
  return {
    studyId: study.id,
    objectives,
    items: await toItems(trials, front),
    ...(await trials.countFinished(study.id, all)),
    explanation: front.length > 0 ? null : explainEmptyFront(all, await trials.history(study.id)),
  };
}

/** Whether a better value of the objective can never break the bound: minimized and at most, or maximized and at least. */
function strivesFrom({ metric, direction }: Objective, bound: Constraint): boolean {
  return metric === bound.metric && (direction === 'minimize') === (bound.atMost !== undefined);
}

/** Bounds of a query in the words of a study's constraints. */
export function toConstraints(bounds: ParetoBounds): Constraint[] {
  const { maxLatencyMs, minAccuracy, maxSizeBytes, maxTrainSeconds } = bounds;
  const constraints: Constraint[] = [
    { metric: 'latencyP95Ms', atMost: maxLatencyMs },
    { metric: 'accuracy', atLeast: minAccuracy },
    { metric: 'sizeBytes', atMost: maxSizeBytes },
    { metric: 'trainSeconds', atMost: maxTrainSeconds },
  ];
  return constraints.filter(({ atMost, atLeast }) => atMost !== undefined || atLeast !== undefined);
}

async function toItems(trials: SearchRepositories['trials'], front: readonly TrialMetrics[]) {
  const records = await trials.findMany(front.map(({ trialId }) => trialId));
  const byId = new Map(records.map((record) => [record.id, record]));
  return front.flatMap(({ trialId }, index) => {
    const trial = byId.get(trialId);
    return trial === undefined ? [] : [{ rank: index + 1, trial }];
  });
}
