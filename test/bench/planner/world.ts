import { transferLearningSurrogate } from '#optuna-ts-client/problems';
import { hashSeed, Rng } from '#primitives';
import type { Constraint, Objective, SearchSpace, TrialParameters } from '#search';

/** A made-up dataset and device: what training gives, and what it takes. */
export interface World {
  readonly name: string;
  readonly searchSpace: SearchSpace;
  readonly objectives: readonly Objective[];
  readonly constraints: readonly Constraint[];
  /** Seconds that a study has. */
  readonly seconds: number;
  /** Trials that it has at the most. */
  readonly trials: number;
  /** Worst corner of the hypervolume of the true losses, in the order of the objectives. */
  readonly reference: readonly number[];
}

/** Pictures that accuracies are counted on: as many as ants and bees have. */
export const validationImages = 153;
/** From the claim to the first epoch, and from the last to the answer. */
const startSeconds = 2;
/** Of a deep epoch for each ms of latency. */
const secondsPerLatency = 0.3;
/** What is left of a shallow epoch once the frozen layers need not run. */
const cachedShare = 0.1;
const profileSeconds = 3;

const { space, evaluate, errorAfter } = transferLearningSurrogate;
const architectures = space.architecture.choices as readonly string[];
const slowStart = { below: 0.5, idleEpochs: 4, slower: 1 };

const base: World = {
  name: 'accuracy and latency',
  searchSpace: {
    architecture: architectures,
    retrainDepth: ['shallow', 'partial', 'deep', 'scratch'],
    learningRate: { low: 1e-5, high: 1e-1 },
    epochs: { low: 1, high: 50, step: 1 },
  },
  objectives: [
    { metric: 'accuracy', direction: 'maximize' },
    { metric: 'latencyP95Ms', direction: 'minimize' },
  ],
  constraints: [{ metric: 'latencyP95Ms', atMost: 10.5 }],
  seconds: 1500,
  trials: 100_000,
  reference: [0.6, 10.5],
};

/** Every study that is simulated. */
export const worlds: readonly World[] = [
  base,
  {
    ...base,
    name: 'accuracy alone',
    objectives: [{ metric: 'accuracy', direction: 'maximize' }],
    constraints: [],
    reference: [0.6],
  },
  {
    ...base,
    name: 'accuracy and seconds',
    objectives: [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'trainSeconds', direction: 'minimize' },
    ],
    constraints: [{ metric: 'latencyP95Ms', atMost: 10.5 }],
    reference: [0.6, 100],
  },
  {
    ...base,
    name: 'least latency above 0.85',
    objectives: [{ metric: 'latencyP95Ms', direction: 'minimize' }],
    constraints: [{ metric: 'accuracy', atLeast: 0.85 }],
    reference: [20],
  },
  { ...base, name: 'fifty trials', seconds: Number.POSITIVE_INFINITY, trials: 50 },
];

/** The true accuracy after so many epochs; small learning rates start slowly. */
export function trueAccuracy(parameters: TrialParameters, epochs = parameters.epochs): number {
  return 1 - Math.min(0.6, errorAfter({ ...parameters }, epochs, slowStart));
}

/** What part of a picture's difficulty is the same for all networks, and for all trainings of one network. */
const common = 0.5;
const ofNetwork = 0.25;

/**
 * Pictures that a training gets right: all are counted on the same ones, so that what is hard for one network is mostly
 * hard for the others.
 */
export function countedCorrect(parameters: TrialParameters, epochs: number, seed: number, repeat: number): number {
  const { architecture, retrainDepth, learningRate } = parameters;
  const training = `${architecture} ${retrainDepth} ${learningRate} ${repeat}`;
  const luck = new Rng(hashSeed(seed, training, 0)).normal() * seedDeviation;
  return count(trueAccuracy(parameters, epochs) + luck, architecture, training, epochs, seed);
}

/** Of the accuracy, from one seed of the training to the next. */
const seedDeviation = 0.005;

/** What a linear probe is counted to get right: about what the new head of a shallow trial comes to. */
export function probeCorrect(architecture: string, seed: number): number {
  const rates = Array.from({ length: 33 }, (_, index) => 10 ** (-5 + index / 8));
  const best = Math.max(
    ...rates.map((learningRate) => trueAccuracy({ architecture, retrainDepth: 'shallow', learningRate, epochs: 50 })),
  );
  const luck = new Rng(hashSeed(seed, `${architecture} probe`, 0)).normal() * 0.01;
  return count(best - 0.01 + luck, architecture, `${architecture} probe`, 0, seed);
}

function count(accuracy: number, architecture: string, training: string, epoch: number, seed: number): number {
  const [all, network, own] = [
    hashSeed(seed, 'pictures', 0),
    hashSeed(seed, architecture, 0),
    hashSeed(seed, training, epoch),
  ];
  const rngs = [all, network, own].map((stream) => new Rng(stream));
  const shares = [common, ofNetwork, 1 - common - ofNetwork].map(Math.sqrt);
  const limit = normalQuantile(Math.min(0.999, Math.max(0.001, accuracy)));
  let correct = 0;
  for (let picture = 0; picture < validationImages; picture++) {
    const difficulty = rngs.reduce((sum, rng, index) => sum + shares[index] * rng.normal(), 0);
    if (difficulty < limit) correct++;
  }
  return correct;
}

/** By bisection. */
function normalQuantile(probability: number): number {
  let [low, high] = [-4, 4];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** @see Abramowitz & Stegun 1964, 26.2.17: absolute error below 7.5e-8. */
function normalCumulative(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x > 0 ? 1 - tail : tail;
}

export function latencyOf(architecture: string): number {
  return evaluate({ architecture, retrainDepth: 'deep', learningRate: 1e-3, epochs: 1 }).excessMs + 10.5;
}

/** Of an epoch, its evaluation included. */
export function epochSeconds({ architecture, retrainDepth }: TrialParameters, isCached: boolean): number {
  const share = { shallow: 0.4, partial: 0.7, deep: 1, scratch: 1 }[retrainDepth];
  const cached = isCached && retrainDepth === 'shallow' ? cachedShare : 1;
  return latencyOf(architecture) * secondsPerLatency * share * cached;
}

/** From the claim to the end, but for the epochs: what the frozen layers compute the first time included. */
export function startUpSeconds({ architecture, retrainDepth }: TrialParameters, isCached: boolean): number {
  const features = retrainDepth === 'shallow' && isCached ? 0 : 0.4 * latencyOf(architecture) * secondsPerLatency;
  return startSeconds + (retrainDepth === 'shallow' ? features : 0);
}

/** Profile and probe of one architecture. */
export function preparationSeconds(architecture: string): number {
  return profileSeconds + 0.4 * latencyOf(architecture) * secondsPerLatency;
}
