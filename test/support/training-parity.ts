/** @file The same SGD steps by the engine and by PyTorch, from formula tensors (test/golden/torchvision/train_steps.py). */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { compileTrainer, type ForwardContext, type Trainer } from '#engine';
import { buildNetwork, type Network, toTorchLayout } from '#model-zoo/networks';
import { hashSeed, type NamedTensor, Rng, sizeOf } from '#primitives';
import { formulaUnits } from '../golden/torchvision/formula-tensors.js';
import { channelsLast, formulaPictures, formulaTensors } from './formula-network.js';
import type { TorchProcess } from './torch-process.js';

/** What is trained: the optimizer's numbers are chosen so that no loss explodes and rounding is no part of an update. */
export interface TrainingCase {
  readonly architecture: string;
  /** Side of the pictures, pixels. */
  readonly imageSize: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly steps: number;
}

/** How far apart the two are. */
export interface TrainingParity {
  /** Of PyTorch, each before its update. */
  readonly losses: readonly number[];
  /** Largest difference of a step's loss. */
  readonly lossDifference: number;
  /** Every tensor, running statistics included; the one that differs most comes first. */
  readonly tensors: readonly TensorParity[];
  /** CPU time of all threads: two processes run at once, and others beside them. */
  readonly torchSeconds: number;
  /** The same of the engine, compiling included. */
  readonly engineSeconds: number;
}

/** Of one tensor's update, which is its value after the steps less its initial value. */
export interface TensorParity {
  readonly name: string;
  /** Norm of the difference between the two updates over the norm of PyTorch's. */
  readonly difference: number;
  /** Share of weight decay in PyTorch's update: norm of what decay alone does, over the update's. */
  readonly decayShare: number;
}

const classes = 10;
const momentum = 0.9;
const seed = 1;

/** Trains a network both ways and compares every tensor. */
export async function trainingParity(item: TrainingCase, torch: TorchProcess): Promise<TrainingParity> {
  const folder = mkdtempSync(join(tmpdir(), 'retune-parity-'));
  const file = join(folder, `${item.architecture}.bin`);
  try {
    const request = { ...item, classes, momentum, file };
    const answer = torch.ask<{ losses: number[]; seconds: number }>(request);
    const network = buildNetwork(item.architecture, { classes, imageSize: item.imageSize });
    const initial = raiseNormOffsets(formulaTensors(network));
    const start = process.cpuUsage();
    const own = await trainSteps(network, initial, item).catch(async (error: unknown) => {
      await answer.catch(() => undefined);
      throw error;
    });
    const { user, system } = process.cpuUsage(start);
    const { losses, seconds } = await answer;
    return {
      losses,
      lossDifference: Math.max(...losses.map((loss, step) => Math.abs(loss - own.losses[step]))),
      tensors: compareUpdates(initial, own.tensors, file, item),
      torchSeconds: seconds,
      engineSeconds: (user + system) / 1e6,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Two and a half deviations of what the norm gives: away from ReLU's kink, where rounding would decide (see train_steps.py). */
function raiseNormOffsets(tensors: readonly NamedTensor[]): NamedTensor[] {
  const names = new Set(tensors.map(({ name }) => name));
  return tensors.map((tensor) => {
    const { name, data } = tensor;
    if (!name.endsWith('.bias') || !names.has(name.replace('.bias', '.running_mean'))) return tensor;
    const raise = /\.bn[23]\.bias$/.test(name) ? 5 / 8 : 5 / 2;
    return { ...tensor, data: data.map((value) => value + raise) };
  });
}

async function trainSteps(network: Network, tensors: readonly NamedTensor[], item: TrainingCase) {
  const { imageSize, batch, learningRate, weightDecay, steps } = item;
  const trainer: Trainer = await compileTrainer({
    forward: (x, context) => network.forward(x, withFixedDropout(context)),
    tensors,
    trainable: (name) => !/\.running_(mean|var)$/.test(name),
    inputShape: [imageSize, imageSize, 3],
    classes,
    batchSize: batch,
    momentum,
    weightDecay,
    seed,
  });
  try {
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const pictures = formulaPictures(`step ${step}`, batch, imageSize);
      const { loss } = await trainer.trainEpoch(inTrainersOrder(pictures, step, batch), { epoch: step, learningRate });
      losses.push(loss);
    }
    return { losses, tensors: trainer.tensors() };
  } finally {
    await trainer.dispose();
  }
}

/** Lays the examples out so that the trainer, which shuffles, takes them in the order PyTorch gets them. */
function inTrainersOrder(pictures: Float32Array, step: number, batch: number) {
  const order = new Rng(hashSeed(seed, 'order', step)).permutation(batch);
  const size = pictures.length / batch;
  const inputs = new Float32Array(pictures.length);
  const labels = new Int32Array(batch);
  for (const [row, place] of order.entries()) {
    inputs.set(pictures.subarray(row * size, (row + 1) * size), place * size);
    labels[place] = (row + step) % classes;
  }
  return { inputs, labels };
}

/** The formula's masks in place of random ones. */
function withFixedDropout(context: ForwardContext): ForwardContext {
  let dropouts = 0;
  return {
    ...context,
    dropout: (x, rate) => {
      const units = formulaUnits(`mask ${dropouts++}`, x.size);
      const ordered = x.rank === 4 ? channelsLast(units, x.shape) : units;
      const kept = ordered.map((unit) => (unit >= 2 * rate - 1 ? 1 / (1 - rate) : 0));
      return tf.mul(x, tf.tensor(kept, x.shape));
    },
  };
}

function compareUpdates(
  initial: readonly NamedTensor[],
  trained: readonly NamedTensor[],
  file: string,
  { learningRate, weightDecay, steps }: TrainingCase,
): TensorParity[] {
  const descriptor = openSync(file, 'r');
  try {
    let [velocity, decay] = [0, 0];
    for (let step = 0; step < steps; step++) {
      velocity = momentum * velocity + weightDecay;
      decay += learningRate * velocity;
    }
    const found = initial.map((before, index) => {
      const expected = new Float32Array(sizeOf(before.shape));
      readSync(descriptor, new Uint8Array(expected.buffer));
      return compareUpdate(toTorchLayout(before), toTorchLayout(trained[index]), expected, decay);
    });
    return found.sort((a, b) => b.difference - a.difference);
  } finally {
    closeSync(descriptor);
  }
}

function compareUpdate(before: NamedTensor, after: NamedTensor, expected: Float32Array, decay: number): TensorParity {
  let [update, difference, decayed] = [0, 0, 0];
  for (let index = 0; index < expected.length; index++) {
    update += (expected[index] - before.data[index]) ** 2;
    difference += (expected[index] - after.data[index]) ** 2;
    decayed += (decay * before.data[index]) ** 2;
  }
  return {
    name: before.name,
    difference: Math.sqrt(difference / update),
    decayShare: Math.sqrt(decayed / update),
  };
}
