import { categoricalDistribution } from '../distributions/categorical-distribution.js';
import type { ParamValue } from '../distributions/distribution.js';
import { floatDistribution } from '../distributions/float-distribution.js';
import { intDistribution } from '../distributions/int-distribution.js';
import type { SearchSpace } from '../search-space.js';

/** Error with an ideal training, latency in ms, and log10 of the best learning rate. */
const architectures: Readonly<Record<string, readonly [number, number, number]>> = {
  alexnet: [0.18, 2.1, -3],
  squeezenet: [0.19, 1.6, -3.2],
  resnet18: [0.12, 3.4, -2.6],
  resnet50: [0.09, 8.1, -2.5],
  vgg16: [0.11, 12.5, -3.1],
  densenet121: [0.085, 10.2, -2.4],
  densenet201: [0.075, 18.6, -2.3],
  inception_v3: [0.08, 11.4, -2.7],
};

/** Added error, shift of the best learning rate, time per epoch, error before training, epochs to learn. */
const depths: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  shallow: [0.05, 0.5, 0.4, 0.1, 4],
  partial: [0.015, 0.2, 0.7, 0.14, 6],
  deep: [0, 0, 1, 0.2, 9],
  scratch: [0.09, 0.3, 1, 0.45, 18],
};

/** Per unit of log10 that a learning rate lies below a bound. */
export interface SlowStart {
  /** The bound, above the best learning rate in units of log10: at 1 the best trials start slowly. */
  readonly below: number;
  /** Epochs that pass before learning begins. */
  readonly idleEpochs: number;
  /** How much longer learning takes; 1 is twice as long. */
  readonly slower: number;
}

const noSlowStart: SlowStart = { below: 0, idleEpochs: 0, slower: 0 };

/** A made-up transfer-learning study in closed form; its figures are invented, its shape is that of the real one. */
export const transferLearningSurrogate = {
  space: {
    architecture: categoricalDistribution(Object.keys(architectures)),
    retrainDepth: categoricalDistribution(Object.keys(depths)),
    learningRate: floatDistribution(1e-5, 1e-1, { log: true }),
    epochs: intDistribution(1, 50),
  } satisfies SearchSpace,
  /** Smallest error that can be reached. */
  bestError: 0.07577,
  /** Corner for hypervolumes of (error, cost). */
  reference: [0.6, 1000],
  /** @returns Error (0–1), training cost, and latency over the limit of 10.5 ms (<= 0 is feasible). */
  evaluate(params: Readonly<Record<string, ParamValue>>): { error: number; cost: number; excessMs: number } {
    const [, latencyMs] = architectures[params.architecture as string];
    const [, , time] = depths[params.retrainDepth as string];
    const epochs = params.epochs as number;
    return { error: errorAfter(params, epochs), cost: epochs * latencyMs * time, excessMs: latencyMs - 10.5 };
  },
  errorAfter,
} as const;

/**
 * The error after so many epochs of training: the learning curve whose end `evaluate` gives.
 *
 * @param slowStart How small learning rates start slowly. @default they do not
 */
function errorAfter(
  params: Readonly<Record<string, ParamValue>>,
  epochs: number,
  slowStart: SlowStart = noSlowStart,
): number {
  const [base, , bestRate] = architectures[params.architecture as string];
  const [added, shift, , untrained, epochsToLearn] = depths[params.retrainDepth as string];
  const offset = Math.log10(params.learningRate as number) - bestRate - shift;
  const tooSmall = Math.max(0, slowStart.below - offset);
  const learnt = Math.max(0, epochs - slowStart.idleEpochs * tooSmall) / (1 + slowStart.slower * tooSmall);
  return base + added + 0.03 * offset ** 2 + untrained * Math.exp(-learnt / epochsToLearn);
}
