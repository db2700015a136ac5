import { hashSeed, Rng } from '#primitives';
import type { Distribution, ParamValue } from '../distributions/distribution.js';
import type { Direction, FrozenTrial } from '../frozen-trial.js';
import type { SearchSpace } from '../search-space.js';

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
  /** The same for every trial of the study, for what its trials share: an order, a scrambling. Forked like `rng`. */
  readonly studyRng: Rng;
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
  /**
   * The parameters to ask for together where a trial names its parameters one by one.
   *
   * @default those that all finished trials have; undefined stands for them too
   */
  relativeSpace?(history: TrialHistory): SearchSpace | undefined;
  /** Parameters that belong together. May leave names out; the caller then asks for each with `sampleIndependent`. */
  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams;
  /** One parameter on its own. */
  sampleIndependent(context: SamplerContext, history: TrialHistory, name: string, distribution: Distribution): number;
  /** Whether every configuration has been proposed, so that an ask would throw `GridExhaustedError`. Absent: never. */
  isExhausted?(history: TrialHistory, space: SearchSpace): boolean;
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

/** The context of one ask: its random streams depend on the study's seed and the trial's number only. */
export function samplerContext({
  seed,
  trialNumber,
  directions,
  curveObjective = 0,
}: SamplerContextInput): SamplerContext {
  return {
    trialNumber,
    directions,
    curveObjective,
    rng: new Rng(hashSeed(seed, 'trial', trialNumber)),
    studyRng: new Rng(hashSeed(seed, 'study')),
  };
}

/** A complete proposal, as numbers and as people write it. */
export interface Proposal {
  readonly internalParams: InternalParams;
  readonly params: Readonly<Record<string, ParamValue>>;
}
