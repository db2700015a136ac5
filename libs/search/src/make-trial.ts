import type { ClaimRequest, LeaseSettings } from './claim.js';
import { allTrials, completeIfDone, madeTrials, mayMakeTrial } from './complete-study.js';
import type { TrainingCosts } from './cost/training-costs.js';
import { newTrial } from './create-study.js';
import { EarlierTrials } from './earlier-trials.js';
import { fitEpochs } from './fit-epochs.js';
import { KeptStudies } from './kept-studies.js';
import { planNext } from './planner/plan-next.js';
import type { PlannedStep, PlannedTrial } from './planner/planner-input.js';
import { plannerInputOf } from './planner/planner-input-of.js';
import { RETUNE } from './planner/retune-options.js';
import type { SearchRepositories } from './ports/search-storage.js';
import type { NewTrial } from './ports/trial-queue.js';
import type { TrialHistory } from './ports/trial-repository.js';
import type { PreparedStudy } from './prepare-study.js';
import { ProfileGate } from './profile-gate.js';
import { proposeTrial } from './propose-trial.js';
import type { TrialParameters } from './search-space.js';
import type { StudyRecord } from './study.js';
import { budgetLeft } from './study-budget.js';
import type { TrialRecord } from './trial.js';

/** Proposals of one study that may turn out infeasible before the worker is sent to the next study. */
const ASKS_PER_CLAIM = 20;

/** Makes the next trial of a study by its sampler or planner, under the study's lock. */
export class MakeTrial {
  readonly #kept = new KeptStudies();
  readonly #earlier = new EarlierTrials();

  /** @param onFailedAsk Hears of a study whose sampler threw; the study is passed over, its trials that wait are not. */
  constructor(
    private readonly leases: LeaseSettings,
    private readonly costs: TrainingCosts,
    private readonly onFailedAsk: (studyId: string, error: unknown) => void,
  ) {}

  /**
   * Asks for a trial of a study and makes it, claimed by the worker. The study may be over then.
   *
   * @returns Null where there is none for the worker now.
   */
  async run(
    repositories: SearchRepositories,
    studyId: string,
    request: ClaimRequest,
    prepared: PreparedStudy,
  ): Promise<TrialRecord | null> {
    let study = await repositories.studies.lock(studyId);
    if (study === null || !mayMakeTrial(study)) return null;
    const gate = await ProfileGate.open(repositories, study.spec, request.device, prepared);
    let history = await repositories.trials.history(studyId);
    let changed = await gate.recordOnce(study, history);
    for (let asks = 0; asks < ASKS_PER_CLAIM; asks++) {
      if (changed) {
        study = (await repositories.studies.find(studyId)) as StudyRecord;
        history = await repositories.trials.history(studyId);
      }
      if (!mayMakeTrial(study)) break;
      const step = await this.#propose(repositories, study, history, request, prepared);
      if (step === 'failed' || step.kind === 'wait') return null;
      if (step.kind === 'done') {
        // What is still to be measured may be worth training.
        if (prepared.pending.size > 0) return null;
        await repositories.studies.setTrialLimit(studyId, madeTrials(study));
        break;
      }
      const decision = await gate.decide(studyId, step.parameters, history);
      if (decision === 'full') break;
      if (decision === 'train') return this.#begin(repositories, study, step, request);
      changed = true;
    }
    await completeIfDone(repositories, studyId);
    return null;
  }

  async #begin(
    repositories: SearchRepositories,
    study: StudyRecord,
    step: PlannedTrial,
    request: ClaimRequest,
  ): Promise<TrialRecord | null> {
    const { id, spec } = study;
    const parameters = await this.#fitted(repositories, study, step.parameters, request);
    if (parameters === null) return this.#endFor(repositories, study);
    const { repeat, reason } = step;
    const userAttrs: NewTrial['userAttrs'] = reason === '' ? {} : { plan: reason };
    const number = await repositories.studies.takeNumbers(id, 1);
    return repositories.queue.insertClaimed(newTrial(spec, id, number, parameters, { repeat, userAttrs }), {
      ...request,
      leaseSeconds: this.leases.leaseSeconds,
    });
  }

  /** With as many epochs as the time left allows; null where not even the fewest would end in it. */
  async #fitted(
    repositories: SearchRepositories,
    study: StudyRecord,
    parameters: TrialParameters,
    request: ClaimRequest,
  ): Promise<TrialParameters | null> {
    const { wallSeconds } = budgetLeft(study);
    // What is planned fits already, where it goes on from an earlier trial as well.
    if (wallSeconds === Number.POSITIVE_INFINITY || study.spec.sampler.name === RETUNE) return parameters;
    const cost = await this.costs.forStudy(repositories, study.spec, request.device);
    return fitEpochs(parameters, study.spec.searchSpace.epochs, cost, wallSeconds);
  }

  /** The worker cannot finish anything in the time left; others that train now may, and ask when they have. */
  async #endFor(repositories: SearchRepositories, study: StudyRecord): Promise<null> {
    if (study.counts.RUNNING > 0) return null;
    await repositories.studies.setTrialLimit(study.id, madeTrials(study));
    await completeIfDone(repositories, study.id);
    return null;
  }

  /** A sampler that throws is a defect of one study: it is told of, and the worker gets work of another one. */
  async #propose(
    repositories: SearchRepositories,
    study: StudyRecord,
    history: readonly TrialHistory[],
    request: ClaimRequest,
    prepared: PreparedStudy,
  ): Promise<PlannedStep | 'failed'> {
    const earlier = await this.#earlier.of(repositories, study);
    const isPlanned = study.spec.sampler.name === RETUNE;
    const cost = isPlanned ? await this.costs.forStudy(repositories, study.spec, request.device) : null;
    try {
      if (cost !== null) return planNext(plannerInputOf({ study, history, earlier, prepared, cost }));
      const kept = this.#kept.of(study.id, study.spec);
      const parameters = proposeTrial(study.spec, history, allTrials(study), earlier, kept);
      if (parameters === null) return { kind: 'done', reason: 'the sampler has nothing left to propose' };
      return { kind: 'trial', parameters, repeat: 0, reason: '' };
    } catch (error) {
      this.onFailedAsk(study.id, error);
      return 'failed';
    }
  }
}
