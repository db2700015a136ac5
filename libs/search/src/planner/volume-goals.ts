import { nonDominatedBoxes } from '#optuna-ts-client';
import { hypervolume, paretoFront } from '#ranking';
import { violationOf } from '../assess-constraints.js';
import type { Constraint, Objective } from '../metric-name.js';
import type { Belief } from './accuracy-belief.js';
import { fromScale } from './accuracy-scale.js';

/** One value per objective; undefined of accuracy, and of what nobody has measured yet. */
export type KnownValues = readonly (number | undefined)[];

/** What a trial is known for, and whether that meets the constraints. */
export interface Outlook {
  readonly known: KnownValues;
  /** One per constraint; undefined of accuracy, and of what is not known. */
  readonly constrained: readonly (number | undefined)[];
}

/** A feasible result: one value per objective. */
export type Member = readonly number[];

/** Where the normal density is looked at, standard deviations, and its weights: more of the far side, where gains are. */
const NODES = Array.from({ length: 41 }, (_, index) => -3.5 + index * 0.2);
const WEIGHTS = NODES.map((node) => Math.exp(-0.5 * node * node));
const WEIGHT_SUM = WEIGHTS.reduce((sum, weight) => sum + weight, 0);

/** The objectives and constraints of a study as a volume between 0 and 1 that its feasible results fill. */
export class VolumeGoals {
  readonly #accuracyObjective: number;
  readonly #accuracyConstraints: readonly Constraint[];
  /** Per objective: losses are (value − offset) · factor, 1 at the worst that counts. */
  readonly #scales: readonly { readonly offset: number; readonly factor: number }[];
  readonly #imputed: readonly number[];
  readonly #metShares: readonly number[];

  /** @param outlooks Of all trials that may be made: what they span is the scale of the volume. */
  constructor(
    private readonly objectives: readonly Objective[],
    private readonly constraints: readonly Constraint[],
    outlooks: readonly Outlook[],
  ) {
    this.#accuracyObjective = objectives.findIndex(({ metric }) => metric === 'accuracy');
    this.#accuracyConstraints = constraints.filter(({ metric }) => metric === 'accuracy');
    const spans = objectives.map((_, index) => spanOf(outlooks.map(({ known }) => known[index])));
    this.#scales = objectives.map((objective, index) => this.#scaleOf(objective, spans[index]));
    this.#imputed = spans.map(({ middle }) => middle);
    this.#metShares = constraints.map((constraint, index) => {
      const values = outlooks.flatMap(({ constrained }) => constrained[index] ?? []);
      return (1 + values.filter((value) => violationOf(constraint, value) <= 0).length) / (2 + values.length);
    });
  }

  /** Whether a constraint on something that is known already is violated. */
  isInfeasible({ constrained }: Outlook): boolean {
    return this.constraints.some((constraint, index) => {
      const value = constrained[index];
      return value !== undefined && violationOf(constraint, value) > 0;
    });
  }

  /** Whether an accuracy meets the constraints on it. */
  meets(accuracy: number): boolean {
    return this.#accuracyConstraints.every((constraint) => violationOf(constraint, accuracy) <= 0);
  }

  /** A result with this accuracy; what is not known is taken to be as usual. */
  member({ known }: Outlook, accuracy: number): Member {
    return known.map((value, index) =>
      index === this.#accuracyObjective ? accuracy : (value ?? this.#imputed[index]),
    );
  }

  /** What is to be gained beyond these results. */
  beyond(members: readonly Member[]): VolumeGain {
    const losses = members.map((member) => member.map((value, index) => this.#loss(index, value)));
    const front = paretoFront(losses).map((index) => losses[index]);
    return new VolumeGain(front, this.objectives.length, this.#accuracyObjective, {
      lossesOf: ({ known }) => known.map((value, index) => this.#loss(index, value ?? this.#imputed[index])),
      accuracyLoss: (accuracy) => this.#loss(this.#accuracyObjective, accuracy),
      likelihood: (outlook) => this.#likelihood(outlook),
      meets: (accuracy) => this.meets(accuracy),
    });
  }

  /** Probability that the constraints which nothing is known about yet are met. */
  #likelihood({ constrained }: Outlook): number {
    return this.constraints.reduce(
      (product, { metric }, index) =>
        metric === 'accuracy' || constrained[index] !== undefined ? product : product * this.#metShares[index],
      1,
    );
  }

  #loss(index: number, value: number): number {
    const { offset, factor } = this.#scales[index];
    return (value - offset) * factor;
  }

  #scaleOf({ metric, direction }: Objective, { low, high }: Span): { offset: number; factor: number } {
    const bounds = this.constraints.filter((constraint) => constraint.metric === metric);
    const atMost = Math.min(...bounds.map((bound) => bound.atMost ?? Number.POSITIVE_INFINITY));
    const atLeast = Math.max(...bounds.map((bound) => bound.atLeast ?? Number.NEGATIVE_INFINITY));
    // The worst that may be trained still counts a little.
    const room = high > low ? 0.1 * (high - low) : 0.1 * Math.abs(high) || 1;
    const [best, worst] =
      metric === 'accuracy'
        ? direction === 'maximize'
          ? [1, Math.min(0.99, Math.max(0, atLeast))]
          : [0, Math.max(0.01, Math.min(1, atMost))]
        : direction === 'minimize'
          ? [low, Math.min(atMost, high + room)]
          : [high, Math.max(atLeast, low - room)];
    const width = worst - best;
    return { offset: best, factor: 1 / (Math.abs(width) > 1e-12 ? width : direction === 'minimize' ? 1e-12 : -1e-12) };
  }
}

/** How gains are computed from what is known. */
interface LossSource {
  readonly lossesOf: (outlook: Outlook) => readonly number[];
  readonly accuracyLoss: (accuracy: number) => number;
  readonly likelihood: (outlook: Outlook) => number;
  readonly meets: (accuracy: number) => boolean;
}

/** A slice of a box: what an accuracy loss between the two adds, times the extent in all other losses. */
interface Slice {
  readonly lower: number;
  readonly upper: number;
  readonly extent: number;
}

/** Most members whose boxes are computed: with three objectives and more their number grows with a power of it. */
const MOST_MEMBERS = 60;

/** The volume that one more result would add to a front. */
export class VolumeGain {
  /** Of the front, 0–1 and a little more. */
  readonly volume: number;
  readonly #boxes;

  constructor(
    front: readonly (readonly number[])[],
    objectives: number,
    private readonly accuracyObjective: number,
    private readonly source: LossSource,
  ) {
    const corner = new Array<number>(objectives).fill(1);
    this.volume = front.length === 0 ? 0 : hypervolume(front, corner);
    this.#boxes = nonDominatedBoxes(thinned(front), corner);
  }

  /** The gain as a function of the accuracy of a trial. */
  of(outlook: Outlook): TrialGain {
    const losses = this.source.lossesOf(outlook);
    const slices: Slice[] = [];
    for (const { lower, upper } of this.#boxes) {
      let extent = 1;
      for (let index = 0; index < losses.length && extent > 0; index++) {
        if (index !== this.accuracyObjective) {
          extent *= Math.max(0, upper[index] - Math.max(lower[index], losses[index]));
        }
      }
      if (extent <= 0) continue;
      const isUncertain = this.accuracyObjective >= 0;
      slices.push({
        lower: isUncertain ? lower[this.accuracyObjective] : 0,
        upper: isUncertain ? upper[this.accuracyObjective] : 1,
        extent,
      });
    }
    const likelihood = this.source.likelihood(outlook);
    const { accuracyLoss, meets } = this.source;
    return new TrialGain(slices, likelihood, this.accuracyObjective >= 0 ? accuracyLoss : () => 0, meets);
  }
}

/** What one trial adds, of which everything but the accuracy is known. */
export class TrialGain {
  constructor(
    private readonly slices: readonly Slice[],
    private readonly likelihood: number,
    private readonly accuracyLoss: (accuracy: number) => number,
    private readonly meets: (accuracy: number) => boolean,
  ) {}

  /** Whether no accuracy at all would add anything. */
  get isNothing(): boolean {
    return this.slices.length === 0;
  }

  /** Volume >= 0 that a trial with this accuracy adds. */
  at(accuracy: number): number {
    if (!this.meets(accuracy)) return 0;
    const loss = this.accuracyLoss(accuracy);
    let sum = 0;
    for (const { lower, upper, extent } of this.slices) {
      if (loss < upper) sum += extent * (upper - Math.max(lower, loss));
    }
    return sum * this.likelihood;
  }

  /** Its expectation. */
  expected({ mean, variance }: Belief): number {
    if (this.isNothing) return 0;
    const deviation = Math.sqrt(variance);
    let sum = 0;
    for (let index = 0; index < NODES.length; index++) {
      sum += WEIGHTS[index] * this.at(fromScale(mean + deviation * NODES[index]));
    }
    return sum / WEIGHT_SUM;
  }
}

interface Span {
  readonly low: number;
  readonly high: number;
  readonly middle: number;
}

function spanOf(values: readonly (number | undefined)[]): Span {
  const sorted = Float64Array.from(values.filter((value) => value !== undefined && Number.isFinite(value))).sort();
  if (sorted.length === 0) return { low: 0, high: 1, middle: 0.5 };
  return { low: sorted[0], high: sorted[sorted.length - 1], middle: sorted[sorted.length >> 1] };
}

/** Members evenly spread along the first loss, its ends among them. */
function thinned(front: readonly (readonly number[])[]): readonly (readonly number[])[] {
  if (front.length <= MOST_MEMBERS || front[0].length <= 2) return front;
  const sorted = front.toSorted((a, b) => a[0] - b[0]);
  const step = (sorted.length - 1) / (MOST_MEMBERS - 1);
  return Array.from({ length: MOST_MEMBERS }, (_, index) => sorted[Math.round(index * step)]);
}
