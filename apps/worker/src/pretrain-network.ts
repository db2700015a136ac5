import * as tf from '@tensorflow/tfjs-core';
import { type LoadedSplit, normalize } from '#dataset/pictures';
import { compileTrainer, type ForwardFunction } from '#engine';
import { isHeadTensor, type ModelCard } from '#model-zoo';
import { buildNetwork, initialTensors, type Network } from '#model-zoo/networks';
import { hashSeed, type NamedTensor, Rng, sizeOf } from '#primitives';
import { calibrateFrozen } from './calibrate-frozen.js';
import { foldNorms, initialNorm, normEpsilon, normsOf } from './folded-norm.js';
import { learningRateAt, momentum, type PretrainRecipe } from './pretrain-recipe.js';
import { type RoundsTask, trainRounds } from './pretrain-rounds.js';
import { isParameter } from './profile-network.js';
import { runBlocks, tensorsOf } from './run-blocks.js';
import { scoreLogits } from './score-logits.js';

/** What a pretraining works on. */
export interface PretrainTask extends RoundsTask {
  readonly card: ModelCard;
  readonly validation: LoadedSplit;
  readonly classes: number;
  /** Of every session, >= 1. */
  readonly threads: number;
}

/**
 * Trains a network on the source task from its seeded initial state, with turned, mirrored and shifted pictures.
 *
 * @returns The network and all its tensors, tfjs layout.
 */
export async function pretrainNetwork(task: PretrainTask): Promise<{ network: Network; tensors: NamedTensor[] }> {
  const network = buildNetwork(task.card.name, { classes: task.classes, imageSize: task.image.crop });
  const initial = startingTensors(network, task.seed, task.recipe);
  if (task.recipe.bodyEnd === undefined) {
    const forward: ForwardFunction = (x, context) => network.forward(x, context);
    return { network, tensors: await trainOn(task, network, forward, initial) };
  }
  const end = network.blocks.findIndex(({ name }) => name === task.recipe.bodyEnd);
  const body = await trainBody(task, network, initial, end);
  const merged = initial.map((tensor) => body.get(tensor.name) ?? tensor);
  return { network, tensors: await fitHead(task, network, merged, end) };
}

/** Top-1 accuracy on the validation pictures of the source task. */
export async function sourceAccuracy(task: PretrainTask, network: Network, tensors: readonly NamedTensor[]) {
  const inputShape = [task.image.crop, task.image.crop, 3];
  const run = { network, tensors, from: 0, to: network.blocks.length, inputShape, threads: task.threads };
  const inputs = normalize(task.validation.pixels, task.image);
  const { value } = await runBlocks(run, [inputs], () => task.clock.monotonicMs());
  return scoreLogits(value[0].data, task.validation.labels, task.classes).accuracy;
}

/** Blocks before `end`, with a head of their own: mean over height and width, batch norm, dense. */
async function trainBody(task: PretrainTask, network: Network, initial: readonly NamedTensor[], end: number) {
  const inputShape = [task.image.crop, task.image.crop, 3];
  const norms = normsOf(network, end, task.recipe);
  const first = normalize(task.validation.pixels.subarray(0, sizeOf(inputShape)), task.image);
  const part = { network, tensors: initial, from: 0, to: end, inputShape, threads: task.threads };
  const width = (await runBlocks(part, [first], () => 0)).value[0].shape[2];
  const forward: ForwardFunction = (x, context) => {
    let y = x;
    for (let block = 0; block < end; block++) {
      const norm = norms.find((one) => one.block === block);
      if (norm) y = context.batchNorm(y as tf.Tensor4D, norm.name, normEpsilon);
      y = network.forward(y, context, block, block + 1);
    }
    const features = context.batchNorm(tf.mean<tf.Tensor4D>(y, [1, 2], true), 'probe.norm', normEpsilon);
    return tf.add(
      tf.matMul(tf.reshape(features, [-1, width]), context.tensor('probe.weight')),
      context.tensor('probe.bias'),
    );
  };
  const added = [
    ...norms.flatMap(({ name, channels }) => initialNorm(name, channels)),
    ...initialNorm('probe.norm', width, probeScale),
    ...initialProbe(task, width),
  ];
  const trained = await trainOn(task, network, forward, [...tensorsOf(network, initial, 0, end), ...added]);
  return foldNorms(new Map(trained.map((tensor) => [tensor.name, tensor])), norms);
}

/** Features of the size one would make the head's loss too steep for the body's learning rate. */
const probeScale = 0.1;

function initialProbe({ seed, classes }: PretrainTask, width: number): NamedTensor[] {
  const rng = new Rng(hashSeed(seed, 'probe'));
  const data = Float32Array.from({ length: width * classes }, () => rng.normal() / Math.sqrt(width));
  return [
    { name: 'probe.weight', shape: [width, classes], data },
    { name: 'probe.bias', shape: [classes], data: new Float32Array(classes) },
  ];
}

/** What comes after a trained body: frozen layers are fitted to it, then the head is trained. */
async function fitHead(task: PretrainTask, network: Network, tensors: readonly NamedTensor[], end: number) {
  const size = task.image.crop * task.image.crop * 3;
  const some = normalize(task.train.pixels.subarray(0, Math.min(task.train.labels.length, 1024) * size), task.image);
  const hasFrozenLayers = tensorsOf(network, tensors, end, network.cut('shallow')).length > 0;
  return trainHead(
    task,
    network,
    hasFrozenLayers ? await calibrateFrozen(network, tensors, end, some, task.threads) : tensors,
  );
}

/** The network's own head, on features that are made once. */
async function trainHead(
  task: PretrainTask,
  network: Network,
  tensors: readonly NamedTensor[],
): Promise<NamedTensor[]> {
  const cut = network.cut('shallow');
  const inputShape = [task.image.crop, task.image.crop, 3];
  const prefix = { network, tensors, from: 0, to: cut, inputShape, threads: task.threads };
  const inputs = normalize(task.train.pixels, task.image);
  const { value } = await runBlocks(prefix, [inputs], () => task.clock.monotonicMs());
  const trainer = await compileTrainer({
    forward: (x, context) => network.forward(x, context, cut),
    tensors: tensorsOf(network, tensors, cut),
    trainable: (name) => isHeadTensor(task.card, name),
    inputShape: value[0].shape,
    classes: task.classes,
    batchSize: task.recipe.batchSize,
    momentum,
    weightDecay: 0,
    seed: task.seed,
    threads: task.threads,
  });
  try {
    const data = { inputs: value[0].data, labels: task.train.labels };
    const epochs = 12;
    for (let epoch = 0; epoch < epochs; epoch++) {
      await trainer.trainEpoch(data, {
        epoch,
        learningRate: learningRateAt(epoch, epochs, task.recipe.headLearningRate ?? 0.01),
      });
    }
    const trained = new Map(trainer.tensors().map((tensor) => [tensor.name, tensor]));
    return tensors.map((tensor) => trained.get(tensor.name) ?? tensor);
  } finally {
    await trainer.dispose();
  }
}

async function trainOn(
  task: PretrainTask,
  network: Network,
  forward: ForwardFunction,
  tensors: readonly NamedTensor[],
): Promise<NamedTensor[]> {
  const parameters = new Set(network.tensors.filter((spec) => isParameter(spec)).map(({ name }) => name));
  return trainRounds(task, {
    forward,
    tensors,
    trainable: (name) => parameters.has(name) || isAddedParameter(name),
    inputShape: [task.image.crop, task.image.crop, 3],
    classes: task.classes,
    batchSize: task.recipe.batchSize,
    momentum,
    weightDecay: task.recipe.weightDecay,
    seed: task.seed,
    threads: task.threads,
  });
}

/** Of the layers that are only there during pretraining. */
function isAddedParameter(name: string): boolean {
  return /^(norm|probe)\./.test(name) && !/running_(mean|var)$/.test(name);
}

/**
 * The seeded state with the recipe's changes: louder convolutions, each filter with mean zero, so that it does not answer
 * to what all pictures have in common, and silent biases; residual blocks that do nothing.
 */
function startingTensors(network: Network, seed: number, recipe: PretrainRecipe): NamedTensor[] {
  const { initialGain = 1, zeroInitial, bodyEnd } = recipe;
  const end = network.blocks.findIndex(({ name }) => name === bodyEnd);
  const early = new Set(network.tensors.filter(({ block }) => end < 0 || block < end).map(({ name }) => name));
  return initialTensors(network, seed).map((tensor) => {
    if (zeroInitial !== undefined && tensor.name.endsWith(zeroInitial)) return scaled(tensor, 0);
    if (initialGain === 1 || !early.has(tensor.name)) return tensor;
    return tensor.shape.length === 4 ? scaled(centred(tensor), initialGain) : scaled(tensor, 0);
  });
}

/** Each output's filter less its mean; HWIO. */
function centred({ name, shape, data }: NamedTensor): NamedTensor {
  const outputs = shape[3];
  const means = new Float64Array(outputs);
  data.forEach((value, at) => {
    means[at % outputs] += (value * outputs) / data.length;
  });
  return { name, shape, data: data.map((value, at) => value - means[at % outputs]) };
}

function scaled(tensor: NamedTensor, factor: number): NamedTensor {
  return { ...tensor, data: tensor.data.map((value) => value * factor) };
}
