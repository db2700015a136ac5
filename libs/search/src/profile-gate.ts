import { claimDataset } from './claim-dataset.js';
import { newTrial } from './create-study.js';
import { knownProfile } from './known-profile.js';
import { metricsBeforeTraining } from './metric-name.js';
import type { SearchRepositories } from './ports/search-storage.js';
import type { TrialProfile } from './ports/trial-queue.js';
import type { TrialHistory } from './ports/trial-repository.js';
import { infeasibleOf, type PreparedStudy } from './prepare-study.js';
import type { SearchSpace, TrialParameters } from './search-space.js';
import type { StudyRecord, StudySpec } from './study.js';
import type { StudyEvent } from './study-event.js';
import { identityOf, profileKeys } from './study-preparations.js';
import type { Device, DeviceIdentity, TrialRecord } from './trial.js';

/** Workers that are looked at for another device. */
const WORKERS_LOOKED_AT = 500;

/**
 * Keeps what misses a constraint by its profile from being trained on the device that asks. What no other living device
 * may meet either is recorded: PRUNED, without a worker. What another may meet is left to it.
 */
export class ProfileGate {
  private constructor(
    private readonly repositories: SearchRepositories,
    private readonly spec: StudySpec,
    private readonly device: Device,
    private readonly prepared: PreparedStudy,
    /** How many living workers may meet the constraints with an architecture that this device cannot; absent: none. */
    private readonly elsewhere: ReadonlyMap<string, number>,
  ) {}

  static async open(
    repositories: SearchRepositories,
    spec: StudySpec,
    device: Device,
    prepared: PreparedStudy,
  ): Promise<ProfileGate> {
    const elsewhere = await othersFor(repositories, spec, device, [...prepared.infeasible.keys()]);
    return new ProfileGate(repositories, spec, device, prepared, elsewhere);
  }

  /** Prunes the trials that wait and that no living device may train within the constraints. Needs the study's lock. */
  async pruneWaiting(studyId: string): Promise<void> {
    const told: StudyEvent[] = [];
    for (const [architecture, violation] of this.prepared.infeasible) {
      const known = this.#known(architecture);
      if (known === null || this.elsewhere.has(architecture)) continue;
      const { profile, assessment } = known;
      const reason = reasonOf(violation, profile.latencyDevice);
      const pruned = await this.repositories.queue.pruneWaiting(studyId, architecture, profile, assessment, reason);
      told.push(...pruned.map((number) => prunedEvent(number, reason, profile)));
    }
    await this.repositories.events.append(studyId, told);
  }

  /**
   * One trial on record for each architecture that cannot meet a constraint and has none yet; they take nothing from the
   * trials that the study may make. Needs the study's lock.
   *
   * @returns Whether there is a new one.
   */
  async recordOnce(study: StudyRecord, history: readonly TrialHistory[]): Promise<boolean> {
    const recorded = new Set(history.filter(isInfeasible).map(({ parameters }) => parameters.architecture));
    let limit = study.trialLimit;
    for (const architecture of this.prepared.infeasible.keys()) {
      if (recorded.has(architecture) || this.elsewhere.has(architecture)) continue;
      await this.#record(study.id, cheapestPoint(this.spec.searchSpace, architecture));
      limit++;
    }
    if (limit === study.trialLimit) return false;
    await this.repositories.studies.setTrialLimit(study.id, limit);
    return true;
  }

  /**
   * What becomes of a proposal on this device. `train`: it is trained. `recorded`: it was pruned at once. `left`: it waits
   * for a device that may meet the constraints. `full`: enough wait for those already. Needs the study's lock.
   */
  async decide(
    studyId: string,
    parameters: TrialParameters,
    history: readonly TrialHistory[],
  ): Promise<'train' | 'recorded' | 'left' | 'full'> {
    const { architecture } = parameters;
    if (!this.prepared.infeasible.has(architecture)) return 'train';
    const others = this.elsewhere.get(architecture);
    if (others === undefined) {
      await this.#record(studyId, parameters);
      return 'recorded';
    }
    const left = history.filter(
      (trial) => trial.state === 'WAITING' && this.elsewhere.has(trial.parameters.architecture),
    );
    if (left.length >= others) return 'full';
    const number = await this.repositories.studies.takeNumbers(studyId, 1);
    await this.repositories.queue.enqueue([newTrial(this.spec, studyId, number, parameters)]);
    return 'left';
  }

  async #record(studyId: string, parameters: TrialParameters): Promise<void> {
    const known = this.#known(parameters.architecture);
    if (known === null) return;
    const { profile, assessment } = known;
    const number = await this.repositories.studies.takeNumbers(studyId, 1);
    const trial = newTrial(this.spec, studyId, number, parameters);
    const violation = this.prepared.infeasible.get(parameters.architecture) ?? '';
    const reason = reasonOf(violation, profile.latencyDevice);
    await this.repositories.queue.insertPruned(trial, profile, assessment, reason);
    await this.repositories.events.append(studyId, [prunedEvent(number, reason, profile)]);
  }

  #known(architecture: string) {
    return knownProfile(this.spec, this.prepared, architecture, this.device);
  }
}

/** Writes what is known of a trial into its row when it is claimed. */
export async function withProfile(
  { queue }: SearchRepositories,
  spec: StudySpec,
  trial: TrialRecord,
  device: Device,
  prepared: PreparedStudy,
  leaseSeconds: number,
): Promise<TrialRecord> {
  const known = knownProfile(spec, prepared, trial.parameters.architecture, device);
  if (known === null) return trial;
  const { profile, assessment } = known;
  await queue.recordProfile(trial.id, trial.attempt, profile, assessment, leaseSeconds);
  return { ...trial, ...profile, ...assessment };
}

/** Architecture -> living workers on other devices whose own profiles do not say that it is infeasible there too. */
async function othersFor(
  repositories: SearchRepositories,
  spec: StudySpec,
  device: Device,
  architectures: readonly string[],
): Promise<Map<string, number>> {
  const others = new Map<string, number>();
  if (architectures.length === 0) return others;
  const here = JSON.stringify(identityOf(device));
  const byDevice = new Map<string, { device: Device; workers: number }>();
  for (const worker of await repositories.workers.list(WORKERS_LOOKED_AT)) {
    const identity = JSON.stringify(identityOf(worker.device));
    if (!worker.alive || identity === here) continue;
    byDevice.set(identity, { device: worker.device, workers: 1 + (byDevice.get(identity)?.workers ?? 0) });
  }
  const dataset = await claimDataset(repositories, spec.datasetId);
  for (const other of byDevice.values()) {
    const records = await repositories.preparations.findByKeys(profileKeys(spec, dataset, other.device));
    const profiles = records.flatMap((record) =>
      record?.profile == null || record.state === 'FAIL' ? [] : [[record.key.architecture, record.profile] as const],
    );
    const infeasible = infeasibleOf(spec, new Map(profiles));
    for (const architecture of architectures) {
      if (!infeasible.has(architecture)) others.set(architecture, other.workers + (others.get(architecture) ?? 0));
    }
  }
  return others;
}

/** Whether what was known before training violates a constraint already. */
function isInfeasible({ state, constraints }: TrialHistory): boolean {
  const settled = constraints.some(
    ({ metric, violation }) => metricsBeforeTraining.has(metric) && violation !== null && violation > 0,
  );
  return state === 'PRUNED' && settled;
}

function prunedEvent(number: number, reason: string, { measures }: TrialProfile): StudyEvent {
  const { latencyP95Ms = null } = measures;
  return { type: 'trial.finished', number, state: 'PRUNED', reason, accuracy: null, latencyP95Ms, onFront: false };
}

function reasonOf(violation: string, device: DeviceIdentity | null): string {
  const where = device === null ? '' : ` on ${device.class} (${device.name})`;
  return `${violation}: measured before any training${where}`;
}

/** The point of an architecture that takes the least training. */
function cheapestPoint({ retrainDepth, learningRate, epochs }: SearchSpace, architecture: string): TrialParameters {
  const [depth] = retrainDepth;
  const { low } = learningRate.perDepth?.[depth] ?? learningRate;
  return {
    architecture,
    retrainDepth: depth,
    learningRate: low,
    epochs: 'low' in epochs ? epochs.low : Math.min(...epochs),
  };
}
