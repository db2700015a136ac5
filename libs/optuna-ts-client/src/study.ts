import { paretoFront } from '#ranking';
import type { ConditionalSpace } from './conditional-space.js';
import type { ParamValue } from './distributions/distribution.js';
import { type Direction, type FrozenTrial, type JsonValue, lastStep, toLosses, violationOf } from './frozen-trial.js';
import type { Pruner } from './pruners/pruner.js';
import { createPruner } from './pruners/registry.js';
import { createSampler } from './samplers/registry.js';
import type { Sampler } from './samplers/sampler.js';
import type { Storage, StudyRecord, TrialClaimKey } from './storage.js';
import { checkWritten, type StudySettings } from './study-settings.js';
import { Trial } from './trial.js';
import type { TrialState } from './trial-state.js';

/** How a study searches; all but the storage and the name have defaults. */
export interface StudyOptions {
  readonly storage: Storage;
  readonly name: string;
  /** One per objective. @default {['minimize']} */
  readonly directions?: readonly Direction[];
  /** @default TPE */
  readonly sampler?: Sampler;
  /** @default the median pruner */
  readonly pruner?: Pruner;
  /** Integer in [0, 2³²). @default {0} */
  readonly seed?: number;
  /** Which objective the intermediate values belong to. @default {0} */
  readonly curveObjective?: number;
}

/** How a trial ended: values alone mean COMPLETE. */
export interface TellInput {
  /** One per objective. A NaN makes the trial FAIL. */
  readonly values?: readonly number[];
  /** @default 'COMPLETE' with values, else 'FAIL' */
  readonly state?: 'COMPLETE' | 'PRUNED' | 'FAIL';
  /** One per constraint, feasible when <= 0. */
  readonly constraints?: readonly number[];
}

/**
 * Ask and tell, as in Optuna: the caller asks for a trial, evaluates it wherever it likes, and tells the result.
 *
 * @see optuna/study/study.py, 5.0.0; differences stand in COMPATIBILITY.md.
 */
export class Study {
  readonly #settings: StudySettings;

  private constructor(record: StudyRecord, options: StudyOptions) {
    const { sampler = createSampler('tpe'), pruner = createPruner('median'), seed = 0, curveObjective = 0 } = options;
    if (record.directions[curveObjective] === undefined) {
      throw new RangeError(`curveObjective is ${curveObjective}, must be in [0, ${record.directions.length - 1}]`);
    }
    this.#settings = { storage: options.storage, record, sampler, pruner, seed, curveObjective };
  }

  /** @throws {DuplicatedStudyError} if the name is taken. @throws {RangeError} if there is no direction. */
  static async create(options: StudyOptions): Promise<Study> {
    const { storage, name, directions = ['minimize'] } = options;
    if (directions.length === 0) throw new RangeError('directions is empty, must have one per objective');
    const study = new Study({ name, directions: [...directions], userAttrs: {} }, options);
    await storage.createStudy(study.#settings.record);
    return study;
  }

  /** Goes on with a stored study; its directions are those it was made with. @throws {NotFoundError} */
  static async load(options: Omit<StudyOptions, 'directions'>): Promise<Study> {
    return new Study(await options.storage.getStudy(options.name), options);
  }

  get name(): string {
    return this.#settings.record.name;
  }

  get directions(): readonly Direction[] {
    return this.#settings.record.directions;
  }

  /** All trials, or those in the given states, by rising number. */
  getTrials(states?: readonly TrialState[]): Promise<readonly FrozenTrial[]> {
    return this.#settings.storage.getTrials(this.name, states);
  }

  /** Queues a configuration: the next `ask` hands it out before the sampler is asked. */
  enqueueTrial(
    params: Readonly<Record<string, ParamValue>>,
    userAttrs?: Readonly<Record<string, JsonValue>>,
  ): Promise<FrozenTrial> {
    return this.#settings.storage.createTrial(this.name, {
      state: 'WAITING',
      userAttrs,
      systemAttrs: { fixed_params: params },
    });
  }

  /**
   * A trial to evaluate: the oldest waiting one, else a new one.
   *
   * @param space Parameters to propose at once, conditional ones included. Others, or all, can be asked for with `trial.suggest…`.
   */
  async ask(space: ConditionalSpace = {}): Promise<Trial> {
    const { storage } = this.#settings;
    const { name } = this;
    const frozen = (await storage.claimWaiting(name)) ?? (await storage.createTrial(name, { state: 'RUNNING' }));
    const trial = new Trial(this.#settings, frozen);
    await trial.suggestAll(space);
    return trial;
  }

  /**
   * Ends a trial.
   *
   * A PRUNED trial of a study with one objective keeps its last reported value (when that is a number).
   *
   * @throws {TrialStateError} if it is not RUNNING. @throws {StaleAttemptError} if another attempt has it.
   * @throws {RangeError} if the values are not one per objective, or COMPLETE comes without values.
   */
  async tell({ number, attempt }: TrialClaimKey, input: TellInput): Promise<FrozenTrial> {
    const { storage } = this.#settings;
    const { name } = this;
    let state = input.state ?? (input.values === undefined ? 'FAIL' : 'COMPLETE');
    let values = state === 'COMPLETE' ? (input.values ?? null) : null;
    if (state === 'COMPLETE' && values?.length !== this.directions.length) {
      throw new RangeError(
        `values has ${values?.length ?? 0} numbers, must have one for each of ${this.directions.length} objectives`,
      );
    }
    if (values?.some(Number.isNaN)) {
      state = 'FAIL';
      values = null;
    }
    if (state === 'PRUNED' && this.directions.length === 1) {
      const { intermediateValues } = await storage.getTrial(name, number);
      const step = lastStep(intermediateValues);
      const value = step === undefined ? Number.NaN : intermediateValues.get(step)!;
      values = Number.isNaN(value) ? null : [value];
    }
    const key = { number, attempt };
    await checkWritten(
      this.#settings,
      'tell',
      key,
      storage.finishTrial(name, key, { state, values, constraints: input.constraints }),
    );
    return storage.getTrial(name, number);
  }

  /** Gives a trial back: it waits again, and the next `ask` hands it out. @throws as `tell`. */
  async release(key: TrialClaimKey): Promise<void> {
    await checkWritten(this.#settings, 'release', key, this.#settings.storage.releaseTrial(this.name, key));
  }

  /**
   * The feasible trials that no feasible trial dominates, by number; with one objective the best ones, ties included.
   */
  async bestTrials(): Promise<readonly FrozenTrial[]> {
    const complete = (await this.getTrials(['COMPLETE'])).filter((trial) => trial.values !== null);
    const losses = complete.map((trial) => toLosses(trial.values!, this.directions));
    return paretoFront(losses, complete.map(violationOf)).map((index) => complete[index]);
  }
}
