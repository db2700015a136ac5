import { hashSeed } from '#primitives';
import { madeTrials } from '../complete-study.js';
import type { TrainingCosts } from '../cost/training-costs.js';
import type { SearchStorage } from '../ports/search-storage.js';
import type { StudyRecord } from '../study.js';
import { budgetLeft } from '../study-budget.js';
import { trialMix } from './draw-trials.js';
import { type StudyForecast, simulateStudy } from './simulate-study.js';
import { studyPace } from './study-pace.js';
import { studyPreparations } from './study-preparations.js';
import { studyWorkers } from './study-workers.js';

/** Finished trials that a forecast looks back on. */
const DURATIONS_LOOKED_AT = 500;
/** Studies that are looked for among those that workers are shared with. */
const STUDIES_LOOKED_AT = 16;

/** Says when a study will end. */
export class ForecastStudy {
  constructor(
    private readonly storage: SearchStorage,
    private readonly costs: TrainingCosts,
  ) {}

  /** @returns Null where it does not run, nobody works or nothing is left. */
  async run(study: StudyRecord): Promise<StudyForecast | null> {
    if (study.state !== 'RUNNING') return null;
    const { spec } = study;
    const dataset = await this.storage.datasets.find(spec.datasetId);
    if (dataset === null) return null;
    const [trials, workers, busy] = await Promise.all([
      this.storage.trials.durations(study.id, DURATIONS_LOOKED_AT),
      studyWorkers(this.storage, this.costs, spec, dataset, 'nobody'),
      this.storage.studies.withWork(STUDIES_LOOKED_AT),
    ]);
    const unmade = study.timedOut ? 0 : Math.max(0, study.trialLimit - madeTrials(study));
    const open = trials.filter(({ state }) => state === 'RUNNING' || state === 'WAITING').sort(byNumber);
    const [first] = workers;
    if (first === undefined || (open.length === 0 && unmade === 0)) return null;
    const { ruledOut, seconds } = await studyPreparations(this.storage, spec, dataset, first.device, first.cost);
    const firstProposal = spec.enqueue.length + (spec.baseline === true ? 1 : 0);
    const names = new Set(ruledOut.map(({ architecture }) => architecture));
    const others = busy.filter((id) => id !== study.id).length;
    const mine = Math.max(1, Math.floor(workers.length / (others + 1)));
    const holders = new Set(open.map(({ workerId }) => workerId));
    return simulateStudy({
      trials: open,
      unmade,
      epochs: spec.searchSpace.epochs,
      mix: trialMix(spec, trials, firstProposal, names),
      workers: [...workers].sort((a, b) => Number(holders.has(b.id)) - Number(holders.has(a.id))).slice(0, mine),
      preparationSeconds: unmade > 0 ? seconds : 0,
      pace: studyPace(trials, first.cost),
      left: budgetLeft(study),
      seed: hashSeed(0, study.id, study.counts.COMPLETE, study.counts.PRUNED, study.counts.FAIL),
    });
  }
}

function byNumber(a: { readonly number: number }, b: { readonly number: number }): number {
  return a.number - b.number;
}
