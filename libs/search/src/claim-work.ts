import type { ClaimRequest, LeaseSettings, TrialClaim, WorkClaim } from './claim.js';
import { claimDataset } from './claim-dataset.js';
import { claimProfile } from './claim-profile.js';
import { completeIfDone } from './complete-study.js';
import type { TrainingCosts } from './cost/training-costs.js';
import { toExportClaim } from './export-claim.js';
import { canBegin } from './fit-epochs.js';
import { KeyedMutex } from './keyed-mutex.js';
import { MakeTrial } from './make-trial.js';
import { retuneOptionsOf } from './planner/retune-options.js';
import { spentSeconds } from './planner/spent-seconds.js';
import type { SearchRepositories, SearchStorage } from './ports/search-storage.js';
import { toPreparationClaim } from './preparation-claim.js';
import { type LaterPreparation, type PreparedStudy, PrepareStudy } from './prepare-study.js';
import { ProfileGate, withProfile } from './profile-gate.js';
import type { StudySpec } from './study.js';
import { budgetLeft, heartbeatSecondsOf } from './study-budget.js';
import type { TrialRecord } from './trial.js';

/** Studies that are tried for a trial before a worker is sent away. */
const STUDIES_PER_CLAIM = 16;

/**
 * Gives work to workers: exports first, then what a person wants measured anew, then work of the study with the fewest
 * running trials, so that no study starves another however much it has enqueued. Within a study the profiles and probes
 * of its candidates on the worker's device come first (the planner's now and then), then a trial that waits, then a new one.
 */
export class ClaimWork {
  readonly #workers = new KeyedMutex();
  readonly #studies = new KeyedMutex();
  readonly #preparing: PrepareStudy;
  readonly #making: MakeTrial;

  /** @param onFailedAsk Hears of a study whose sampler threw; the study is passed over, its trials that wait are not. */
  constructor(
    private readonly storage: SearchStorage,
    private readonly leases: LeaseSettings,
    private readonly costs: TrainingCosts,
    onFailedAsk: (studyId: string, error: unknown) => void,
  ) {
    this.#making = new MakeTrial(leases, costs, onFailedAsk);
    this.#preparing = new PrepareStudy(storage, leases, costs);
  }

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
      return (
        (await this.#repeat(request)) ??
        (await this.#claimExport(request)) ??
        (await this.#claimRemeasured(request)) ??
        (await this.#claimOfStudies(request))
      );
    });
  }

  async #repeat({ workerId, claimRequestId }: ClaimRequest): Promise<WorkClaim | null> {
    const trial = await this.storage.queue.findClaim(workerId, claimRequestId);
    if (trial !== null) return this.#toTrialClaim(this.storage, trial);
    const record = await this.storage.exports.findClaim(workerId, claimRequestId);
    if (record !== null) return toExportClaim(this.storage, record, this.leases);
    const preparation = await this.storage.preparations.findClaim(workerId, claimRequestId);
    return preparation === null ? null : toPreparationClaim(this.storage, preparation, this.leases);
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

  async #claimRemeasured(request: ClaimRequest): Promise<WorkClaim | null> {
    if (request.device.runtime === undefined) return null;
    const lease = { ...request, leaseSeconds: this.leases.leaseSeconds };
    const record = await this.storage.preparations.claimRemeasured(lease);
    return record === null ? null : toPreparationClaim(this.storage, record, this.leases);
  }

  async #claimOfStudies(request: ClaimRequest): Promise<WorkClaim | null> {
    for (const studyId of await this.storage.studies.withWork(STUDIES_PER_CLAIM)) {
      const preparing = await this.#preparing.run(studyId, request);
      if (preparing.kind === 'work') return preparing.claim;
      if (preparing.kind === 'busy') continue;
      const { prepared, later } = preparing;
      if (prepared.infeasible.size > 0) await this.#pruneWaiting(studyId, request, prepared);
      const isDue = later !== null && (await this.#isDue(later, studyId, request));
      const claim =
        (isDue ? await later.claim() : null) ??
        (await this.#claimWaiting(studyId, request, prepared)) ??
        (await this.#claimNew(studyId, request, prepared)) ??
        (isDue ? null : ((await later?.claim()) ?? null));
      if (claim !== null) return claim;
    }
    return null;
  }

  /** Whether enough has been trained for the next preparation. */
  async #isDue(later: LaterPreparation, studyId: string, request: ClaimRequest): Promise<boolean> {
    const history = await this.storage.trials.history(studyId);
    const begun = history.filter(({ state, epoch }) => state === 'COMPLETE' || epoch > 0);
    if (begun.length >= later.dueAfterTrials) return true;
    const spec = (await this.storage.studies.findSpec(studyId)) as StudySpec;
    const cost = await this.costs.forStudy(this.storage, spec, request.device);
    return spentSeconds(begun, cost, retuneOptionsOf(spec).sharing) >= later.dueAfterSeconds;
  }

  #pruneWaiting(studyId: string, { device }: ClaimRequest, prepared: PreparedStudy): Promise<void> {
    return this.storage.transaction(async (repositories) => {
      const study = await repositories.studies.lock(studyId);
      if (study === null || study.counts.WAITING === 0) return;
      const gate = await ProfileGate.open(repositories, study.spec, device, prepared);
      await gate.pruneWaiting(studyId);
      await completeIfDone(repositories, studyId);
    });
  }

  #claimWaiting(studyId: string, request: ClaimRequest, prepared: PreparedStudy): Promise<WorkClaim | null> {
    return this.storage.transaction(async (repositories) => {
      const leftOut = [...prepared.infeasible.keys(), ...prepared.pending];
      if (!(await this.#mayClaimWaiting(repositories, studyId, request, leftOut))) return null;
      const lease = { ...request, leaseSeconds: this.leases.leaseSeconds };
      const trial = await repositories.queue.claimWaiting(studyId, lease, leftOut);
      return trial === null ? null : this.#started(repositories, trial, request, prepared);
    });
  }

  /** In a study whose time is limited no trial begins that cannot finish its first epoch. */
  async #mayClaimWaiting(
    repositories: SearchRepositories,
    studyId: string,
    request: ClaimRequest,
    leftOut: readonly string[],
  ): Promise<boolean> {
    const spec = await repositories.studies.findSpec(studyId);
    if (spec?.budget === undefined) return true;
    const study = await repositories.studies.find(studyId);
    const next = study && (await repositories.queue.nextWaiting(studyId, leftOut));
    if (!study || !next) return study !== null;
    const { wallSeconds } = budgetLeft(study);
    if (wallSeconds === Number.POSITIVE_INFINITY) return true;
    return canBegin(next, await this.costs.forStudy(repositories, study.spec, request.device), wallSeconds);
  }

  /** Asks of one study wait for each other here rather than at the row's lock, where each would hold a connection. */
  #claimNew(studyId: string, request: ClaimRequest, prepared: PreparedStudy): Promise<WorkClaim | null> {
    return this.#studies.run(studyId, () =>
      this.storage.transaction(async (repositories) => {
        const trial = await this.#making.run(repositories, studyId, request, prepared);
        return trial === null ? null : this.#started(repositories, trial, request, prepared);
      }),
    );
  }

  async #started(
    repositories: SearchRepositories,
    claimed: TrialRecord,
    { workerId, device }: ClaimRequest,
    prepared: PreparedStudy,
  ): Promise<WorkClaim | null> {
    const spec = (await repositories.studies.findSpec(claimed.studyId)) as StudySpec;
    const { leaseSeconds } = this.leases;
    const trial = await withProfile(repositories, spec, claimed, device, prepared, leaseSeconds);
    const claim = await this.#toTrialClaim(repositories, trial);
    await repositories.events.append(trial.studyId, [{ type: 'trial.started', number: trial.number, workerId }]);
    return claim;
  }

  async #toTrialClaim(repositories: SearchRepositories, trial: TrialRecord): Promise<TrialClaim> {
    const spec = (await repositories.studies.findSpec(trial.studyId)) as StudySpec;
    const { featureCache, sharing } = retuneOptionsOf(spec);
    return {
      kind: 'trial',
      ...this.leases,
      heartbeatSeconds: heartbeatSecondsOf(spec, this.leases),
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
      reuse: { features: featureCache, trajectories: sharing },
      profile: claimProfile(trial),
    };
  }
}
