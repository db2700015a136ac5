import * as tf from '@tensorflow/tfjs-core';
import { type LoadedSplit, normalize } from '#dataset/pictures';
import { compileTrainer, type ForwardFunction, type Trainer } from '#engine';
import { isHeadTensor, type ModelCard } from '#model-zoo';
import { buildNetwork, initialTensors, type Network } from '#model-zoo/networks';
import { type Clock, hashSeed, type ImageSpec, type NamedTensor, Rng, sizeOf } from '#primitives';
import { augmentPictures, halvePictures } from './augment-pictures.js';
import { foldNorms, initialNorm, normEpsilon, normsOf } from './folded-norm.js';
import { learningRateAt, momentum, type PretrainRecipe, roundsPerEpoch } from './pretrain-recipe.js';
import { isParameter } from './profile-network.js';
import { runBlocks, tensorsOf } from './run-blocks.js';
import { scoreLogits } from './score-logits.js';

/** What a pretraining works on. */
export interface PretrainTask {
  readonly card: ModelCard;
  readonly recipe: PretrainRecipe;
  readonly train: LoadedSplit;
  readonly validation: LoadedSplit;
  readonly classes: number;
  readonly image: ImageSpec;
  readonly seed: number;
  readonly clock: Clock;
  /** @default all cores */
  readonly threads?: number;
  /** After every round. */
  onProgress(progress: PretrainProgress): void;
}

export interface PretrainProgress {
  /** 0–1. */
  readonly done: number;
  readonly loss: number;
  readonly trainAccuracy: number;
  readonly learningRate: number;
  readonly secondsRemaining: number;
}

/** What is trained, for a network built for some side. */
type Forward = (sized: Network) => ForwardFunction;

/**
 * Trains a network on the source task from its seeded initial state, with turned, mirrored and shifted pictures.
 *
 * @returns The network and all its tensors, tfjs layout.
 */
export async function pretrainNetwork(task: PretrainTask): Promise<{ network: Network; tensors: NamedTensor[] }> {
  const network = buildNetwork(task.card.name, { classes: task.classes, imageSize: task.image.crop });
  const initial = startingTensors(network, task.seed, task.recipe);
  if (task.recipe.bodyEnd === undefined) {
    const whole: Forward = (sized) => (x, context) => sized.forward(x, context);
    return { network, tensors: await trainOn(task, whole, initial) };
  }
  const end = network.blocks.findIndex(({ name }) => name === task.recipe.bodyEnd);
  const body = await trainBody(task, network, initial, end);
  const merged = initial.map((tensor) => body.get(tensor.name) ?? tensor);
  return { network, tensors: await trainHead(task, network, merged) };
}

/** Top-1 accuracy on the validation pictures of the source task. */
export async function sourceAccuracy(task: PretrainTask, network: Network, tensors: readonly NamedTensor[]) {
  const inputShape = [task.image.crop, task.image.crop, 3];
  const run = { network, tensors, from: 0, to: network.blocks.length, inputShape };
  const inputs = normalize(task.validation.pixels, task.image);
  const { value } = await runBlocks(run, [inputs], () => task.clock.monotonicMs());
  return scoreLogits(value[0].data, task.validation.labels, task.classes).accuracy;
}

/** Blocks before `end`, with a head of their own: mean over height and width, batch norm, dense. */
async function trainBody(task: PretrainTask, network: Network, initial: readonly NamedTensor[], end: number) {
  const inputShape = [task.image.crop, task.image.crop, 3];
  const norms = normsOf(network, end, task.recipe);
  const first = normalize(task.validation.pixels.subarray(0, sizeOf(inputShape)), task.image);
  const part = { network, tensors: initial, from: 0, to: end, inputShape };
  const width = (await runBlocks(part, [first], () => 0)).value[0].shape[2];
  const forward: Forward = (sized) => (x, context) => {
    let y = x;
    for (let block = 0; block < end; block++) {
      const norm = norms.find((one) => one.block === block);
      if (norm) y = context.batchNorm(y as tf.Tensor4D, norm.name, normEpsilon);
      y = sized.forward(y, context, block, block + 1);
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
  const trained = await trainOn(task, forward, [...tensorsOf(network, initial, 0, end), ...added]);
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

/** The network's own head, on features that are made once. */
async function trainHead(
  task: PretrainTask,
  network: Network,
  tensors: readonly NamedTensor[],
): Promise<NamedTensor[]> {
  const cut = network.cut('shallow');
  const prefix = { network, tensors, from: 0, to: cut, inputShape: [task.image.crop, task.image.crop, 3] };
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

/** Trains all rounds: the first ones at half the side where the recipe says so, then at the full one. */
async function trainOn(task: PretrainTask, forward: Forward, tensors: readonly NamedTensor[]): Promise<NamedTensor[]> {
  const rounds = task.recipe.epochs * roundsPerEpoch;
  const half = Math.round((task.recipe.halfSizeShare ?? 0) * rounds);
  const clock = new ProgressClock(task, rounds);
  const stages = [
    { pictures: half > 0 ? halvePictures(task.train) : task.train, from: 0, to: half },
    { pictures: task.train, from: half, to: rounds },
  ];
  let state = { tensors: [...tensors], slots: undefined as NamedTensor[] | undefined };
  for (const stage of stages.filter(({ from, to }) => to > from))
    state = await trainStage(task, forward, state, stage, clock);
  return state.tensors;
}

interface Stage {
  readonly pictures: LoadedSplit;
  /** Rounds `from` … `to - 1`. */
  readonly from: number;
  readonly to: number;
}

async function trainStage(
  task: PretrainTask,
  forward: Forward,
  state: { tensors: NamedTensor[]; slots?: NamedTensor[] },
  stage: Stage,
  clock: ProgressClock,
) {
  const { side } = stage.pictures;
  const network = buildNetwork(task.card.name, { classes: task.classes, imageSize: side });
  const parameters = new Set(network.tensors.filter((spec) => isParameter(spec)).map(({ name }) => name));
  const trainer = await compileTrainer({
    forward: forward(network),
    ...state,
    trainable: (name) => parameters.has(name) || isAddedParameter(name),
    inputShape: [side, side, 3],
    classes: task.classes,
    batchSize: task.recipe.batchSize,
    momentum,
    weightDecay: task.recipe.weightDecay,
    seed: task.seed,
    threads: task.threads,
  });
  try {
    for (let round = stage.from; round < stage.to; round++) await runRound(task, trainer, stage.pictures, round, clock);
    return { tensors: trainer.tensors(), slots: trainer.slots() };
  } finally {
    await trainer.dispose();
  }
}

/** Of the layers that are only there during pretraining. */
function isAddedParameter(name: string): boolean {
  return /^(norm|probe)\./.test(name) && !/running_(mean|var)$/.test(name);
}

async function runRound(
  task: PretrainTask,
  trainer: Trainer,
  pictures: LoadedSplit,
  round: number,
  clock: ProgressClock,
): Promise<void> {
  const { seed, recipe, image } = task;
  const count = pictures.labels.length;
  const [epoch, part] = [Math.floor(round / roundsPerEpoch), round % roundsPerEpoch];
  const order = new Rng(hashSeed(seed, 'pretrain-order', epoch)).permutation(count);
  const range = [
    Math.floor((part * count) / roundsPerEpoch),
    Math.floor(((part + 1) * count) / roundsPerEpoch),
  ] as const;
  const data = augmentPictures(pictures, order, range, image, new Rng(hashSeed(seed, 'augment', round)));
  const learningRate = learningRateAt(round, recipe.epochs * roundsPerEpoch, recipe.learningRate);
  const { loss, accuracy } = await trainer.trainEpoch(data, { epoch: round, learningRate });
  clock.passed(pictures.side ** 2, { loss, trainAccuracy: accuracy, learningRate });
}

/** Tells how far the work is; a round counts by the pixels it reads. */
class ProgressClock {
  readonly #started: number;
  readonly #total: number;
  #done = 0;

  constructor(
    private readonly task: PretrainTask,
    rounds: number,
  ) {
    const half = Math.round((task.recipe.halfSizeShare ?? 0) * rounds);
    this.#total = (rounds - 0.75 * half) * task.image.crop ** 2;
    this.#started = task.clock.monotonicMs();
  }

  passed(pixels: number, round: Pick<PretrainProgress, 'loss' | 'trainAccuracy' | 'learningRate'>): void {
    this.#done += pixels;
    const done = this.#done / this.#total;
    const seconds = (this.task.clock.monotonicMs() - this.#started) / 1000;
    this.task.onProgress({ done, ...round, secondsRemaining: (seconds * (1 - done)) / done });
  }
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
