/**
 * @file Tree-structured Parzen estimator: models where the good trials lie and where the others do, and proposes the
 * point of 24 that is most likely good. Bergstra et al. 2011 (NeurIPS 24); multivariate Falkner et al. 2018,
 * arXiv:1807.01774; several objectives Ozaki et al. 2022, doi:10.1613/jair.1.13188.
 * Mirrors optuna/samplers/_tpe/sampler.py 5.0.0, with the choices of 3.1 to 4.9 where those measured better on
 * transfer-learning spaces: bandwidth by sample size, at most 25 good trials, weights by hypervolume contribution.
 * Differs: never proposes a configuration twice while a finite space has untried ones; when none of the good trials is
 * feasible they keep full weight; no `group`, no custom gamma or weights.
 */
import type { Rng } from '#primitives';
import type { Distribution } from '../../distributions/distribution.js';
import { cardinality, internalAt } from '../../distributions/internal-representation.js';
import type { FrozenTrial } from '../../frozen-trial.js';
import { completeOptions, type OptionSchemas } from '../../option-schema.js';
import { isCompatible, type SearchSpace } from '../../search-space.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from '../sampler.js';
import { uniformDraw } from '../uniform-draw.js';
import { firstUntried } from '../untried.js';
import type { BandwidthRule } from './bandwidths.js';
import { ParzenEstimator } from './parzen-estimator.js';
import { goodCount, type Observation, splitTrials } from './split-trials.js';
import { ageWeights, contributionWeights } from './trial-weights.js';

/** Options of `TpeSampler`; ranges, defaults and meanings stand in `tpeOptions`. */
export interface TpeSamplerOptions {
  readonly startupTrials?: number;
  readonly candidates?: number;
  readonly priorWeight?: number;
  readonly multivariate?: boolean;
  readonly bandwidth?: BandwidthRule;
  readonly constantLiar?: boolean;
  readonly avoidRepeats?: boolean;
}

export const tpeOptions = {
  startupTrials: {
    type: 'integer',
    default: 10,
    minimum: 0,
    description: 'Trials drawn at random before the model is used.',
  },
  candidates: {
    type: 'integer',
    default: 24,
    minimum: 1,
    maximum: 256,
    description: 'Points drawn from the model of the good trials, of which the best is taken.',
  },
  priorWeight: {
    type: 'number',
    default: 1,
    minimum: 1e-6,
    description: 'Weight of the uniform prior beside one trial.',
  },
  multivariate: { type: 'boolean', default: true, description: 'Model all parameters together instead of one by one.' },
  bandwidth: {
    type: 'enum',
    default: 'sample-size',
    values: ['sample-size', 'neighbours'],
    description: 'Width of the kernels of the multivariate model.',
  },
  constantLiar: {
    type: 'boolean',
    default: true,
    description: 'Count running trials as bad, so that parallel workers spread out.',
  },
  avoidRepeats: {
    type: 'boolean',
    default: true,
    description: 'Never propose a configuration twice while others are untried.',
  },
} as const satisfies OptionSchemas;

/** Rounds of candidates that are looked through for an untried configuration before one is drawn at random. */
const ROUNDS = 8;

/** The sampler; holds options only, so one instance may serve many studies. */
export class TpeSampler implements Sampler {
  readonly name = 'tpe';
  readonly #options: Required<TpeSamplerOptions>;

  /** @throws {RangeError} if an option is outside its range. */
  constructor(options: TpeSamplerOptions = {}) {
    this.#options = completeOptions(tpeOptions, options);
  }

  get avoidsRepeats(): boolean {
    return this.#options.avoidRepeats;
  }

  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams {
    const others = history.filter((trial) => trial.number !== context.trialNumber);
    const rng = context.rng.fork('tpe');
    // A kernel needs a range to be wide in: parameters of a single value stay out of the model.
    const { free, constants } = separateConstants(space);
    const proposals = this.#proposals(context, others, free, rng);
    const chosen = this.#options.avoidRepeats
      ? firstUntried(proposals, free, others, rng, context)
      : (proposals.next().value as InternalParams);
    return { ...constants, ...chosen };
  }

  sampleIndependent(context: SamplerContext, history: TrialHistory, name: string, distribution: Distribution): number {
    const others = history.filter((trial) => trial.number !== context.trialNumber);
    const rng = context.rng.fork(`tpe:${name}`);
    if (cardinality(distribution) === 1 || !this.#isReady(others)) return uniformDraw(distribution, rng);
    return this.#ranked(this.#split(context, others), { [name]: distribution }, rng)[0][name];
  }

  /** Complete proposals, best first. Endless enough: the caller stops at the first one it likes. */
  *#proposals(
    context: SamplerContext,
    others: TrialHistory,
    space: SearchSpace,
    rng: Rng,
  ): Generator<InternalParams, undefined> {
    const entries = Object.entries(space);
    if (!this.#isReady(others)) {
      for (let round = 0; round < ROUNDS; round++) {
        yield Object.fromEntries(entries.map(([name, distribution]) => [name, uniformDraw(distribution, rng)]));
      }
      return;
    }
    const split = this.#split(context, others);
    for (let round = 0; round < ROUNDS; round++) {
      if (this.#options.multivariate) yield* this.#ranked(split, space, rng);
      else {
        const parts = entries.map(([name, distribution]) => this.#ranked(split, { [name]: distribution }, rng)[0]);
        yield Object.assign({}, ...parts);
      }
    }
  }

  /** Whether enough trials have a result. */
  #isReady(others: TrialHistory): boolean {
    let finished = 0;
    for (const trial of others) if (hasResult(trial)) finished++;
    return finished >= Math.max(1, this.#options.startupTrials);
  }

  #split(context: SamplerContext, others: TrialHistory): Densities {
    const finished = others.filter(hasResult);
    const running = this.#options.constantLiar ? others.filter((trial) => trial.state === 'RUNNING') : [];
    const { below, above } = splitTrials(context, [...finished, ...running], goodCount(finished.length));
    const severalObjectives = context.directions.length > 1;
    return {
      below,
      above,
      belowWeights: severalObjectives
        ? (observations) => contributionWeights(observations.map(({ losses }) => losses))
        : (observations) => ageWeights(observations.length),
    };
  }

  /** Candidates drawn from the good model, most promising first. */
  #ranked({ below, above, belowWeights }: Densities, space: SearchSpace, rng: Rng): InternalParams[] {
    const goodRows = rowsOf(below, space);
    const good = this.#estimator(goodRows, space, belowWeights(goodRows.map(({ observation }) => observation)));
    const badRows = rowsOf(above, space);
    const bad = this.#estimator(badRows, space, ageWeights(badRows.length));
    const names = Object.keys(space);
    const candidates = Array.from({ length: this.#options.candidates }, () => {
      const row = good.draw(rng);
      return { row, score: good.logDensity(row) - bad.logDensity(row) };
    });
    candidates.sort((a, b) => b.score - a.score || 0);
    return candidates.map(({ row }) =>
      Object.fromEntries(row.map((internal, dimension) => [names[dimension], internal])),
    );
  }

  #estimator(rows: readonly ModelRow[], space: SearchSpace, weights: Float64Array): ParzenEstimator {
    const distributions = Object.values(space);
    const bandwidth = this.#options.multivariate && distributions.length > 1 ? this.#options.bandwidth : 'neighbours';
    return new ParzenEstimator(
      rows.map(({ row }) => row),
      distributions,
      weights,
      { bandwidth, priorWeight: this.#options.priorWeight },
    );
  }
}

interface Densities {
  readonly below: readonly Observation[];
  readonly above: readonly Observation[];
  readonly belowWeights: (observations: readonly Observation[]) => Float64Array;
}

interface ModelRow {
  readonly observation: Observation;
  readonly row: readonly number[];
}

function separateConstants(space: SearchSpace): { free: SearchSpace; constants: InternalParams } {
  const entries = Object.entries(space);
  const isConstant = (distribution: Distribution) => cardinality(distribution) === 1;
  return {
    free: Object.fromEntries(entries.filter(([, distribution]) => !isConstant(distribution))),
    constants: Object.fromEntries(
      entries.filter(([, distribution]) => isConstant(distribution)).map(([name, d]) => [name, internalAt(d, 0)]),
    ),
  };
}

function hasResult(trial: FrozenTrial): boolean {
  return trial.state === 'PRUNED' || (trial.state === 'COMPLETE' && trial.values !== null);
}

/** The trials that have every parameter of the space, as rows of internal numbers in its order. */
function rowsOf(observations: readonly Observation[], space: SearchSpace): ModelRow[] {
  const entries = Object.entries(space);
  const rows: ModelRow[] = [];
  for (const observation of observations) {
    const { internalParams, distributions } = observation.trial;
    const fits = entries.every(([name, distribution]) => {
      const recorded = distributions[name];
      return recorded !== undefined && (recorded === distribution || isCompatible(recorded, distribution));
    });
    if (fits) rows.push({ observation, row: entries.map(([name]) => internalParams[name]) });
  }
  return rows;
}
