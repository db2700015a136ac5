import { type Clock, NotFoundError, systemClock } from '#primitives';
import { DuplicatedStudyError } from './errors.js';
import { type FrozenTrial, toInternalParams } from './frozen-trial.js';
import { SharedDistributions } from './shared-distributions.js';
import type {
  NewTrial,
  Storage,
  StudyRecord,
  StudyUpdate,
  TrialClaimKey,
  TrialResult,
  TrialUpdate,
} from './storage.js';
import type { TrialState } from './trial-state.js';

interface StoredStudy {
  record: StudyRecord;
  /** By number. */
  readonly trials: FrozenTrial[];
  /** Numbers of the WAITING ones. */
  readonly waiting: Set<number>;
  /** One object for all trials with the same distributions: samplers compare them by identity first. */
  readonly distributions: SharedDistributions;
}

const noAttrs: FrozenTrial['userAttrs'] = Object.freeze({});

/** Keeps everything in this process; gone with it. Trials are replaced, never changed, so readers keep what they read. */
export class InMemoryStorage implements Storage {
  readonly #studies = new Map<string, StoredStudy>();
  readonly #clock: Clock;

  /** @param clock Dates of trials. */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async createStudy(study: StudyRecord): Promise<void> {
    if (this.#studies.has(study.name)) throw new DuplicatedStudyError(study.name);
    this.#studies.set(study.name, {
      record: structuredClone(study),
      trials: [],
      waiting: new Set(),
      distributions: new SharedDistributions(),
    });
  }

  async getStudy(name: string): Promise<StudyRecord> {
    return this.#find(name).record;
  }

  async listStudies(): Promise<readonly StudyRecord[]> {
    return [...this.#studies.values()].map(({ record }) => record).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async updateStudy(name: string, update: StudyUpdate): Promise<void> {
    const study = this.#find(name);
    const { userAttrs, systemAttrs } = structuredClone(update);
    study.record = {
      ...study.record,
      userAttrs: { ...study.record.userAttrs, ...userAttrs },
      ...(systemAttrs === undefined ? {} : { systemAttrs: { ...study.record.systemAttrs, ...systemAttrs } }),
    };
  }

  async deleteStudy(name: string): Promise<void> {
    this.#find(name);
    this.#studies.delete(name);
  }

  async createTrial(study: string, trial: NewTrial): Promise<FrozenTrial> {
    const { trials, waiting, distributions: shared } = this.#find(study);
    const params = { ...trial.params };
    const distributions = shared.get(trial.distributions ?? {});
    const isRunning = trial.state === 'RUNNING';
    const created: FrozenTrial = {
      number: trials.length,
      state: trial.state,
      attempt: isRunning ? 1 : 0,
      values: null,
      params,
      internalParams: toInternalParams(params, distributions),
      distributions,
      intermediateValues: new Map(),
      constraints: null,
      userAttrs: copyAttrs(trial.userAttrs),
      systemAttrs: copyAttrs(trial.systemAttrs),
      datetimeStart: isRunning ? this.#now() : null,
      datetimeComplete: null,
    };
    trials.push(created);
    if (!isRunning) waiting.add(created.number);
    return created;
  }

  async addTrial(study: string, trial: FrozenTrial): Promise<FrozenTrial> {
    const { trials } = this.#find(study);
    const added = { ...structuredClone(trial), number: trials.length };
    trials.push(added);
    return added;
  }

  async getTrial(study: string, number: number): Promise<FrozenTrial> {
    const trial = this.#find(study).trials[number];
    if (trial === undefined) throw new NotFoundError('trial', `${study}/${number}`);
    return trial;
  }

  async getTrials(study: string, states?: readonly TrialState[]): Promise<readonly FrozenTrial[]> {
    const { trials } = this.#find(study);
    return states === undefined ? [...trials] : trials.filter((trial) => states.includes(trial.state));
  }

  async claimWaiting(study: string): Promise<FrozenTrial | null> {
    const { trials, waiting } = this.#find(study);
    if (waiting.size === 0) return null;
    const first = trials[[...waiting].reduce((a, b) => Math.min(a, b))];
    const claimed: FrozenTrial = {
      ...first,
      state: 'RUNNING',
      attempt: first.attempt + 1,
      datetimeStart: this.#now(),
    };
    trials[claimed.number] = claimed;
    waiting.delete(claimed.number);
    return claimed;
  }

  async updateTrial(study: string, key: TrialClaimKey, update: TrialUpdate): Promise<boolean> {
    const shared = this.#find(study).distributions;
    return this.#write(study, key, (trial) => {
      const { params, intermediateValue, constraints, userAttrs, systemAttrs } = update;
      const distributions = shared.get({ ...trial.distributions, ...update.distributions });
      const allParams = { ...trial.params, ...params };
      let { intermediateValues } = trial;
      if (intermediateValue !== undefined) {
        const { step, value } = intermediateValue;
        intermediateValues = new Map(intermediateValues).set(step, value);
      }
      return {
        ...trial,
        params: allParams,
        distributions,
        internalParams: toInternalParams(allParams, distributions),
        intermediateValues,
        constraints: constraints === undefined ? trial.constraints : [...constraints],
        userAttrs: userAttrs === undefined ? trial.userAttrs : { ...trial.userAttrs, ...structuredClone(userAttrs) },
        systemAttrs:
          systemAttrs === undefined ? trial.systemAttrs : { ...trial.systemAttrs, ...structuredClone(systemAttrs) },
      };
    });
  }

  async finishTrial(study: string, key: TrialClaimKey, result: TrialResult): Promise<boolean> {
    return this.#write(study, key, (trial) => ({
      ...trial,
      state: result.state,
      values: result.values === null ? null : [...result.values],
      constraints: result.constraints === undefined ? trial.constraints : [...result.constraints],
      datetimeComplete: this.#now(),
    }));
  }

  async releaseTrial(study: string, key: TrialClaimKey): Promise<boolean> {
    const isReleased = this.#write(study, key, (trial) => ({
      ...trial,
      state: 'WAITING',
      intermediateValues: new Map(),
      constraints: null,
      datetimeStart: null,
    }));
    if (isReleased) this.#find(study).waiting.add(key.number);
    return isReleased;
  }

  #find(name: string): StoredStudy {
    const study = this.#studies.get(name);
    if (study === undefined) throw new NotFoundError('study', name);
    return study;
  }

  #write(study: string, { number, attempt }: TrialClaimKey, change: (trial: FrozenTrial) => FrozenTrial): boolean {
    const { trials } = this.#find(study);
    const trial = trials[number];
    if (trial === undefined) throw new NotFoundError('trial', `${study}/${number}`);
    if (trial.state !== 'RUNNING' || trial.attempt !== attempt) return false;
    trials[number] = change(trial);
    return true;
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

function copyAttrs(attrs: FrozenTrial['userAttrs'] | undefined): FrozenTrial['userAttrs'] {
  return attrs === undefined ? noAttrs : structuredClone(attrs);
}
