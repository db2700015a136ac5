import type { TrainingData, TrainingPlan } from '#engine';
import { buildNetwork, initialTensors } from '#model-zoo/networks';
import { Rng } from '#primitives';

/** A training step of one of the zoo's networks. */
export interface StepCase {
  readonly architecture: string;
  /** Side of the pictures, pixels. */
  readonly imageSize: number;
  readonly batchSize: number;
  /** Tensors that are not trained, by name. @default none */
  readonly constant?: readonly string[];
}

const classes = 3;

/** The plan of the step, and one batch of noise with labels 0, 1, 2, 0 … */
export function planOf({ architecture, imageSize, batchSize, constant = [] }: StepCase): {
  plan: TrainingPlan;
  data: TrainingData;
} {
  const network = buildNetwork(architecture, { classes, imageSize });
  const statistics = network.tensors.filter(({ role }) => role === 'runningMean' || role === 'runningVariance');
  const untrained = new Set([...statistics.map(({ name }) => name), ...constant]);
  const plan: TrainingPlan = {
    forward: (x, context) => network.forward(x, context),
    tensors: initialTensors(network, 3),
    trainable: (name) => !untrained.has(name),
    inputShape: [imageSize, imageSize, 3],
    classes,
    batchSize,
    momentum: 0.9,
    weightDecay: 1e-4,
    seed: 5,
    threads: 2,
  };
  const rng = new Rng(9);
  const data = {
    inputs: Float32Array.from({ length: batchSize * imageSize * imageSize * 3 }, () => rng.normal()),
    labels: Int32Array.from({ length: batchSize }, (_, index) => index % classes),
  };
  return { plan, data };
}
