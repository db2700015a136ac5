import type { PrunerReads } from '#optuna-ts-client';
import { assessConstraints, describeViolation } from './assess-constraints.js';
import type { LeaseSettings, TrialOutcome, Verdict } from './claim.js';
import { completeIfDone } from './complete-study.js';
import { recordTrainingCost } from './cost/record-training-cost.js';
import { computedTrainSeconds } from './cost/trial-seconds.js';
import { decidePruning, neverPrunes, prunerReads } from './decide-pruning.js';
import { digestOf } from './digest.js';
import { noticeDrift } from './notice-drift.js';
import type { SearchRepositories, SearchStorage } from './ports/search-storage.js';
import type { Heartbeat } from './ports/trial-queue.js';
import type { TrialHistory } from './ports/trial-repository.js';
import { LeaseLostError, ReportConflictError } from './search-errors.js';
import { settleTrajectory } from './settle-trajectory.js';
import type { StudyRecord, StudySpec } from './study.js';
import type { NewTrajectoryPoint } from './trajectory.js';
import type { DeviceIdentity, EpochReport, TrialMeasures, TrialRecord } from './trial.js';
import { updateFront } from './update-front.js';

const CANCEL: Verdict = { action: 'cancel', reason: 'the study was stopped' };
const OVER_BUDGET: Verdict = { action: 'prune', reason: 'the time budget of the study is used up' };
const CONTINUE: Verdict = { action: 'continue', reason: null };

/** What a worker says of the trial it holds. Every call is refused once its attempt has lost the lease. */
export class RunTrial {
  constructor(
    private readonly storage: SearchStorage,
    private readonly leases: LeaseSettings,
  ) {}

  /** Renews the lease. @throws {LeaseLostError} if this attempt does not hold it any more. */
  async heartbeat(trialId: string, attempt: number): Promise<Heartbeat> {
    const answer = await this.storage.queue.heartbeat(trialId, attempt, this.leases.leaseSeconds);
    return answer ?? this.#lost(trialId, attempt);
  }

  /**
   * Records what is known before training and decides whether training is worth while: a trial that violates a
   * constraint already is pruned. No pruner is asked: what is infeasible is never trained, whatever the study's pruner.
   *
   * @param latencyDevice The latency was measured on it. @default the device of the claim
   * @throws {LeaseLostError} if this attempt does not hold the lease any more.
   */
  async profile(
    trialId: string,
    attempt: number,
    measures: Partial<TrialMeasures>,
    latencyDevice?: DeviceIdentity,
  ): Promise<Verdict> {
    const { trial, spec } = await this.#find(trialId, attempt);
    const { constraints } = spec;
    const merged = { ...trial.measures, ...measures };
    const assessment = assessConstraints(constraints, merged);
    const { leaseSeconds } = this.leases;
    const hasLatency = measures.latencyP50Ms !== undefined || measures.latencyP95Ms !== undefined;
    const profile = { measures, latencyDevice: hasLatency ? (latencyDevice ?? trial.device) : null };
    const answer = await this.storage.queue.recordProfile(trialId, attempt, profile, assessment, leaseSeconds);
    if (answer === null) return this.#lost(trialId, attempt);
    await this.#noticeDrift(trial, spec, measures, profile.latencyDevice);
    if (answer.cancel) return CANCEL;
    const violated = describeViolation(constraints, merged);
    if (violated !== null) return { action: 'prune', reason: violated };
    return answer.overBudget ? OVER_BUDGET : CONTINUE;
  }

  /**
   * Records one epoch, renews the lease and asks the pruner. An equal report may be sent again. Once the study's budget is
   * used up every trial ends here, but for one that has made its last epoch.
   *
   * @param point What the epoch left, where the worker has written it: another attempt goes on from there.
   * @throws {LeaseLostError} if this attempt does not hold the lease any more.
   * @throws {ReportConflictError} if this attempt has reported other values for the epoch.
   */
  async report(trialId: string, attempt: number, report: EpochReport, point?: NewTrajectoryPoint): Promise<Verdict> {
    const result = await this.storage.transaction(async ({ queue, events, trajectories }) => {
      const recorded = await queue.recordReport(trialId, attempt, report, this.leases.leaseSeconds);
      if (recorded.status === 'recorded') {
        const { number, studyId, parameters } = recorded.trial;
        if (point) {
          await trajectories.record(trialId, point);
          await trajectories.dropSuperseded(trialId);
        }
        await events.append(studyId, [{ type: 'trial.reported', number, report, epochs: parameters.epochs }]);
      }
      return recorded;
    });
    if (result.status === 'lost') return this.#lost(trialId, attempt);
    if (result.status === 'conflict') throw new ReportConflictError(trialId, report.epoch);
    if (result.cancel) return CANCEL;
    if (result.overBudget && report.epoch < result.trial.parameters.epochs) return OVER_BUDGET;
    const reason = await this.#pruneReason(result.trial);
    return reason === null ? CONTINUE : { action: 'prune', reason };
  }

  /**
   * Records the end of a trial: result, artifact, state, front and event in one transaction. A repeated finish of the
   * same attempt with the same content is answered alike.
   *
   * @throws {LeaseLostError} if this attempt does not hold the lease any more, or has finished with other content.
   */
  async finish(trialId: string, attempt: number, outcome: TrialOutcome): Promise<TrialRecord> {
    const digest = digestOf(outcome);
    return this.storage.transaction(async (repositories) => {
      const before = await repositories.trials.findById(trialId);
      const study = before && (await repositories.studies.lock(before.studyId));
      if (!before || !study) return this.#lost(trialId, attempt);
      const metrics = { ...before.measures, ...outcome.measures };
      const assessment = assessConstraints(study.spec.constraints, metrics);
      const status = await repositories.queue.finish(trialId, attempt, outcome, assessment, digest);
      if (status === 'lost') return this.#lost(trialId, attempt);
      const point = outcome.state === 'FAIL' ? undefined : outcome.point;
      if (status === 'recorded') await this.#conclude(repositories, study, trialId, point);
      return (await repositories.trials.findById(trialId)) as TrialRecord;
    });
  }

  /** Gives a trial back unharmed; the attempt does not count. @throws {LeaseLostError} if it is not held any more. */
  async release(trialId: string, attempt: number): Promise<void> {
    await this.storage.transaction(async ({ queue, events }) => {
      const released = await queue.release(trialId, attempt);
      if (released === null) return this.#lost(trialId, attempt);
      await events.append(released.studyId, [
        { type: 'trial.requeued', number: released.number, reason: 'given back by its worker' },
      ]);
    });
  }

  async #conclude(
    repositories: SearchRepositories,
    study: StudyRecord,
    trialId: string,
    point: NewTrajectoryPoint | undefined,
  ): Promise<void> {
    const trial = (await repositories.trials.findById(trialId)) as TrialRecord;
    await settleTrajectory(repositories, study.spec, trial, point);
    const onFront = await updateFront(repositories, study, trial);
    const reports = await repositories.trials.curve(trialId);
    await recordTrainingCost(repositories, study.spec, trial, reports);
    await repositories.studies.addTrainSeconds(study.id, computedTrainSeconds(trial, reports));
    const { number, state, measures, pruneReason, failReason } = trial;
    await repositories.events.append(study.id, [
      {
        type: 'trial.finished',
        number,
        state: state as 'COMPLETE' | 'PRUNED' | 'FAIL',
        reason: pruneReason ?? failReason,
        accuracy: measures.accuracy ?? null,
        latencyP95Ms: measures.latencyP95Ms ?? null,
        onFront,
      },
    ]);
    await completeIfDone(repositories, study.id);
  }

  /** The trial measured by itself: what it found is compared with the profiles of its device. */
  async #noticeDrift(
    { studyId, workerId, parameters }: TrialRecord,
    spec: StudySpec,
    { latencyP50Ms, latencyBatch }: Partial<TrialMeasures>,
    latencyDevice: DeviceIdentity | null,
  ): Promise<void> {
    if (latencyP50Ms === undefined || latencyBatch === undefined) return;
    const { architecture } = parameters;
    const measured = { architecture, workerId, latencyDevice, batch: latencyBatch, p50Ms: latencyP50Ms };
    await this.storage.transaction(async (repositories) => {
      await repositories.events.append(studyId, await noticeDrift(repositories, spec, measured));
    });
  }

  async #pruneReason(trial: TrialRecord): Promise<string | null> {
    const spec = await this.storage.studies.findSpec(trial.studyId);
    if (spec === null || neverPrunes(spec)) return null;
    const [reports, history] = await Promise.all([
      this.storage.trials.curve(trial.id),
      this.#historyFor(prunerReads(spec), trial),
    ]);
    return decidePruning(spec, trial, reports, history);
  }

  async #historyFor(reads: PrunerReads, { studyId, epoch }: TrialRecord): Promise<readonly TrialHistory[]> {
    switch (reads) {
      case 'nothing':
        return [];
      case 'last-step':
        return this.storage.trials.completeAtEpoch(studyId, epoch);
      case 'curves':
        return this.storage.trials.withCurves(studyId);
    }
  }

  async #find(trialId: string, attempt: number): Promise<{ trial: TrialRecord; spec: StudySpec }> {
    const trial = await this.storage.trials.findById(trialId);
    const spec = trial && (await this.storage.studies.findSpec(trial.studyId));
    return trial && spec ? { trial, spec } : this.#lost(trialId, attempt);
  }

  #lost(trialId: string, attempt: number): never {
    throw new LeaseLostError('trial', trialId, attempt);
  }
}
