import { activeParameters, spaceOf } from './active-parameters.js';
import { type ConditionalSpace, checkSpace, isFlat } from './conditional-space.js';
import type { Distribution, ParamValue } from './distributions/distribution.js';
import {
  contains,
  containsValue,
  describeDistribution,
  toExternalRepr,
  toInternalRepr,
} from './distributions/internal-representation.js';
import { type FrozenTrial, type JsonValue, toInternalParams } from './frozen-trial.js';
import type { PruneDecision, RunningTrial } from './pruners/pruner.js';
import { levelContext, propose } from './samplers/propose.js';
import { type InternalParams, type SamplerContext, samplerContext, type TrialHistory } from './samplers/sampler.js';
import { intersectionSearchSpace, isCompatible, type SearchSpace } from './search-space.js';
import type { TrialUpdate } from './storage.js';
import { checkWritten, type StudySettings } from './study-settings.js';
import { SuggestingTrial } from './suggesting-trial.js';

/** What is known of a running trial besides its reports. */
export type KnownResults = Partial<
  Pick<RunningTrial, 'knownValues' | 'knownConstraints' | 'possibleValues' | 'finalStep'>
>;

/**
 * A trial in the hands of the one who asked for it. Every write fails with `TrialStateError` or `StaleAttemptError` once
 * the trial has ended or has been given to someone else.
 *
 * @see optuna/trial/_trial.py, 5.0.0
 */
export class Trial extends SuggestingTrial {
  readonly number: number;
  readonly attempt: number;
  readonly #settings: StudySettings;
  readonly #context: SamplerContext;
  readonly #params: Record<string, ParamValue>;
  readonly #distributions: Record<string, Distribution>;
  readonly #fixed: Readonly<Record<string, ParamValue>>;
  readonly #reports: Map<number, number>;
  #history: TrialHistory | undefined;
  #relative: InternalParams | undefined;

  /** Made by `Study.ask`. @param frozen As it was claimed. */
  constructor(settings: StudySettings, frozen: FrozenTrial) {
    super();
    const { seed, record, curveObjective } = settings;
    this.number = frozen.number;
    this.attempt = frozen.attempt;
    this.#settings = settings;
    this.#context = samplerContext({ seed, trialNumber: frozen.number, directions: record.directions, curveObjective });
    this.#params = { ...frozen.params };
    this.#distributions = { ...frozen.distributions };
    this.#fixed = (frozen.systemAttrs.fixed_params ?? {}) as Readonly<Record<string, ParamValue>>;
    this.#reports = new Map(frozen.intermediateValues);
  }

  /** What has been suggested so far. */
  get params(): Readonly<Record<string, ParamValue>> {
    return this.#params;
  }

  /** Where each of `params` lies. */
  get distributions(): Readonly<Record<string, Distribution>> {
    return this.#distributions;
  }

  /**
   * A value for one parameter: the enqueued one, else the sampler's. A second call with a name gives the same value.
   *
   * @throws {RangeError} if the name was suggested with another kind of distribution, or the enqueued value lies
   *   outside this one.
   */
  async suggest(name: string, distribution: Distribution): Promise<ParamValue> {
    if (!Object.hasOwn(this.#params, name)) await this.#propose({ [name]: distribution }, await this.#relativeParams());
    else if (!isCompatible(this.#distributions[name], distribution)) {
      const earlier = describeDistribution(this.#distributions[name]);
      throw new RangeError(`${name} is ${describeDistribution(distribution)}, must be ${earlier} as suggested before`);
    }
    return this.#params[name];
  }

  /**
   * Values for all parameters of a space, proposed together; of a conditional one those that exist with the values of
   * their parents, parents first.
   *
   * @throws as `suggest`. @throws {RangeError} as `checkSpace`.
   */
  async suggestAll(space: ConditionalSpace): Promise<Readonly<Record<string, ParamValue>>> {
    checkSpace(space);
    const { sampler } = this.#settings;
    const isDecided = (name: string) => Object.hasOwn(this.#params, name) || Object.hasOwn(this.#fixed, name);
    if (!isFlat(space) && !Object.keys(space).some(isDecided)) {
      const proposal = propose(sampler, this.#context, await this.#trials(), space);
      await this.#propose(spaceOf(space, proposal.params) as SearchSpace, proposal.internalParams);
      return this.#params;
    }
    for (let level = 0; ; level++) {
      const { space: open, mayFollow } = activeParameters(space, this.#params);
      if (Object.keys(open).length === 0) return this.#params;
      const decided = { ...toInternalParams(this.#params, this.#distributions), ...this.#fixedOf(open) };
      const context = levelContext(this.#context, level, decided, mayFollow);
      const sampled = Object.fromEntries(Object.entries(open).filter(([name]) => !Object.hasOwn(this.#fixed, name)));
      await this.#propose(open, sampler.sampleRelative(context, await this.#trials(), sampled), context);
    }
  }

  /**
   * Records a value of the curve objective. A step that was reported before keeps its first value, as in Optuna.
   *
   * @param value NaN and ±Infinity allowed. @param step Integer >= 0. @throws {RangeError} if the step is not.
   */
  async report(value: number, step: number): Promise<void> {
    if (!Number.isSafeInteger(step) || step < 0) throw new RangeError(`step is ${step}, must be an integer >= 0`);
    if (typeof value !== 'number') throw new TypeError(`value is ${String(value)}, must be a number`);
    if (this.#reports.has(step)) return;
    await this.#update('report', { intermediateValue: { step, value } });
    this.#reports.set(step, value);
  }

  /** Whether to go on, by the study's pruner. @param known Final values and constraints that are known already. */
  async shouldPrune({ knownValues = [], knownConstraints = [], ...known }: KnownResults = {}): Promise<PruneDecision> {
    const { storage, record, pruner, curveObjective } = this.#settings;
    return pruner.decide(
      { directions: record.directions, curveObjective, studyName: record.name },
      {
        ...known,
        number: this.number,
        params: this.#params,
        intermediateValues: this.#reports,
        knownValues,
        knownConstraints,
      },
      await storage.getTrials(record.name),
    );
  }

  async setUserAttr(key: string, value: JsonValue): Promise<void> {
    await this.#update('set an attribute of', { userAttrs: { [key]: value } });
  }

  async setSystemAttr(key: string, value: JsonValue): Promise<void> {
    await this.#update('set an attribute of', { systemAttrs: { [key]: value } });
  }

  async #propose(space: SearchSpace, relative: InternalParams, context = this.#context): Promise<void> {
    const params: Record<string, ParamValue> = {};
    for (const [name, distribution] of Object.entries(space)) {
      if (Object.hasOwn(this.#fixed, name)) {
        toInternalRepr(distribution, this.#fixed[name], name); // a queued configuration is never bent to fit
        params[name] = this.#fixed[name];
      } else {
        const proposed = relative[name];
        const internal =
          proposed !== undefined && contains(distribution, proposed)
            ? proposed
            : this.#settings.sampler.sampleIndependent(context, await this.#trials(), name, distribution);
        params[name] = toExternalRepr(distribution, internal);
      }
    }
    await this.#update('suggest a parameter of', { params, distributions: space });
    Object.assign(this.#params, params);
    Object.assign(this.#distributions, space);
  }

  /** What the sampler proposes for the parameters that all finished trials have; asked once. */
  async #relativeParams(): Promise<InternalParams> {
    if (this.#relative === undefined) {
      const history = await this.#trials();
      const { sampler } = this.#settings;
      const common = Object.entries(sampler.relativeSpace?.(history) ?? intersectionSearchSpace(history));
      const space = Object.fromEntries(common.filter(([name]) => !Object.hasOwn(this.#fixed, name)));
      const isEmpty = Object.keys(space).length === 0;
      const context = { ...this.#context, fixed: this.#fixedOf(Object.fromEntries(common)) };
      this.#relative = isEmpty ? {} : sampler.sampleRelative(context, history, space);
    }
    return this.#relative;
  }

  /** The queued values of a space's parameters, as numbers; those that do not fit are left to `#propose` to refuse. */
  #fixedOf(space: SearchSpace): InternalParams {
    const fitting = Object.entries(space).filter(
      ([name, distribution]) => Object.hasOwn(this.#fixed, name) && containsValue(distribution, this.#fixed[name]),
    );
    return Object.fromEntries(fitting.map(([name, d]) => [name, toInternalRepr(d, this.#fixed[name], name)]));
  }

  /** The study as this trial found it: one view for all of its parameters. */
  async #trials(): Promise<TrialHistory> {
    const { storage, record, priorTrials } = this.#settings;
    if (this.#history === undefined) {
      const own = await storage.getTrials(record.name);
      this.#history = priorTrials.length === 0 ? own : [...priorTrials, ...own];
    }
    return this.#history;
  }

  async #update(action: string, update: TrialUpdate): Promise<void> {
    const { storage, record } = this.#settings;
    await checkWritten(this.#settings, action, this, storage.updateTrial(record.name, this, update));
  }
}
