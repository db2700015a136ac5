import type { Rng } from '#primitives';
import { activeParameters, spaceOf } from '../active-parameters.js';
import { type ConditionalSpace, parentsOf } from '../conditional-space.js';
import type { ParamValue } from '../distributions/distribution.js';
import { internalAt, toExternalRepr } from '../distributions/internal-representation.js';
import type { SearchSpace } from '../search-space.js';
import { configurationAt, configurationCount } from './configuration-grid.js';
import { configurationKey, countsAsTried, liesInside } from './configuration-key.js';
import type { InternalParams, Proposal, TrialHistory } from './sampler.js';

/** Joint values of parents above which a conditional space counts as infinite: nobody uses that many up. */
const MOST_BRANCHES = 2 ** 16;

/** A part of a conditional space in which every parent has one value and all else is flat. */
interface Branch {
  /** Every parameter that exists here. */
  readonly space: SearchSpace;
  readonly decided: Readonly<Record<string, ParamValue>>;
  readonly parents: InternalParams;
  readonly free: SearchSpace;
}

/** The configurations of a space, conditional or not, that no trial has. What counts as tried: see `countsAsTried`. */
export class UntriedConfigurations {
  /** Infinity with a continuous parameter that may exist. */
  readonly count: number;
  readonly #space: ConditionalSpace;
  readonly #branches: readonly Branch[];
  readonly #tried = new Set<string>();

  constructor(space: ConditionalSpace, history: TrialHistory) {
    this.#space = space;
    const branches = branchesOf(space);
    const total = branches?.reduce((sum, { free }) => sum + configurationCount(free), 0) ?? Number.POSITIVE_INFINITY;
    this.#branches = branches ?? [];
    if (Number.isFinite(total)) {
      for (const trial of history) {
        const flat = countsAsTried(trial) ? spaceOf(space, trial.params) : null;
        if (flat !== null && liesInside(flat, trial)) this.#tried.add(keyOf(flat, trial.internalParams));
      }
    }
    this.count = total - this.#tried.size;
  }

  /** Whether no trial has this configuration; false once every one has been tried. */
  has({ params, internalParams }: Proposal): boolean {
    const flat = spaceOf(this.#space, params);
    return this.count > 0 && (flat === null || !this.#tried.has(keyOf(flat, internalParams)));
  }

  /** One of them at random. @throws {RangeError} unless `count` is finite and > 0. */
  draw(rng: Rng): Proposal {
    const total = this.count + this.#tried.size;
    if (!(this.count > 0 && Number.isFinite(total))) {
      throw new RangeError(`count is ${this.count}, must be finite and > 0 to draw from`);
    }
    // Walks the numbered grid from a random place: ends after at most one step more than there are tried ones.
    for (let place = rng.integer(0, total); ; place = (place + 1) % total) {
      const { space, internalParams } = this.#at(place);
      if (this.#tried.has(keyOf(space, internalParams))) continue;
      const entries = Object.entries(space).map(([name, d]) => [name, toExternalRepr(d, internalParams[name])]);
      return { internalParams, params: Object.fromEntries(entries) };
    }
  }

  #at(place: number): { space: SearchSpace; internalParams: InternalParams } {
    let rest = place;
    for (const { space, parents, free } of this.#branches) {
      const count = configurationCount(free);
      if (rest < count) return { space, internalParams: { ...parents, ...configurationAt(free, rest) } };
      rest -= count;
    }
    throw new RangeError(`place is ${place}, must be less than the number of configurations`);
  }
}

/** Names belong to the key: branches hold different ones. */
function keyOf(space: SearchSpace, params: InternalParams): string {
  return `${Object.keys(space).sort().join(' ')} = ${configurationKey(sorted(space), params)}`;
}

function sorted(space: SearchSpace): SearchSpace {
  return Object.fromEntries(Object.entries(space).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Null where the parents have too many joint values to list, or a parent is continuous. */
function branchesOf(space: ConditionalSpace): readonly Branch[] | null {
  const parentNames = new Set(parentsOf(space));
  let open: Branch[] = [{ space: {}, decided: {}, parents: {}, free: {} }];
  const complete: Branch[] = [];
  while (open.length > 0) {
    const deeper: Branch[] = [];
    for (const branch of open) {
      const active = activeParameters(space, branch.decided).space;
      if (Object.keys(active).length === 0) {
        complete.push(branch);
        continue;
      }
      const parents = Object.fromEntries(Object.entries(active).filter(([name]) => parentNames.has(name)));
      const free = Object.fromEntries(Object.entries(active).filter(([name]) => !parentNames.has(name)));
      if (complete.length + deeper.length + configurationCount(parents) > MOST_BRANCHES) return null;
      for (const values of jointValues(parents)) deeper.push(extend(branch, active, free, values));
    }
    open = deeper;
  }
  return complete;
}

function* jointValues(space: SearchSpace): Generator<InternalParams> {
  const count = configurationCount(space);
  for (let place = 0; place < count; place++) yield configurationAt(space, place);
}

function extend(branch: Branch, active: SearchSpace, free: SearchSpace, values: InternalParams): Branch {
  const decided: Record<string, ParamValue> = { ...branch.decided };
  // Nothing depends on a free parameter: any value does to mark it as decided.
  for (const [name, distribution] of Object.entries(active)) {
    decided[name] = toExternalRepr(distribution, values[name] ?? internalAt(distribution, 0));
  }
  return {
    space: { ...branch.space, ...active },
    decided,
    parents: { ...branch.parents, ...values },
    free: { ...branch.free, ...free },
  };
}
