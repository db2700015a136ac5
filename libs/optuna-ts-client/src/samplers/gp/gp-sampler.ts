/**
 * @file Bayesian optimization with Gaussian processes: one per objective and constraint, and the point that is expected
 * to improve most. Jones, Schonlau & Welch 1998, doi:10.1023/A:1008306431147; logarithms Ament et al. 2023,
 * arXiv:2310.20708. Mirrors optuna/samplers/_gp/sampler.py 5.0.0: kernel, priors, standardization, constraints.
 * Differs: expected hypervolume improvement in closed form instead of by samples; running trials as Kriging believers
 * (Ginsbourger, Le Riche & Carraro 2010) for every kind of problem; a pruned trial counts as a result that is no better
 * than the average, and its constraints count; hyper-parameters are fitted again when the history has grown by a
 * sixteenth; no configuration twice while a finite space has untried ones.
 */
import type { Rng } from '#primitives';
import { paretoFront } from '#ranking';
import { cardinality, internalAt } from '../../distributions/internal-representation.js';
import { completeOptions, type OptionSchemas } from '../../option-schema.js';
import type { SearchSpace } from '../../search-space.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from '../sampler.js';
import { referencePoint } from '../tpe/reference-point.js';
import { uniformDraw } from '../uniform-draw.js';
import { firstUntried } from '../untried.js';
import { nonDominatedBoxes } from './box-decomposition.js';
import { ExpectedHypervolumeImprovement } from './expected-hypervolume-improvement.js';
import { type ConstraintModel, FeasibleImprovement } from './feasible-improvement.js';
import { maximizeAcquisition } from './maximize-acquisition.js';
import { type FittedProcess, ModelMemory } from './model-memory.js';
import { NormalizedSpace } from './normalized-space.js';
import { collectStudyData, type Result, type StudyData } from './study-data.js';

/** Options of `GpSampler`; ranges, defaults and meanings stand in `gpOptions`. */
export interface GpSamplerOptions {
  readonly startupTrials?: number;
  readonly candidates?: number;
  readonly localSearches?: number;
}

export const gpOptions = {
  startupTrials: {
    type: 'integer',
    default: 10,
    minimum: 0,
    description: 'Trials drawn at random before the model is used.',
  },
  candidates: {
    type: 'integer',
    default: 1024,
    minimum: 1,
    maximum: 16384,
    description: 'Points at which the acquisition function is looked at; fewer with many trials.',
  },
  localSearches: {
    type: 'integer',
    default: 8,
    minimum: 1,
    maximum: 64,
    description: 'Points from which the acquisition function is climbed.',
  },
} as const satisfies OptionSchemas;

/** Uniform draws that are looked through for an untried configuration. */
const STARTUP_DRAWS = 8;
/** Multiplications that the candidates may cost per model; beyond, there are fewer of them. */
const CANDIDATE_BUDGET = 1.5e8;
const FEWEST_CANDIDATES = 256;
/** Rows closer than this in every dimension are one. */
const SAME_ROW = 1e-6;

/** The sampler; holds options and what it remembers of fits, which changes nothing but the time an answer takes. */
export class GpSampler implements Sampler {
  readonly name = 'gp';
  readonly #options: Required<GpSamplerOptions>;
  readonly #memory = new ModelMemory();

  /** @throws {RangeError} if an option is outside its range. */
  constructor(options: GpSamplerOptions = {}) {
    this.#options = completeOptions(gpOptions, options);
  }

  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams {
    const others = history.filter((trial) => trial.number !== context.trialNumber);
    const rng = context.rng.fork('gp');
    const { free, constants } = separateConstants(space);
    if (Object.keys(free).length === 0) return constants;
    const known = fixedSpace(context, others, space);
    const model = new NormalizedSpace({ ...free, ...known });
    const data = collectStudyData(context, others, model);
    const proposals =
      data.results.length < Math.max(1, this.#options.startupTrials)
        ? randomProposals(free, rng)
        : this.#modelProposals(context, data, model, Object.keys(free).length, rng);
    const comparable = others.filter(({ internalParams }) =>
      Object.keys(known).every((name) => internalParams[name] === context.fixed![name]),
    );
    const chosen = firstUntried(proposals, free, comparable, rng);
    return { ...constants, ...Object.fromEntries(Object.keys(free).map((name) => [name, chosen[name]])) };
  }

  sampleIndependent(context: SamplerContext, _history: TrialHistory, name: string, distribution: SearchSpace[string]) {
    return uniformDraw(distribution, context.rng.fork(`gp:${name}`));
  }

  /** Complete proposals, best first; those that repeat a row of a continuous space at the end. */
  *#modelProposals(
    context: SamplerContext,
    data: StudyData,
    space: NormalizedSpace,
    freeCount: number,
    rng: Rng,
  ): Generator<InternalParams, undefined> {
    const { results } = data;
    const rows = results.map(({ row }) => row);
    const weights = Float64Array.from(results, ({ weight }) => weight);
    const objectives = context.directions.map((_, objective) =>
      this.#memory.fit({
        rows,
        outputs: Float64Array.from(results, ({ losses }) => losses[objective]),
        weights,
        isCategorical: space.isCategorical,
      }),
    );
    const constraints: ConstraintModel[] = data.constraints
      .filter(({ outputs }) => outputs.some((output) => output !== outputs[0]))
      .map((observations) => {
        const { process, mean, deviation } = this.#memory.fit(observations);
        return { process, limit: -mean / deviation };
      });
    const losses = results.map((result) =>
      result.losses.map((loss, objective) => (loss - objectives[objective].mean) / objectives[objective].deviation),
    );
    const believed = believe(objectives, constraints, data);
    const counting = countingResults(results);
    const improvement =
      counting.length === 0
        ? null
        : improvementOver(
            counting.map((index) => losses[index]),
            believed,
          );
    if (improvement === null && constraints.length === 0) {
      // Nothing feasible and nothing to learn it from: as at the start.
      yield* randomProposals(Object.fromEntries(space.names.map((name, d) => [name, space.distributions[d]])), rng);
      return;
    }
    const ranked = maximizeAcquisition({
      acquisition: new FeasibleImprovement({
        objectives: objectives.map(({ process }) => process),
        improvement,
        constraints,
      }),
      space,
      dimensions: Array.from({ length: freeCount }, (_, dimension) => dimension),
      fixed: space.encode({ ...space.decode(rows[0]), ...context.fixed }),
      incumbents: incumbentRows(results, losses, counting, rng),
      lengthscales: meanLengthscales(objectives),
      candidates: Math.min(
        this.#options.candidates,
        Math.max(FEWEST_CANDIDATES, Math.floor(CANDIDATE_BUDGET / results.length ** 2)),
      ),
      localSearches: this.#options.localSearches,
      rng,
    });
    const seen = [...rows, ...data.running, ...data.pruned];
    const repeats: Float64Array[] = [];
    for (const { row } of ranked) {
      if (seen.some((other) => row.every((value, d) => Math.abs(value - other[d]) < SAME_ROW))) repeats.push(row);
      else yield space.decode(row);
    }
    for (const row of repeats) yield space.decode(row);
  }
}

/**
 * Takes running trials into the processes as if they had ended as expected, and pruned ones as if they had ended so or at
 * the average, whichever is worse.
 *
 * @returns Standardized losses of the running trials that are expected to be feasible.
 */
function believe(
  objectives: readonly FittedProcess[],
  constraints: readonly ConstraintModel[],
  { running, pruned }: StudyData,
): number[][] {
  for (const { process } of objectives) {
    for (const row of pruned) process.append(row, Math.max(0, process.posterior(row).mean));
  }
  const believed: number[][] = [];
  for (const row of running) {
    const losses = objectives.map(({ process }) => {
      const { mean } = process.posterior(row);
      process.append(row, mean);
      return mean;
    });
    if (constraints.every(({ process, limit }) => process.posterior(row).mean <= limit)) believed.push(losses);
  }
  return believed;
}

/** Indexes of the feasible results that are to be improved on: the study's own, or all while it has none. */
function countingResults(results: readonly Result[]): number[] {
  const feasible = [...results.keys()].filter((index) => results[index].violation === 0);
  const own = feasible.filter((index) => results[index].weight === 1);
  return own.length > 0 ? own : feasible;
}

function improvementOver(
  losses: readonly (readonly number[])[],
  believed: readonly (readonly number[])[],
): ExpectedHypervolumeImprovement {
  const reference = losses[0].length === 1 ? [Number.POSITIVE_INFINITY] : referencePoint(losses);
  const all = [...losses, ...believed];
  const front = paretoFront(all).map((index) => all[index]);
  return new ExpectedHypervolumeImprovement(nonDominatedBoxes(front, reference));
}

/** The rows of the front in a random order; of a study without anything feasible, the one that exceeds least. */
function incumbentRows(
  results: readonly Result[],
  losses: readonly (readonly number[])[],
  counting: readonly number[],
  rng: Rng,
): Float64Array[] {
  if (counting.length === 0) {
    return [results.reduce((least, result) => (result.violation < least.violation ? result : least)).row];
  }
  const front = paretoFront(counting.map((index) => losses[index]));
  return [...rng.permutation(front.length)].map((position) => results[counting[front[position]]].row);
}

function meanLengthscales(objectives: readonly FittedProcess[]): Float64Array {
  const first = objectives[0].process.parameters.inverseSquaredLengthscales;
  return first.map((_, dimension) => {
    const sum = objectives.reduce(
      (total, { process }) => total + process.parameters.inverseSquaredLengthscales[dimension] ** -0.5,
      0,
    );
    return sum / objectives.length;
  });
}

function* randomProposals(space: SearchSpace, rng: Rng): Generator<InternalParams, undefined> {
  for (let round = 0; round < STARTUP_DRAWS; round++) {
    yield Object.fromEntries(
      Object.entries(space).map(([name, distribution]) => [name, uniformDraw(distribution, rng)]),
    );
  }
}

/** Parameters of a single value stay out of the model: there is no range to vary in. */
function separateConstants(space: SearchSpace): { free: SearchSpace; constants: InternalParams } {
  const free: Record<string, SearchSpace[string]> = {};
  const constants: Record<string, number> = {};
  for (const [name, distribution] of Object.entries(space)) {
    if (cardinality(distribution) === 1) constants[name] = internalAt(distribution, 0);
    else free[name] = distribution;
  }
  return { free, constants };
}

/** The parameters that are decided already, with the distribution that the last trial with such a one had. */
function fixedSpace({ fixed = {} }: SamplerContext, history: TrialHistory, space: SearchSpace): SearchSpace {
  const known: Record<string, SearchSpace[string]> = {};
  for (const name of Object.keys(fixed)) {
    if (name in space) continue;
    const distribution = history.findLast((trial) => trial.distributions[name] !== undefined)?.distributions[name];
    if (distribution !== undefined && cardinality(distribution) > 1) known[name] = distribution;
  }
  return known;
}
