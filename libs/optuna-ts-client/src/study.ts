import { NotFoundError } from '#primitives';
import { bestOf } from './best-trials.js';
import { type ConditionalSpace, isFlat } from './conditional-space.js';
import type { ParamValue } from './distributions/distribution.js';
import { GridExhaustedError } from './errors.js';
import { type Direction, type FrozenTrial, type JsonValue, lastStep } from './frozen-trial.js';
import { type Objective, type OptimizeOptions, optimize } from './optimize.js';
import { toPriorTrials } from './prior-trials.js';
import type { Pruner } from './pruners/pruner.js';
import { createPruner } from './pruners/registry.js';
import { createSampler } from './samplers/registry.js';
import type { Sampler } from './samplers/sampler.js';
import type { Storage, StudyRecord, TrialClaimKey } from './storage.js';
import { checkWritten, type StudySettings } from './study-settings.js';
import type { TellInput } from './tell-input.js';
import { Trial } from './trial.js';
import { isFinished, type TrialState } from './trial-state.js';

/** Under this name Optuna keeps them too. */
const METRIC_NAMES = 'study:metric_names';

/** How a study searches; all but the storage and the name have defaults. */
export interface StudyOptions {
  readonly storage: Storage;
  readonly name: string;
  /** One per objective. @default {['minimize']} */
  readonly directions?: readonly Direction[];
  /** @default `auto` */
  readonly sampler?: Sampler;
  /** @default the median pruner */
  readonly pruner?: Pruner;
  /** Integer in [0, 2³²). @default {0} */
  readonly seed?: number;
  /** Which objective the intermediate values belong to. @default {0} */
  readonly curveObjective?: number;
  /**
   * Finished trials of earlier studies, older ones first, that the sampler learns from; they are no trials of this study
   * and are not stored with it. Values are in the order of this study's objectives.
   *
   * @default none
   */
  readonly priorTrials?: readonly FrozenTrial[];
  /** How much one of them counts beside one of the study's own, in (0, 1]. @default {0.5} */
  readonly priorWeight?: number;
}

/** How a configuration is queued. */
export interface EnqueueOptions {
  /** Whether one that a trial has already, or that waits, is not queued again. @default {false} */
  readonly skipIfExists?: boolean;
}

/** How a trial is told. */
export interface TellOptions {
  /** Whether a trial that has ended already is left as it is, without an error. @default {false} */
  readonly skipIfFinished?: boolean;
}

/**
 * Ask and tell, as in Optuna: the caller asks for a trial, evaluates it wherever it likes, and tells the result.
 *
 * @see optuna/study/study.py, 5.0.0; differences stand in COMPATIBILITY.md.
 */
export class Study {
  readonly #settings: StudySettings;
  #isStopped = false;

  private constructor(record: StudyRecord, options: StudyOptions) {
    const { sampler = createSampler('auto'), pruner = createPruner('median'), seed = 0, curveObjective = 0 } = options;
    if (record.directions[curveObjective] === undefined) {
      throw new RangeError(`curveObjective is ${curveObjective}, must be in [0, ${record.directions.length - 1}]`);
    }
    const { priorTrials = [], priorWeight = 0.5 } = options;
    const wrong = priorTrials.findIndex(({ values }) => values !== null && values.length !== record.directions.length);
    if (wrong >= 0) {
      const wanted = `one for each of ${record.directions.length} objectives`;
      throw new RangeError(
        `priorTrials[${wrong}].values has ${priorTrials[wrong].values?.length} numbers, must have ${wanted}`,
      );
    }
    this.#settings = {
      storage: options.storage,
      record,
      sampler,
      pruner,
      seed,
      curveObjective,
      priorTrials: toPriorTrials(priorTrials, priorWeight),
    };
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

  /**
   * Queues a configuration: the next `ask` hands it out before the sampler is asked.
   *
   * @returns The trial that waits now, or with `skipIfExists` the one that has the configuration already.
   */
  async enqueueTrial(
    params: Readonly<Record<string, ParamValue>>,
    userAttrs?: Readonly<Record<string, JsonValue>>,
    { skipIfExists = false }: EnqueueOptions = {},
  ): Promise<FrozenTrial> {
    const existing = skipIfExists ? (await this.getTrials()).find((trial) => isOf(trial, params)) : undefined;
    if (existing !== undefined) return existing;
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
   * @throws {GridExhaustedError} if the sampler has proposed every configuration there is.
   */
  async ask(space: ConditionalSpace = {}): Promise<Trial> {
    const { storage, sampler } = this.#settings;
    const { name } = this;
    const waiting = await storage.claimWaiting(name);
    if (waiting === null && isFlat(space) && sampler.isExhausted?.(await this.getTrials(), space))
      throw new GridExhaustedError();
    const frozen = waiting ?? (await storage.createTrial(name, { state: 'RUNNING' }));
    const trial = new Trial(this.#settings, frozen);
    try {
      await trial.suggestAll(space);
    } catch (error) {
      // Another worker was faster with the last configuration: nobody will run this trial.
      if (error instanceof GridExhaustedError) await storage.finishTrial(name, frozen, { state: 'FAIL', values: null });
      throw error;
    }
    return trial;
  }

  /**
   * Adds a trial that was evaluated elsewhere; its number is the study's next one.
   *
   * @throws {RangeError} if its values are not one per objective.
   */
  async addTrial(trial: FrozenTrial): Promise<FrozenTrial> {
    this.#checkValues(trial.values);
    return this.#settings.storage.addTrial(this.name, trial);
  }

  /** @throws as `addTrial`, before any is added. */
  async addTrials(trials: readonly FrozenTrial[]): Promise<readonly FrozenTrial[]> {
    for (const { values } of trials) this.#checkValues(values);
    const added: FrozenTrial[] = [];
    for (const trial of trials) added.push(await this.addTrial(trial));
    return added;
  }

  /**
   * Asks, evaluates and tells until enough trials are made.
   *
   * @throws Whatever the objective throws, unless it is expected. @throws {RangeError} if an option is outside its range.
   */
  async optimize(objective: Objective, options: OptimizeOptions<Study> = {}): Promise<void> {
    this.#isStopped = false;
    await optimize(this, objective, options, () => this.#isStopped);
  }

  /** No trial of a running `optimize` begins any more; without one nothing happens. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Ends a trial.
   *
   * @param trial Or its number: the attempt that has it now.
   * A PRUNED trial of a study with one objective keeps its last reported value (when that is a number).
   *
   * @throws {TrialStateError} if it is not RUNNING. @throws {StaleAttemptError} if another attempt has it.
   * @throws {RangeError} if the values are not one per objective, or COMPLETE comes without values.
   */
  async tell(
    trial: TrialClaimKey | number,
    input: TellInput,
    { skipIfFinished = false }: TellOptions = {},
  ): Promise<FrozenTrial> {
    const { storage } = this.#settings;
    const { name } = this;
    const { number, attempt } = typeof trial === 'number' ? await storage.getTrial(name, trial) : trial;
    if (skipIfFinished) {
      const stored = await storage.getTrial(name, number);
      if (isFinished(stored.state)) return stored;
    }
    let state = input.state ?? (input.values === undefined ? 'FAIL' : 'COMPLETE');
    let values = state === 'COMPLETE' ? (input.values ?? null) : null;
    if (state === 'COMPLETE') this.#checkValues(values ?? []);
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
    return bestOf(await this.getTrials(['COMPLETE']), this.directions);
  }

  /**
   * The feasible trial with the best value; of several the oldest.
   *
   * @throws {RangeError} with several objectives. @throws {NotFoundError} if no COMPLETE trial is feasible.
   */
  async bestTrial(): Promise<FrozenTrial> {
    if (this.directions.length !== 1) {
      throw new RangeError(`directions has ${this.directions.length} entries, must have 1: ask for bestTrials()`);
    }
    const [best] = await this.bestTrials();
    if (best === undefined) throw new NotFoundError('feasible COMPLETE trial of study', this.name);
    return best;
  }

  async userAttrs(): Promise<StudyRecord['userAttrs']> {
    return (await this.#settings.storage.getStudy(this.name)).userAttrs;
  }

  async setUserAttr(key: string, value: JsonValue): Promise<void> {
    await this.#settings.storage.updateStudy(this.name, { userAttrs: { [key]: value } });
  }

  /** What the objectives are called, in their order; null while nobody said. */
  async metricNames(): Promise<readonly string[] | null> {
    const { systemAttrs } = await this.#settings.storage.getStudy(this.name);
    return (systemAttrs?.[METRIC_NAMES] as readonly string[] | undefined) ?? null;
  }

  /** @throws {RangeError} if the names are not one per objective. */
  async setMetricNames(names: readonly string[]): Promise<void> {
    if (names.length !== this.directions.length) {
      const wanted = `one for each of ${this.directions.length} objectives`;
      throw new RangeError(`names has ${names.length} entries, must have ${wanted}`);
    }
    await this.#settings.storage.updateStudy(this.name, { systemAttrs: { [METRIC_NAMES]: [...names] } });
  }

  #checkValues(values: readonly number[] | null): void {
    if (values === null || values.length === this.directions.length) return;
    const wanted = `one for each of ${this.directions.length} objectives`;
    throw new RangeError(`values has ${values.length} numbers, must have ${wanted}`);
  }
}

/** Whether a trial has, or waits with, exactly these parameters; numbers within a relative 1e-5, as in Optuna. */
function isOf({ systemAttrs, params }: FrozenTrial, asked: Readonly<Record<string, ParamValue>>): boolean {
  const has = (systemAttrs.fixed_params ?? params) as Readonly<Record<string, ParamValue>>;
  const names = Object.keys(asked);
  if (names.length !== Object.keys(has).length) return false;
  return names.every((name) => {
    const [one, other] = [asked[name], has[name]];
    if (typeof one !== 'number' || typeof other !== 'number') return Object.hasOwn(has, name) && one === other;
    return Math.abs(one - other) <= 1e-5 * Math.abs(other);
  });
}
