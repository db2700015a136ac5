import { hashSeed, Rng } from '#primitives';
import { activeParameters } from '../active-parameters.js';
import { type ConditionalSpace, checkSpace, isFlat } from '../conditional-space.js';
import type { Distribution, ParamValue } from '../distributions/distribution.js';
import { toExternalRepr } from '../distributions/internal-representation.js';
import type { Direction, FrozenTrial } from '../frozen-trial.js';
import type { SearchSpace } from '../search-space.js';
import { UntriedConfigurations } from './untried-configurations.js';

/** What a sampler knows of the study besides its trials. */
export interface SamplerContext {
  /** Number of the trial that is being asked for; a trial of this number in the history is ignored. */
  readonly trialNumber: number;
  readonly directions: readonly Direction[];
  /** Index of the objective the intermediate values belong to; -1 where no objective has a curve. */
  readonly curveObjective: number;
  /**
   * Parameters of this trial that are decided already (enqueued, or the parents of a conditional one); not in the space
   * that is asked for. A model of the whole space conditions on them.
   *
   * @default none
   */
  readonly fixed?: InternalParams;
  /**
   * Whether more parameters of this trial are asked for afterwards (those that depend on these): a repeat of these alone
   * is then no repeat.
   *
   * @default {false}
   */
  readonly mayFollow?: boolean;
  /** The only source of chance; samplers fork it by purpose, so calls do not disturb each other. */
  readonly rng: Rng;
}

/** All trials of the study so far, by rising number. Samplers learn from finished and RUNNING ones. */
export type TrialHistory = readonly FrozenTrial[];

/** Parameter name → internal number (index of a choice, or the value itself). */
export type InternalParams = Readonly<Record<string, number>>;

/**
 * Proposes parameters. Stateless for the caller: the same context and history give the same proposal.
 *
 * Every returned number lies in its distribution. History may hold trials with other parameters, without values, with
 * infinite values, and in any state.
 */
export interface Sampler {
  /** As in the registry. */
  readonly name: string;
  /**
   * Whether configurations that were tried are passed over while a finite space has others.
   *
   * @default {false}
   */
  readonly avoidsRepeats?: boolean;
  /** Parameters that belong together. May leave names out; the caller then asks for each with `sampleIndependent`. */
  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams;
  /** One parameter on its own. */
  sampleIndependent(context: SamplerContext, history: TrialHistory, name: string, distribution: Distribution): number;
}

/** What `samplerContext` needs. */
export interface SamplerContextInput {
  /** Seed of the study, integer in [0, 2³²). */
  readonly seed: number;
  readonly trialNumber: number;
  readonly directions: readonly Direction[];
  /** @default {0} */
  readonly curveObjective?: number;
}

/** The context of one ask: its random stream depends on the study's seed and the trial's number only. */
export function samplerContext({
  seed,
  trialNumber,
  directions,
  curveObjective = 0,
}: SamplerContextInput): SamplerContext {
  return { trialNumber, directions, curveObjective, rng: new Rng(hashSeed(seed, 'trial', trialNumber)) };
}

/** A complete proposal, as numbers and as people write it. */
export interface Proposal {
  readonly internalParams: InternalParams;
  readonly params: Readonly<Record<string, ParamValue>>;
}

/** How often a conditional space is asked for anew where the proposal is a repeat, before one is drawn at random. */
const ROUNDS = 8;

/**
 * Asks a sampler for every parameter of `space`: together first, then one by one for those it left out.
 *
 * In a conditional space the parameters that depend on nothing come first, then those that exist with their values, and
 * so on, with `context.fixed` holding what is decided.
 *
 * @throws {RangeError} as `checkSpace`.
 */
export function propose(
  sampler: Sampler,
  context: SamplerContext,
  history: TrialHistory,
  space: ConditionalSpace,
): Proposal {
  if (isFlat(space)) return proposeFlat(sampler, context, history, space);
  checkSpace(space);
  const first = proposeByLevels(sampler, context, history, space);
  if (sampler.avoidsRepeats !== true) return first;
  const others = history.filter(({ number }) => number !== context.trialNumber);
  const untried = new UntriedConfigurations(space, others);
  if (untried.count <= 0 || untried.has(first)) return first;
  for (let round = 1; round < ROUNDS; round++) {
    const again = proposeByLevels(sampler, { ...context, rng: context.rng.fork(`round ${round}`) }, history, space);
    if (untried.has(again)) return again;
  }
  return untried.count < Number.POSITIVE_INFINITY ? untried.draw(context.rng.fork('untried')) : first;
}

function proposeByLevels(
  sampler: Sampler,
  context: SamplerContext,
  history: TrialHistory,
  space: ConditionalSpace,
): Proposal {
  let internalParams: InternalParams = {};
  let params: Proposal['params'] = {};
  for (let level = 0; ; level++) {
    const next = activeParameters(space, params);
    if (Object.keys(next.space).length === 0) return { internalParams, params };
    const proposal = proposeFlat(
      sampler,
      levelContext(context, level, internalParams, next.mayFollow),
      history,
      next.space,
    );
    internalParams = { ...internalParams, ...proposal.internalParams };
    params = { ...params, ...proposal.params };
  }
}

/** The context of one level of a conditional space: a stream of its own, or every level would draw the same numbers. */
export function levelContext(
  context: SamplerContext,
  level: number,
  decided: InternalParams,
  mayFollow: boolean,
): SamplerContext {
  const rng = level === 0 ? context.rng : context.rng.fork(`level ${level}`);
  return {
    ...context,
    rng,
    fixed: { ...context.fixed, ...decided },
    mayFollow: mayFollow || context.mayFollow === true,
  };
}

function proposeFlat(sampler: Sampler, context: SamplerContext, history: TrialHistory, space: SearchSpace): Proposal {
  const relative = sampler.sampleRelative(context, history, space);
  const internalParams: Record<string, number> = {};
  const params: Record<string, ParamValue> = {};
  for (const [name, distribution] of Object.entries(space)) {
    const internal = relative[name] ?? sampler.sampleIndependent(context, history, name, distribution);
    internalParams[name] = internal;
    params[name] = toExternalRepr(distribution, internal);
  }
  return { internalParams, params };
}
