import type { Rng } from '#primitives';
import type { SearchSpace } from '../../search-space.js';
import type { TrialLedger } from '../ledger/trial-ledger.js';
import type { InternalParams } from '../sampler.js';
import type { DecidedParams } from './decided-params.js';
import type { ObservedColumn } from './kernel-column.js';
import { ParameterColumn } from './parameter-column.js';
import { type GivenColumn, ParzenEstimator, type ParzenEstimatorOptions } from './parzen-estimator.js';

/** Trials of one side of the split, and how much each counts. */
export interface ModelSide {
  /** Places in the history, rising. */
  readonly slots: Int32Array;
  /** @param kept Which of `slots` have all parameters of the model, rising. @returns A weight for each of them. */
  readonly weigh: (kept: Int32Array) => Float64Array;
}

/** What a model is made of. */
export interface TpeModelInput {
  readonly ledger: TrialLedger;
  readonly space: SearchSpace;
  readonly good: ModelSide;
  readonly bad: ModelSide;
  /** Parameters whose values are known: the model is conditioned on them. @default none */
  readonly decided?: DecidedParams | undefined;
  readonly estimator: Omit<ParzenEstimatorOptions, 'given'>;
}

/** Where the good trials of a study lie in a space, and where the others do. */
export class TpeModel {
  readonly #names: readonly string[];
  readonly #good: ParzenEstimator;
  readonly #bad: ParzenEstimator;

  constructor(input: TpeModelInput) {
    this.#names = Object.keys(input.space);
    this.#good = estimatorOf(input, input.good);
    this.#bad = estimatorOf(input, input.bad);
  }

  /** ln of the good density over that of the others, at rows of one internal number per parameter of the space. */
  scores(rows: readonly (readonly number[])[]): Float64Array {
    const bad = this.#bad.logDensities(rows);
    return this.#good.logDensities(rows).map((good, row) => good - bad[row]);
  }

  /**
   * Draws candidates from where the good trials lie. @returns Them, most promising first; each is looked for when it is
   *   asked for, which for the first takes a fraction of the time of scores for all.
   */
  ranked(count: number, rng: Rng): Iterable<InternalParams> {
    return this.#ranked(Array.from({ length: count }, () => this.#good.draw(rng)));
  }

  /**
   * Best-first search: a density that is summed in part bounds the score from above, and only the candidate that looks
   * best is summed further. The order is that of `scores`, equal ones as they were drawn.
   */
  *#ranked(rows: readonly (readonly number[])[]): Generator<InternalParams, undefined> {
    const goods = this.#good.logDensities(rows);
    const bads = rows.map((row) => this.#bad.densityAt(row));
    const bounds = new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY);
    const open = [...rows.keys()];
    while (open.length > 0) {
      let place = 0;
      for (let other = 1; other < open.length; other++) if (bounds[open[other]] > bounds[open[place]]) place = other;
      const best = open[place];
      if (bads[best].isComplete) {
        open.splice(place, 1);
        yield Object.fromEntries(this.#names.map((name, dimension) => [name, rows[best][dimension]]));
      } else {
        bads[best].grow();
        bounds[best] = goods[best] - bads[best].log;
      }
    }
  }
}

function estimatorOf(input: TpeModelInput, side: ModelSide): ParzenEstimator {
  const { ledger, space, decided = { params: {}, space: {} } } = input;
  const entries = Object.entries(space);
  const columns = entries.map(([name, distribution]) => ParameterColumn.of(ledger, name, distribution));
  const kept = rowsWithAll(side.slots, columns);
  const slots = slotsOf(side, kept);
  const bandwidth = entries.length + Object.keys(decided.space).length > 1 ? input.estimator.bandwidth : 'neighbours';
  const observe = (column: ParameterColumn, [, distribution]: (typeof entries)[number]): ObservedColumn => ({
    distribution,
    values: gather(column.values, slots),
    order:
      bandwidth === 'neighbours' && distribution.type !== 'categorical'
        ? rowsInOrder(column.order(), slots, ledger.trials.length)
        : undefined,
  });
  const given = Object.entries(decided.space).map((entry): GivenColumn => {
    const [name, distribution] = entry;
    return { ...observe(ParameterColumn.of(ledger, name, distribution), entry), value: decided.params[name] };
  });
  return new ParzenEstimator(
    columns.map((column, dimension) => observe(column, entries[dimension])),
    side.weigh(kept),
    { ...input.estimator, bandwidth, given },
  );
}

/** Indexes of the slots that have a number in every column. */
function rowsWithAll(slots: Int32Array, columns: readonly ParameterColumn[]): Int32Array {
  const kept = new Int32Array(slots.length);
  const values = columns.map((column) => column.values);
  if (columns.every((column) => column.isWhole)) {
    for (let index = 0; index < kept.length; index++) kept[index] = index;
    return kept;
  }
  let count = 0;
  for (let index = 0; index < slots.length; index++) {
    let hasAll = true;
    for (let column = 0; column < values.length && hasAll; column++) {
      hasAll = !Number.isNaN(values[column][slots[index]]);
    }
    if (hasAll) kept[count++] = index;
  }
  return kept.subarray(0, count);
}

function slotsOf({ slots }: ModelSide, kept: Int32Array): Int32Array {
  if (kept.length === slots.length) return slots;
  const chosen = new Int32Array(kept.length);
  for (let row = 0; row < kept.length; row++) chosen[row] = slots[kept[row]];
  return chosen;
}

function gather(values: Float64Array, slots: Int32Array): Float64Array {
  const gathered = new Float64Array(slots.length);
  for (let row = 0; row < slots.length; row++) gathered[row] = values[slots[row]];
  return gathered;
}

/** The rows in the order of a column that holds other slots as well. */
function rowsInOrder(order: Int32Array, slots: Int32Array, length: number): Int32Array {
  const rowOf = new Int32Array(length).fill(-1);
  for (let row = 0; row < slots.length; row++) rowOf[slots[row]] = row;
  const rows = new Int32Array(slots.length);
  let count = 0;
  for (let position = 0; position < order.length; position++) {
    const row = rowOf[order[position]];
    if (row >= 0) rows[count++] = row;
  }
  return rows.subarray(0, count);
}
