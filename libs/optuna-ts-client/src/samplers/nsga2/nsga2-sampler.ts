/**
 * @file Genetic search for several objectives, NSGA-II: Deb et al. 2002, doi:10.1109/4235.996017. Mirrors
 * optuna/samplers/nsgaii 5.0.0: binary tournaments by constrained domination, elitist selection by rank and crowding.
 *
 * Generations follow from the history alone: of the COMPLETE trials, in order of their numbers, every `populationSize`
 * are one. Where one trial is asked for after another that is Optuna's rule. With parallel workers a trial asked for
 * early may finish late: it then still joins a generation (there it is lost), and later members move up by one.
 * PRUNED, FAIL, RUNNING and WAITING trials belong to none.
 *
 * Differs besides: no repeats while others are untried (`avoidRepeats`); a crossover that leaves the space 100 times is
 * clipped (there it is tried for ever); no polynomial mutation. Parameters that are decided already are not conditioned
 * on, and a discounted trial of an earlier study is a member like any other.
 */
import type { Rng } from '#primitives';
import { dominates } from '#ranking';
import type { Distribution } from '../../distributions/distribution.js';
import { contains } from '../../distributions/internal-representation.js';
import { type FrozenTrial, toLosses, violationOf } from '../../frozen-trial.js';
import { completeOptions, type OptionSchemas } from '../../option-schema.js';
import type { SearchSpace } from '../../search-space.js';
import type { InternalParams, Sampler, SamplerContext, TrialHistory } from '../sampler.js';
import { separateConstants } from '../separate-constants.js';
import { uniformDraw } from '../uniform-draw.js';
import { fromUnit, toUnit } from '../unit-interval.js';
import { firstUntried } from '../untried.js';
import { withoutTrial } from '../without-trial.js';
import { type CrossoverName, crossoverNames, crossovers } from './crossover.js';
import { type Individual, selectElite } from './elite-selection.js';

/** Options of `Nsga2Sampler`; ranges, defaults and meanings stand in `nsga2Options`. */
export interface Nsga2SamplerOptions {
  readonly populationSize?: number;
  readonly crossover?: CrossoverName;
  readonly crossoverProb?: number;
  readonly swappingProb?: number;
  readonly mutations?: number;
  readonly avoidRepeats?: boolean;
}

export const nsga2Options = {
  populationSize: {
    type: 'integer',
    default: 50,
    minimum: 3,
    description: 'Completed trials in a generation; those of the first are drawn at random.',
  },
  crossover: {
    type: 'enum',
    default: 'uniform',
    values: crossoverNames,
    description: 'How the numbers of a child come from its parents; choices always come from one of them.',
  },
  crossoverProb: {
    type: 'number',
    default: 0.9,
    minimum: 0,
    maximum: 1,
    description: 'Chance of a child to have several parents instead of being a copy of one.',
  },
  swappingProb: {
    type: 'number',
    default: 0.5,
    minimum: 0,
    maximum: 1,
    description: 'Chance of a parameter to come from the first parent instead of the second.',
  },
  mutations: {
    type: 'number',
    default: 1,
    minimum: 0,
    description: 'Parameters of a child that are drawn anew, on average.',
  },
  avoidRepeats: {
    type: 'boolean',
    default: true,
    description: 'Never propose a configuration twice while others are untried.',
  },
} as const satisfies OptionSchemas;

/** Children that are made in search of an untried one. */
const ROUNDS = 8;

/** Crossovers that are tried for a child inside the space. */
const CROSSINGS = 100;

/** The sampler; holds options only, so one instance may serve many studies. */
export class Nsga2Sampler implements Sampler {
  readonly name = 'nsga2';
  readonly #options: Required<Nsga2SamplerOptions>;

  /** @throws {RangeError} if an option is outside its range. */
  constructor(options: Nsga2SamplerOptions = {}) {
    this.#options = completeOptions(nsga2Options, options);
  }

  get avoidsRepeats(): boolean {
    return this.#options.avoidRepeats;
  }

  sampleRelative(context: SamplerContext, history: TrialHistory, space: SearchSpace): InternalParams {
    const others = withoutTrial(history, context.trialNumber);
    const rng = context.rng.fork('nsga2');
    const { free, constants } = separateConstants(space);
    const parents = this.#parents(context, others, free);
    const severalObjectives = context.directions.length > 1;
    const children = this.#children(parents, free, severalObjectives, rng);
    const chosen = this.#options.avoidRepeats
      ? firstUntried(withoutCopies(children, others), free, others, rng, context)
      : (children.next().value as InternalParams);
    return { ...constants, ...chosen };
  }

  sampleIndependent(context: SamplerContext, _history: TrialHistory, name: string, distribution: Distribution): number {
    return uniformDraw(distribution, context.rng.fork(`nsga2:${name}`));
  }

  /** Who survived the generations so far; nobody before the first one is complete. */
  #parents({ directions }: SamplerContext, others: TrialHistory, space: SearchSpace): readonly Member[] {
    const { populationSize } = this.#options;
    const entries = Object.entries(space);
    const members: Member[] = [];
    for (const trial of others) {
      if (isIndividual(trial, entries)) members.push(toMember(trial, directions, members.length));
    }
    let parents: Member[] = [];
    for (let end = populationSize; end <= members.length; end += populationSize) {
      const population = [...members.slice(end - populationSize, end), ...parents];
      parents = selectElite(population, populationSize).sort((a, b) => a.order - b.order);
    }
    return parents;
  }

  *#children(
    parents: readonly Member[],
    space: SearchSpace,
    severalObjectives: boolean,
    rng: Rng,
  ): Generator<InternalParams, undefined> {
    const entries = Object.entries(space);
    for (let round = 0; round < ROUNDS; round++) {
      if (parents.length === 0) {
        yield Object.fromEntries(entries.map(([name, distribution]) => [name, uniformDraw(distribution, rng)]));
        continue;
      }
      const child =
        rng.float() < this.#options.crossoverProb
          ? this.#crossed(parents, space, severalObjectives, rng)
          : parents[rng.integer(0, parents.length)].params;
      const mutationProb = this.#options.mutations / Math.max(1, entries.length);
      yield Object.fromEntries(
        entries.map(([name, distribution]) => [
          name,
          rng.float() >= mutationProb ? child[name] : uniformDraw(distribution, rng),
        ]),
      );
    }
  }

  #crossed(population: readonly Member[], space: SearchSpace, severalObjectives: boolean, rng: Rng): InternalParams {
    const { crossover, swappingProb } = this.#options;
    const { parents: count, cross } = crossovers[crossover];
    const settings = { swappingProb, eta: severalObjectives ? 20 : 2 };
    const entries = Object.entries(space);
    const numeric = entries.filter(([, { type }]) => type !== 'categorical');
    const child: Record<string, number> = {};
    for (let crossing = 1; ; crossing++) {
      const parents = selectParents(population, count, rng);
      for (const [name, { type }] of entries) {
        if (type !== 'categorical') continue;
        child[name] = (rng.float() >= swappingProb ? parents[parents.length - 1] : parents[0]).params[name];
      }
      const rows = parents.map(({ params }) =>
        numeric.map(([name, distribution]) => toUnit(distribution, params[name])),
      );
      const row = numeric.length === 0 ? [] : cross(rows, rng, settings);
      if (crossing < CROSSINGS && row.some((unit) => unit < 0 || unit > 1)) continue;
      for (const [index, [name, distribution]] of numeric.entries()) child[name] = fromUnit(distribution, row[index]);
      return child;
    }
  }
}

interface Member extends Individual {
  readonly params: InternalParams;
  /** Position among the complete trials. */
  readonly order: number;
}

function toMember(
  { values, constraints, internalParams }: FrozenTrial,
  directions: SamplerContext['directions'],
  order: number,
): Member {
  const reported = values as readonly number[];
  return {
    values: reported,
    losses: toLosses(reported, directions),
    violation: violationOf({ constraints }),
    params: internalParams,
    order,
  };
}

/** Whether the trial is complete and has every parameter of the space, within its present range. */
function isIndividual({ state, values, internalParams }: FrozenTrial, entries: [string, Distribution][]): boolean {
  return (
    state === 'COMPLETE' &&
    values !== null &&
    entries.every(([name, distribution]) => contains(distribution, internalParams[name] ?? Number.NaN))
  );
}

/** Different parents, each the winner of a tournament of two. */
function selectParents(population: readonly Member[], count: number, rng: Rng): Member[] {
  const parents: Member[] = [];
  for (let i = 0; i < count; i++) {
    const left = population.filter((member) => !parents.includes(member));
    const first = left[rng.integer(0, left.length)];
    const second = left[rng.integer(0, left.length)];
    parents.push(beats(first, second) ? first : second);
  }
  return parents;
}

function beats(a: Member, b: Member): boolean {
  if (a.violation !== b.violation) return a.violation < b.violation;
  return a.violation === 0 && dominates(a.losses, b.losses);
}

/** Leaves out exact copies of the study's trials (which `firstUntried` does not look for in a continuous space), but not the last. */
function* withoutCopies(
  proposals: Iterable<InternalParams>,
  history: TrialHistory,
): Generator<InternalParams, undefined> {
  const own = history.filter(({ weight = 1 }) => weight === 1);
  let copy: InternalParams | undefined;
  let found = false;
  for (const proposal of proposals) {
    const entries = Object.entries(proposal);
    if (own.some(({ internalParams }) => entries.every(([name, value]) => internalParams[name] === value))) {
      copy = proposal;
    } else {
      found = true;
      yield proposal;
    }
  }
  if (!found && copy !== undefined) yield copy;
}
