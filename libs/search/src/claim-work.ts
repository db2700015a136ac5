import type { ClaimRequest, LeaseSettings, TrialClaim, WorkClaim } from './claim.js';
import { claimDataset } from './claim-dataset.js';
import { allTrials, completeIfDone, madeTrials, mayMakeTrial } from './complete-study.js';
import type { DeviceTrainingCost } from './cost/device-training-cost.js';
import { costDeviceOf } from './cost/training-cost-record.js';
import type { TrainingCosts } from './cost/training-costs.js';
import { newTrial } from './create-study.js';
import { EarlierTrials } from './earlier-trials.js';
import { toExportClaim } from './export-claim.js';
import { canBegin, fitEpochs } from './fit-epochs.js';
import { KeptStudies } from './kept-studies.js';
import { KeyedMutex } from './keyed-mutex.js';
import type { SearchRepositories, SearchStorage } from './ports/search-storage.js';
import { proposeTrial } from './propose-trial.js';
import type { TrialParameters } from './search-space.js';
import type { StudyRecord, StudySpec } from './study.js';
import { budgetLeft } from './study-budget.js';
import type { TrialRecord } from './trial.js';

/** Studies that are tried for a trial before a worker is sent away. */
const STUDIES_PER_CLAIM = 16;

/**
 * Gives work to workers: exports first, then a trial of the study with the fewest running trials, so that no study
 * starves another however much it has enqueued. Within a study a trial that waits comes before a new one.
 */
export class ClaimWork {
  readonly #workers = new KeyedMutex();
  readonly #studies = new KeyedMutex();
  readonly #kept = new KeptStudies();
  readonly #earlier = new EarlierTrials();

  /** @param onFailedAsk Hears of a study whose sampler threw; the study is passed over, its trials that wait are not. */
  constructor(
    private readonly storage: SearchStorage,
    private readonly leases: LeaseSettings,
    private readonly costs: TrainingCosts,
    private readonly onFailedAsk: (studyId: string, error: unknown) => void,
  ) {}

  /**
   * Claims one piece of work. The same `claimRequestId` again returns the same claim for as long as it is held.
   *
   * @returns Null where there is nothing to do now, or only studies whose samplers threw.
   * @throws Whatever the storage throws: a database that is away is no lack of work.
   */
  run(request: ClaimRequest): Promise<WorkClaim | null> {
    // A worker that repeats its request must not overtake the first one, or it would be given two pieces of work.
    return this.#workers.run(request.workerId, async () => {
      await this.storage.workers.seen(request.workerId, request.device);
      return (await this.#repeat(request)) ?? (await this.#claimExport(request)) ?? (await this.#claimTrial(request));
    });
  }

  async #repeat({ workerId, claimRequestId }: ClaimRequest): Promise<WorkClaim | null> {
    const trial = await this.storage.queue.findClaim(workerId, claimRequestId);
    if (trial !== null) return this.#toTrialClaim(this.storage, trial);
    const record = await this.storage.exports.findClaim(workerId, claimRequestId);
    return record === null ? null : toExportClaim(this.storage, record, this.leases);
  }

  #claimExport(request: ClaimRequest): Promise<WorkClaim | null> {
    return this.storage.transaction(async (repositories) => {
      const record = await repositories.exports.claimWaiting({ ...request, leaseSeconds: this.leases.leaseSeconds });
      if (record === null) return null;
      const claim = await toExportClaim(repositories, record, this.leases);
      const { id: exportId, studyId, state } = record;
      await repositories.events.append(studyId, [{ type: 'export.state', exportId, state }]);
      return claim;
    });
  }

  async #claimTrial(request: ClaimRequest): Promise<WorkClaim | null> {
    for (const studyId of await this.storage.studies.withWork(STUDIES_PER_CLAIM)) {
      const claim = (await this.#claimWaiting(studyId, request)) ?? (await this.#claimNew(studyId, request));
      if (claim !== null) return claim;
    }
    return null;
  }

  #claimWaiting(studyId: string, request: ClaimRequest): Promise<WorkClaim | null> {
    return this.storage.transaction(async (repositories) => {
      if (!(await this.#mayClaimWaiting(repositories, studyId, request))) return null;
      const lease = { ...request, leaseSeconds: this.leases.leaseSeconds };
      const trial = await repositories.queue.claimWaiting(studyId, lease);
      return trial === null ? null : this.#started(repositories, trial, request);
    });
  }

  /** In a study whose time is limited no trial begins that cannot finish its first epoch. */
  async #mayClaimWaiting(repositories: SearchRepositories, studyId: string, request: ClaimRequest): Promise<boolean> {
    const spec = await repositories.studies.findSpec(studyId);
    if (spec?.budget === undefined) return true;
    const study = await repositories.studies.find(studyId);
    const next = study && (await repositories.queue.nextWaiting(studyId));
    if (!study || !next) return study !== null;
    const { wallSeconds } = budgetLeft(study);
    if (wallSeconds === Number.POSITIVE_INFINITY) return true;
    return canBegin(next, await this.#costOf(repositories, study.spec, request), wallSeconds);
  }

  async #costOf(
    repositories: SearchRepositories,
    spec: StudySpec,
    { device }: ClaimRequest,
  ): Promise<DeviceTrainingCost> {
    const dataset = await repositories.datasets.find(spec.datasetId);
    return this.costs.of(repositories, spec, dataset ?? { classes: [], version: null }, costDeviceOf(device));
  }

  /** Asks of one study wait for each other here rather than at the row's lock, where each would hold a connection. */
  #claimNew(studyId: string, request: ClaimRequest): Promise<WorkClaim | null> {
    return this.#studies.run(studyId, () =>
      this.storage.transaction((repositories) => this.#ask(repositories, studyId, request)),
    );
  }

  async #ask(repositories: SearchRepositories, studyId: string, request: ClaimRequest): Promise<WorkClaim | null> {
    const study = await repositories.studies.lock(studyId);
    if (study === null || !mayMakeTrial(study)) return null;
    const parameters = await this.#propose(repositories, study);
    if (parameters === 'failed') return null;
    if (parameters === null) {
      await repositories.studies.setTrialLimit(studyId, madeTrials(study));
      await completeIfDone(repositories, studyId);
      return null;
    }
    const { wallSeconds } = budgetLeft(study);
    const fit =
      wallSeconds === Number.POSITIVE_INFINITY
        ? parameters
        : fitEpochs(
            parameters,
            study.spec.searchSpace.epochs,
            await this.#costOf(repositories, study.spec, request),
            wallSeconds,
          );
    if (fit === null) return this.#endFor(repositories, study);
    const number = await repositories.studies.takeNumbers(studyId, 1);
    const trial = await repositories.queue.insertClaimed(newTrial(study.spec, studyId, number, fit), {
      ...request,
      leaseSeconds: this.leases.leaseSeconds,
    });
    return this.#started(repositories, trial, request);
  }

  /** The worker cannot finish anything in the time left; others that train now may, and ask when they have. */
  async #endFor(repositories: SearchRepositories, study: StudyRecord): Promise<null> {
    if (study.counts.RUNNING > 0) return null;
    await repositories.studies.setTrialLimit(study.id, madeTrials(study));
    await completeIfDone(repositories, study.id);
    return null;
  }

  /** A sampler that throws is a defect of one study: it is told of, and the worker gets work of another one. */
  async #propose(repositories: SearchRepositories, study: StudyRecord): Promise<TrialParameters | null | 'failed'> {
    const history = await repositories.trials.history(study.id);
    const earlier = await this.#earlier.of(repositories, study);
    try {
      const kept = this.#kept.of(study.id, study.spec);
      return proposeTrial(study.spec, history, allTrials(study), earlier, kept);
    } catch (error) {
      this.onFailedAsk(study.id, error);
      return 'failed';
    }
  }

  async #started(
    repositories: SearchRepositories,
    trial: TrialRecord,
    { workerId }: ClaimRequest,
  ): Promise<WorkClaim | null> {
    const claim = await this.#toTrialClaim(repositories, trial);
    await repositories.events.append(trial.studyId, [{ type: 'trial.started', number: trial.number, workerId }]);
    return claim;
  }

  async #toTrialClaim(repositories: SearchRepositories, trial: TrialRecord): Promise<TrialClaim> {
    const spec = (await repositories.studies.findSpec(trial.studyId)) as StudySpec;
    return {
      kind: 'trial',
      ...this.leases,
      attempt: trial.attempt,
      trialId: trial.id,
      studyId: trial.studyId,
      studyName: spec.name,
      number: trial.number,
      parameters: trial.parameters,
      training: spec.training,
      constraints: spec.constraints,
      dataset: await claimDataset(repositories, spec.datasetId),
      seed: trial.seed,
    };
  }
}
