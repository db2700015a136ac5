/**
 * @file CMA-ES, for one objective and parameters that are numbers: Hansen 2016, arXiv:1604.00772. Mirrors
 * optuna/samplers/_cmaes.py 5.0.0; the update equals that of its cmaes package.
 *
 * The search distribution follows from the history alone: of the COMPLETE trials with all parameters, in order of their
 * numbers, every λ are one generation, whichever distribution each was drawn from. One that was drawn from an earlier
 * one (by a parallel worker), was enqueued, or finished late, is moved within reach of the present one first, as points
 * from outside are in Hansen 2011, hal-inria-00628254: no result is lost (there, only trials of the present generation
 * are learnt from). A discounted trial of an earlier study belongs to no generation: the best of those is where the
 * search begins.
 *
 * Differs besides: infeasible trials rank behind feasible ones, by violation (there, constraints are ignored); no random
 * trial comes first; parameters on a grid keep a deviation that reaches the next value; no configuration twice while a
 * finite space has others; no separable variant, learning rate adaptation or restarts. Parameters that are decided
 * already are not conditioned on.
 */
import { InvalidInputError, type Rng } from '#primitives';
import type { Distribution, ParamValue } from '../../distributions/distribution.js';
import { cardinality, contains, toInternalRepr } from '../../distributions/internal-representation.js';
import { type FrozenTrial, toLosses, violationOf } from '../../frozen-trial.js';
import { completeOptions, type OptionSchemas } from '../../option-schema.js';
import type { SearchSpace } from '../../search-space.js';
import { RandomSampler } from '../random-sampler.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from '../sampler.js';
import { fromUnit, toUnit, unitWidth } from '../unit-interval.js';
import { firstUntried } from '../untried.js';
import { withoutTrial } from '../without-trial.js';
import {
  type CmaState,
  drawPoint,
  initialCmaState,
  updateCmaState,
  withinReach,
  withMinimalDeviations,
} from './cma-state.js';
import { type StrategyParameters, strategyParameters, usualPopulationSize } from './strategy-parameters.js';

/** Options of `CmaesSampler`; ranges, defaults and meanings stand in `cmaesOptions`. */
export interface CmaesSamplerOptions {
  readonly startupTrials?: number;
  readonly sigma0?: number;
  readonly populationFactor?: number;
  readonly considerPrunedTrials?: boolean;
  /** Where the search begins, as people write it. @default the best startup or earlier trial, else the middle */
  readonly x0?: Readonly<Record<string, ParamValue>>;
  /** Draws choices, and everything before the startup trials are done. @default RandomSampler */
  readonly independentSampler?: Sampler;
}

export const cmaesOptions = {
  startupTrials: {
    type: 'integer',
    default: 0,
    minimum: 0,
    description: 'Completed trials drawn at random first; the search then begins at the best of them.',
  },
  sigma0: {
    type: 'number',
    default: 1 / 6,
    minimum: 1e-6,
    maximum: 10,
    description: 'First standard deviation, as a share of every range (of its logarithm where it is log-uniform).',
  },
  populationFactor: {
    type: 'number',
    default: 1,
    minimum: 0.5,
    maximum: 100,
    description: 'Trials in a generation, as a multiple of the usual 4 + 3 ln d for d numeric parameters.',
  },
  considerPrunedTrials: {
    type: 'boolean',
    default: false,
    description: 'Learn from pruned trials as well, by their last reported value.',
  },
} as const satisfies OptionSchemas;

/** Points that are drawn in search of an untried configuration. */
const ROUNDS = 8;

/** The sampler. It remembers the last search distributions, which saves time and changes no answer. */
export class CmaesSampler implements Sampler {
  readonly name = 'cmaes';
  readonly #options: Required<Omit<CmaesSamplerOptions, 'x0' | 'independentSampler'>>;
  readonly #x0: CmaesSamplerOptions['x0'];
  readonly #independent: Sampler;
  #memory: Memory | undefined;

  /** @throws {RangeError} if an option is outside its range. */
  constructor({ x0, independentSampler = new RandomSampler(), ...options }: CmaesSamplerOptions = {}) {
    this.#options = completeOptions(cmaesOptions, options);
    this.#x0 = x0;
    this.#independent = independentSampler;
  }

  /**
   * The numeric parameters; choices are left to `sampleIndependent`.
   *
   * @throws {InvalidInputError} if the study has several objectives.
   * @throws {RangeError} if `x0` leaves out a parameter, or has a value outside its range.
   */
  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams {
    refuseSeveralObjectives(context);
    const others = withoutTrial(history, context.trialNumber);
    const axes = Object.entries(space).filter(
      ([, distribution]) => distribution.type !== 'categorical' && cardinality(distribution) > 1,
    );
    if (axes.length === 0) return {};
    const { startup, members } = this.#observations(context, others, axes);
    if (members === undefined) return {};
    const usual = usualPopulationSize(axes.length);
    const parameters = strategyParameters(axes.length, Math.max(2, Math.round(usual * this.#options.populationFactor)));
    const state = this.#state(this.#begin(startup, axes), members, axes, parameters);
    const proposals = drawProposals(state, axes, context.rng.fork('cmaes'));
    // A repeat is one only if the choices are known as well; they are not, here.
    if (Object.values(space).some(({ type }) => type === 'categorical')) {
      return proposals.next().value as InternalParams;
    }
    return firstUntried(proposals, Object.fromEntries(axes), others, context.rng.fork('cmaes:untried'), context);
  }

  /** @throws {InvalidInputError} if the study has several objectives. */
  sampleIndependent(context: SamplerContext, history: TrialHistory, name: string, distribution: Distribution): number {
    refuseSeveralObjectives(context);
    return this.#independent.sampleIndependent(context, history, name, distribution);
  }

  /** What is learnt from, by number. No members: the startup trials are not done. */
  #observations(
    context: SamplerContext,
    others: TrialHistory,
    axes: readonly Axis[],
  ): { startup: Observation[]; members?: Observation[] } {
    const earlier: Observation[] = [];
    const own: Observation[] = [];
    for (const trial of others) {
      const counts = trial.state === 'COMPLETE' || (trial.state === 'PRUNED' && this.#options.considerPrunedTrials);
      if (!counts || trial.values === null || !isInside(trial, axes)) continue;
      const observation = toObservation(trial, context, axes);
      if (trial.weight !== undefined && trial.weight < 1) earlier.push(observation);
      else own.push(observation);
    }
    const { startupTrials } = this.#options;
    if (own.length < startupTrials) return { startup: [] };
    return { startup: [...earlier, ...own.slice(0, startupTrials)], members: own.slice(startupTrials) };
  }

  /** The middle of the first distribution. */
  #begin(startup: readonly Observation[], axes: readonly Axis[]): Float64Array {
    const x0 = this.#x0;
    if (x0 !== undefined) {
      return Float64Array.from(axes, ([name, distribution]) => {
        if (!Object.hasOwn(x0, name)) throw new RangeError(`x0.${name} is missing, must be set for every number`);
        return toUnit(distribution, toInternalRepr(distribution, x0[name], `x0.${name}`));
      });
    }
    const [best] = [...startup].sort(byMerit);
    return best?.point ?? new Float64Array(axes.length).fill(0.5);
  }

  /** The present distribution: that of the beginning, moved by one generation after another. */
  #state(
    mean: Float64Array,
    members: readonly Observation[],
    axes: readonly Axis[],
    parameters: StrategyParameters,
  ): CmaState {
    const { populationSize } = parameters;
    const widths = axes.map(([, distribution]) => unitWidth(distribution, 0.5));
    const grids = widths.filter((width) => width > 0).length;
    const floors = Float64Array.from(widths, (width) => width / (2 * grids + 1));
    const begin = [...mean, ...floors].join();
    const known = this.#memory?.begin === begin ? this.#memory.generations : [];
    const generations: Generation[] = [];
    let state = withMinimalDeviations(initialCmaState(mean, this.#options.sigma0), floors);
    for (let end = populationSize; end <= members.length; end += populationSize) {
      const points = members
        .slice(end - populationSize, end)
        .sort(byMerit)
        .map(({ point }) => point);
      const remembered = known[generations.length];
      if (known.length > generations.length && areEqual(remembered.points, points)) state = remembered.state;
      else {
        known.length = generations.length; // what follows another generation is another distribution
        const present = state;
        const moved = points.map((point) => withinReach(present, point));
        state = withMinimalDeviations(updateCmaState(present, moved, parameters), floors);
      }
      generations.push({ points, state });
    }
    this.#memory = { begin, generations };
    return state;
  }
}

type Axis = readonly [name: string, distribution: Distribution];

interface Observation {
  /** In the unit cube. */
  readonly point: Float64Array;
  readonly loss: number;
  readonly violation: number;
}

interface Generation {
  readonly points: readonly Float64Array[];
  readonly state: CmaState;
}

interface Memory {
  readonly begin: string;
  readonly generations: Generation[];
}

function refuseSeveralObjectives({ directions }: SamplerContext): void {
  if (directions.length === 1) return;
  const allowed = `a sampler for several objectives, as the study has ${directions.length}: cmaes takes one`;
  throw new InvalidInputError([{ field: 'sampler.name', value: 'cmaes', allowed }]);
}

function isInside({ internalParams }: FrozenTrial, axes: readonly Axis[]): boolean {
  return axes.every(([name, distribution]) => contains(distribution, internalParams[name] ?? Number.NaN));
}

function toObservation(trial: FrozenTrial, { directions }: SamplerContext, axes: readonly Axis[]): Observation {
  return {
    point: Float64Array.from(axes, ([name, distribution]) => toUnit(distribution, trial.internalParams[name])),
    loss: toLosses(trial.values as readonly number[], directions)[0],
    violation: violationOf(trial),
  };
}

/** Best first; equal ones stay as they are. */
function byMerit(a: Observation, b: Observation): number {
  if (a.violation !== b.violation) return a.violation < b.violation ? -1 : 1;
  return a.loss < b.loss ? -1 : a.loss > b.loss ? 1 : 0;
}

/** Points inside the space, as far as 10 draws per dimension find one; then the nearest corner, edge or side. */
function* drawProposals(state: CmaState, axes: readonly Axis[], rng: Rng): Generator<InternalParams, undefined> {
  for (let round = 0; round < ROUNDS; round++) {
    let point = drawPoint(state, rng);
    for (let draw = 1; draw <= 10 * axes.length && point.some((x) => x < 0 || x > 1); draw++) {
      point = drawPoint(state, rng);
    }
    yield Object.fromEntries(axes.map(([name, distribution], i) => [name, fromUnit(distribution, point[i])]));
  }
}

function areEqual(a: readonly Float64Array[], b: readonly Float64Array[]): boolean {
  return a.length === b.length && a.every((row, k) => row.every((x, i) => x === b[k][i]));
}
