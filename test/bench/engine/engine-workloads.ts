import {
  compileInference,
  compileTrainer,
  type ExecutionDevice,
  type ForwardFunction,
  type TrainingPlan,
} from '#engine';
import { findCard } from '#model-zoo';
import { buildNetwork, type Network, standInTensors } from '#model-zoo/networks';
import { type NamedTensor, Rng, type Shape, sizeOf } from '#primitives';
import type { Prepared, Workload } from './workload.js';

/** A compiled workload: `run` does so many steps, batches or epochs and gives their seconds. */
export interface OpenWorkload {
  /** What compiling told. */
  readonly prepared: Prepared;
  run(count: number): Promise<number>;
  dispose(): Promise<void>;
}

/** Compiles a workload for our engine, on a device (@default the processor). */
export async function openWorkload(workload: Workload, device?: ExecutionDevice): Promise<OpenWorkload> {
  const { kind, network: name, classes, size } = workload;
  const network = buildNetwork(name, { classes, imageSize: size });
  const cut = network.cut('shallow');
  if (kind === 'training') return openTraining(workload, network, 0, [size, size, 3], device);
  if (kind === 'head') return openTraining(workload, network, cut, featureShape(workload), device);
  return openInference(workload, network, kind === 'frozen' ? cut : network.blocks.length, device);
}

/** Channels last; by the card where the workload does not say. */
function featureShape({ network, features: [channels, ...side] = [] }: Workload): Shape {
  return channels === undefined ? findCard(network).headInput : [...side, channels];
}

/** One unit is a step where the pictures are read, an epoch over `examples` where a head reads features. */
async function openTraining(
  { batch, classes, examples, threads, cacheFolder }: Workload,
  network: Network,
  from: number,
  inputShape: Shape,
  device: ExecutionDevice | undefined,
): Promise<OpenWorkload> {
  const plan: TrainingPlan = {
    forward: forwardOf(network, from),
    tensors: readBy(network, from, network.blocks.length),
    trainable: (tensor) => !tensor.includes('running_'),
    inputShape,
    classes,
    batchSize: batch,
    momentum: 0.9,
    weightDecay: 1e-4,
    seed: 1,
    threads,
    device,
  };
  const trainer = await compileTrainer(plan, { cacheFolder });
  const size = sizeOf(inputShape);
  const values = draws(batch * size);
  let epoch = 0;
  const train = async (count: number) => {
    const inputs = new Float32Array(count * size);
    for (let at = 0; at < inputs.length; at += values.length) inputs.set(values.subarray(0, inputs.length - at), at);
    const labels = Int32Array.from({ length: count }, (_, index) => index % classes);
    return async () => (await trainer.trainEpoch({ inputs, labels }, { epoch: epoch++, learningRate: 1e-3 })).seconds;
  };
  const cached = examples === undefined ? undefined : await train(examples);
  return {
    prepared: { compileMs: trainer.compileMs, fromCache: trainer.fromCache, nodesOnCpu: trainer.nodesOnCpu },
    async run(count) {
      if (cached === undefined) return (await train(count * batch))();
      let seconds = 0;
      for (let index = 0; index < count; index++) seconds += await cached();
      return seconds;
    },
    dispose: () => trainer.dispose(),
  };
}

async function openInference(
  { size, batch, threads }: Workload,
  network: Network,
  to: number,
  device: ExecutionDevice | undefined,
): Promise<OpenWorkload> {
  const inference = await compileInference({
    forward: forwardOf(network, 0, to),
    tensors: readBy(network, 0, to),
    inputShape: [size, size, 3],
    batchSize: batch,
    threads,
    device,
  });
  const inputs = draws(batch * size * size * 3);
  return {
    prepared: {
      compileMs: inference.compileMs,
      nodesOnCpu: inference.nodesOnCpu,
      outputShape: inference.outputShape,
    },
    async run(count) {
      const started = performance.now();
      for (let index = 0; index < count; index++) await inference.run(inputs, batch);
      return (performance.now() - started) / 1000;
    },
    dispose: () => inference.dispose(),
  };
}

function forwardOf(network: Network, from: number, to?: number): ForwardFunction {
  return (x, context) => network.forward(x, context, from, to);
}

/** The tensors of the blocks `from` … `to - 1`: an auxiliary head that no block reads is neither trained nor a constant. */
function readBy(network: Network, from: number, to: number): NamedTensor[] {
  return standInTensors(network.tensors.filter(({ block }) => block >= from && block < to));
}

function draws(length: number): Float32Array {
  const rng = new Rng(2);
  return Float32Array.from({ length }, () => rng.normal());
}
