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
import { completeOptions, type OptionSchemas } from '../../option-schema.js';
import type { SearchSpace } from '../../search-space.js';
import { fixedSpace } from '../fixed-space.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from '../sampler.js';
import { separateConstants } from '../separate-constants.js';
import { uniformDraw } from '../uniform-draw.js';
import { firstUntried } from '../untried.js';
import { withoutTrial } from '../without-trial.js';
import { maximizeAcquisition } from './maximize-acquisition.js';
import { ModelMemory } from './model-memory.js';
import { NormalizedSpace } from './normalized-space.js';
import { collectStudyData, type StudyData } from './study-data.js';
import { modelStudy } from './study-model.js';

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
    default: 512,
    minimum: 1,
    maximum: 16384,
    description: 'Points at which the acquisition function is looked at; fewer with many trials.',
  },
  localSearches: {
    type: 'integer',
    default: 5,
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

  get avoidsRepeats(): boolean {
    return true;
  }

  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams {
    const others = withoutTrial(history, context.trialNumber);
    const rng = context.rng.fork('gp');
    const { free, constants } = separateConstants(space);
    if (Object.keys(free).length === 0) return constants;
    const known = fixedSpace(context, others, space);
    let model = new NormalizedSpace({ ...free, ...known });
    let data = collectStudyData(context, others, model);
    if (!this.#isReady(data) && Object.keys(known).length > 0) {
      // Few trials have what is fixed: better a model without it than none.
      model = new NormalizedSpace(free);
      data = collectStudyData(context, others, model);
    }
    const proposals = this.#isReady(data)
      ? this.#modelProposals(context, data, model, Object.keys(free).length, rng)
      : randomProposals(free, rng);
    const comparable = others.filter(({ internalParams }) =>
      Object.keys(known).every((name) => internalParams[name] === context.fixed![name]),
    );
    const chosen = firstUntried(proposals, free, comparable, rng, { mayFollow: context.mayFollow });
    return { ...constants, ...Object.fromEntries(Object.keys(free).map((name) => [name, chosen[name]])) };
  }

  sampleIndependent(context: SamplerContext, _history: TrialHistory, name: string, distribution: SearchSpace[string]) {
    return uniformDraw(distribution, context.rng.fork(`gp:${name}`));
  }

  /** Whether enough trials have a result. */
  #isReady({ results }: StudyData): boolean {
    return results.length >= Math.max(1, this.#options.startupTrials);
  }

  /** Complete proposals, best first; those that repeat a row of a continuous space at the end. */
  *#modelProposals(
    context: SamplerContext,
    data: StudyData,
    space: NormalizedSpace,
    freeCount: number,
    rng: Rng,
  ): Generator<InternalParams, undefined> {
    const rows = data.results.map(({ row }) => row);
    const model = modelStudy(this.#memory, data, space, rng);
    if (model === null) {
      yield* randomProposals(Object.fromEntries(space.names.map((name, d) => [name, space.distributions[d]])), rng);
      return;
    }
    const ranked = maximizeAcquisition({
      ...model,
      space,
      dimensions: Array.from({ length: freeCount }, (_, dimension) => dimension),
      // Only what is fixed is read of it; the others need a number too.
      fixed: space.encode({ ...space.decode(rows[0]), ...context.fixed }),
      candidates: Math.min(
        this.#options.candidates,
        Math.max(FEWEST_CANDIDATES, Math.floor(CANDIDATE_BUDGET / rows.length ** 2)),
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

function* randomProposals(space: SearchSpace, rng: Rng): Generator<InternalParams, undefined> {
  for (let round = 0; round < STARTUP_DRAWS; round++) {
    yield Object.fromEntries(
      Object.entries(space).map(([name, distribution]) => [name, uniformDraw(distribution, rng)]),
    );
  }
}
