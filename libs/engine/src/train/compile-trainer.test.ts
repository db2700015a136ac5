import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { type NamedTensor, Rng } from '#primitives';
import { compileInference } from '../runtime/inference.js';
import { UnsupportedKernelError } from '../trace/unsupported-kernel-error.js';
import { compileTrainer } from './compile-trainer.js';
import { DivergedError } from './diverged-error.js';
import { referenceSteps } from './reference-steps.js';
import { smallData, smallForward, smallPlan, smallTensors } from './small-network.fixture.js';
import type { TrainerOptions, TrainingData, TrainingPlan } from './training-plan.js';

const learningRate = 0.05;

/** Largest difference relative to the largest value of the tensor. */
function difference(actual: NamedTensor, expected: NamedTensor): number {
  const scale = expected.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
  return actual.data.reduce(
    (worst, value, index) => Math.max(worst, Math.abs(value - expected.data[index]) / scale),
    0,
  );
}

/** Trains epochs `from` … `to - 1` on 14 examples (three steps each) and returns everything that can be seen. */
async function train(plan: TrainingPlan, from: number, to: number, options?: TrainerOptions) {
  const trainer = await compileTrainer(plan, options);
  const losses: number[] = [];
  for (let epoch = from; epoch < to; epoch++) {
    losses.push((await trainer.trainEpoch(smallData(14), { epoch, learningRate })).loss);
  }
  const result = { losses, tensors: trainer.tensors(), slots: trainer.slots() };
  await trainer.dispose();
  return result;
}

test('compileTrainer() equals tfjs cpu after three steps: loss, parameters, slots, running statistics', async () => {
  const plan = smallPlan();
  const data = smallData(12);
  const trainer = await compileTrainer(plan);
  const result = await trainer.trainEpoch(data, { epoch: 0, learningRate });
  const reference = await referenceSteps(plan, data, { epoch: 0, learningRate });
  const meanLoss = reference.losses.reduce((sum, loss) => sum + loss, 0) / 3;
  expect(Math.abs(result.loss - meanLoss)).toBeLessThan(2e-6);
  for (const [actual, expected] of [
    [trainer.tensors(), reference.tensors],
    [trainer.slots(), reference.slots],
  ]) {
    expect(actual.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
    actual.forEach((tensor, index) => {
      expect(difference(tensor, expected[index]), tensor.name).toBeLessThan(2e-5);
    });
  }
  await trainer.dispose();
});

const steppings = ['looped', 'single', 'gradients'] as const;

test.each(steppings)(
  'Trainer.trainEpoch(), %s, gives the same bytes however many steps a run has',
  async (stepping) => {
    const single = await train(smallPlan(), 0, 2, { maxStepsPerRun: 1, stepping });
    expect(await train(smallPlan(), 0, 2, { maxStepsPerRun: 3, stepping })).toEqual(single);
  },
);

test.each([0, 0.01])(
  'Trainer.trainEpoch() gives the same bytes in every stepping, weight decay %s',
  async (weightDecay) => {
    const looped = await train(smallPlan({ weightDecay }), 0, 2, { stepping: 'looped' });
    expect(await train(smallPlan({ weightDecay }), 0, 2, { stepping: 'single' })).toEqual(looped);
    expect(await train(smallPlan({ weightDecay }), 0, 2, { stepping: 'gradients' })).toEqual(looped);
  },
);

test('Trainer.trainEpoch() gives the same bytes for a seed and others for another seed', async () => {
  const first = await train(smallPlan(), 0, 2);
  expect(await train(smallPlan(), 0, 2)).toEqual(first);
  expect((await train(smallPlan({ seed: 8 }), 0, 2)).losses).not.toEqual(first.losses);
});

test.each(steppings)(
  'compileTrainer(), %s, from the tensors and slots of epoch 2 goes on to the bytes of five',
  async (stepping) => {
    const whole = await train(smallPlan(), 0, 5, { stepping });
    const { tensors, slots } = await train(smallPlan(), 0, 2, { stepping });
    const rest = await train(smallPlan({ tensors, slots }), 2, 5, { stepping });
    expect(rest.tensors).toEqual(whole.tensors);
    expect(rest.slots).toEqual(whole.slots);
    expect(rest.losses).toEqual(whole.losses.slice(2));
  },
);

test('Trainer.trainEpoch() leaves tensors that are not trainable as they were and has no slots for them', async () => {
  const initial = smallTensors(1);
  const { tensors, slots } = await train(
    smallPlan({ trainable: (name) => name.startsWith('head') || name === 'norm.weight' || name === 'norm.bias' }),
    0,
    2,
  );
  expect(slots.map(({ name }) => name)).toEqual(['norm.weight', 'norm.bias', 'head.weight', 'head.bias']);
  tensors.forEach((tensor, index) => {
    const frozen = /^(stem|branch|skip)/.test(tensor.name);
    if (frozen) expect(tensor, tensor.name).toEqual(initial[index]);
    else expect(tensor.data, tensor.name).not.toEqual(initial[index].data);
  });
});

test('Trainer.trainEpoch() learns: the loss falls and the accuracy rises', async () => {
  const trainer = await compileTrainer(smallPlan({ batchSize: 12 }));
  const results = [];
  for (let epoch = 0; epoch < 30; epoch++) {
    results.push(await trainer.trainEpoch(smallData(48), { epoch, learningRate: 0.02 }));
  }
  expect(results[29].loss).toBeLessThan(results[0].loss / 3);
  expect(results[29].accuracy).toBeGreaterThan(0.85);
  expect(results[29].steps).toBe(4);
  await trainer.dispose();
});

test('Trainer.trainEpoch() reports every step once', async () => {
  const trainer = await compileTrainer(smallPlan(), { maxStepsPerRun: 2 });
  const progress: number[][] = [];
  await trainer.trainEpoch(smallData(23), {
    epoch: 0,
    learningRate,
    onStep: (done, total) => progress.push([done, total]),
  });
  expect(progress).toEqual([
    [2, 5],
    [4, 5],
    [5, 5],
  ]);
  await trainer.dispose();
});

test('Trainer.trainEpoch() throws DivergedError at the first loss that is not finite', async () => {
  const trainer = await compileTrainer(smallPlan());
  const { inputs, labels } = smallData(12);
  const epoch = trainer.trainEpoch({ inputs, labels }, { epoch: 3, learningRate: 1e30 });
  await expect(epoch).rejects.toThrow(DivergedError);
  await expect(epoch).rejects.toMatchObject({ code: 'DIVERGED', epoch: 3, learningRate: 1e30 });
  await trainer.dispose();
});

test('Trainer.trainEpoch() refuses too few examples, wrong lengths and labels, and a disposed trainer', async () => {
  const trainer = await compileTrainer(smallPlan());
  const { inputs, labels } = smallData(8);
  const run = (data: TrainingData) => trainer.trainEpoch(data, { epoch: 0, learningRate });
  await expect(run(smallData(3))).rejects.toThrow('labels has 3 examples, must have at least the batch size 4');
  await expect(run({ inputs: inputs.subarray(1), labels })).rejects.toThrow('inputs has 1535 numbers');
  await expect(run({ inputs, labels: labels.map(() => 3) })).rejects.toThrow('labels has 3, must be in [0, 3)');
  await trainer.dispose();
  await expect(run({ inputs, labels })).rejects.toThrow('the trainer was disposed');
});

test('compileTrainer() leaves no tensor behind', async () => {
  const compiled = async () => (await compileTrainer(smallPlan())).dispose();
  await compiled();
  await tf.setBackend('cpu'); // the one of the trace does not count its memory
  const { numTensors, numDataBuffers } = tf.memory();
  await compiled();
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
});

test('compileTrainer() names the kernel and the layer that it cannot compile', async () => {
  const forward: TrainingPlan['forward'] = (x, context) => {
    const weight = context.tensor('stem.weight') as tf.Tensor4D;
    return tf.depthwiseConv2d(x as tf.Tensor4D, weight, 1, 'same');
  };
  const compiling = compileTrainer(smallPlan({ forward }));
  await expect(compiling).rejects.toThrow(UnsupportedKernelError);
  await expect(compiling).rejects.toMatchObject({ kernel: 'DepthwiseConv2dNative', scope: 'stem' });
});

test('compileTrainer() refuses a forward function that reads values, lacks tensors or gives other logits', async () => {
  const withForward = (forward: TrainingPlan['forward']) => compileTrainer(smallPlan({ forward }));
  await expect(withForward((x) => tf.scalar(x.dataSync()[0]))).rejects.toThrow('Cannot read a traced value [4,8,8,3]');
  await expect(withForward((_, c) => c.tensor('nothing'))).rejects.toThrow('reads tensor nothing, which was not given');
  await expect(withForward((x) => tf.concat([tf.mean(x, [1, 2]), tf.mean(x, [1, 2])], 1))).rejects.toThrow(
    'gives [4,6], must give logits [4,3]',
  );
  await expect(withForward((x) => tf.mean(x, [1, 2]))).rejects.toThrow(
    'stem.weight is trainable, but the loss does not depend on it',
  );
});

test('compileTrainer() refuses plans that contradict themselves', async () => {
  const [first, ...others] = smallTensors(1);
  const short = { ...first, data: first.data.subarray(1) };
  await expect(compileTrainer(smallPlan({ classes: 1 }))).rejects.toThrow('classes is 1, must be an integer >= 2');
  await expect(compileTrainer(smallPlan({ momentum: 1 }))).rejects.toThrow('momentum is 1, must be in [0, 1)');
  await expect(compileTrainer(smallPlan({ threads: 0 }))).rejects.toThrow('threads is 0, must be an integer >= 1');
  await expect(compileTrainer(smallPlan({ tensors: [short, ...others] }))).rejects.toThrow(
    'tensors has 215 numbers for stem.weight',
  );
  await expect(compileTrainer(smallPlan({ trainable: () => true }))).rejects.toThrow(
    'trainable is true for the running statistic',
  );
  await expect(compileTrainer(smallPlan({ slots: [{ ...first, name: 'other' }] }))).rejects.toThrow('slots has other');
});

/** The small network with a second head on the mean of the picture; what it reads is read by nothing else. */
function planWithAuxiliaryHead(lossWeight: number, changes: Partial<TrainingPlan> = {}): TrainingPlan {
  const forward: TrainingPlan['forward'] = (x, context) => {
    const weight = context.tensor('side.weight') as tf.Tensor2D;
    context.auxiliary(tf.matMul(tf.mean(x, [1, 2]) as tf.Tensor2D, weight), lossWeight);
    return smallForward(x, context);
  };
  const side = { name: 'side.weight', shape: [3, 3], data: Float32Array.of(1, 0, -1, 0, 0.5, 0, -1, 0, 1) };
  return smallPlan({ forward, tensors: [...smallTensors(1), side], ...changes });
}

test('auxiliary() adds its weighted cross-entropy to the loss and its gradients, as on tfjs cpu', async () => {
  const plan = planWithAuxiliaryHead(0.4);
  const data = smallData(12);
  const trainer = await compileTrainer(plan);
  const result = await trainer.trainEpoch(data, { epoch: 0, learningRate });
  const reference = await referenceSteps(plan, data, { epoch: 0, learningRate });
  const meanLoss = reference.losses.reduce((sum, loss) => sum + loss, 0) / 3;
  expect(Math.abs(result.loss - meanLoss)).toBeLessThan(2e-6);
  trainer.tensors().forEach((tensor, index) => {
    expect(difference(tensor, reference.tensors[index]), tensor.name).toBeLessThan(2e-5);
  });
  await trainer.dispose();
});

test('auxiliary() scales loss and gradient by its weight and leaves the rest of the network alone', async () => {
  const step = async (lossWeight: number) => {
    const plan = planWithAuxiliaryHead(lossWeight, { momentum: 0, weightDecay: 0 });
    const { losses, tensors } = await trainOnce(plan);
    const before = plan.tensors.find(({ name }) => name === 'side.weight')?.data as Float32Array;
    const after = tensors.find(({ name }) => name === 'side.weight')?.data as Float32Array;
    const rest = tensors.filter(({ name }) => name !== 'side.weight');
    return { loss: losses[0], update: after.map((value, index) => value - before[index]), rest };
  };
  const [none, half, full] = [
    await trainOnce(smallPlan({ momentum: 0, weightDecay: 0 })),
    await step(0.5),
    await step(1),
  ];
  expect(half.rest).toEqual(none.tensors);
  expect(full.loss - none.losses[0]).toBeCloseTo(2 * (half.loss - none.losses[0]), 5);
  expect(half.loss).toBeGreaterThan(none.losses[0] + 0.1);
  half.update.forEach((value, index) => {
    expect(value).toBeCloseTo(full.update[index] / 2, 6);
    expect(value).not.toBe(0);
  });
});

/** One step. */
async function trainOnce(plan: TrainingPlan) {
  const trainer = await compileTrainer(plan);
  const { loss } = await trainer.trainEpoch(smallData(4), { epoch: 0, learningRate });
  const result = { losses: [loss], tensors: trainer.tensors() };
  await trainer.dispose();
  return result;
}

test('auxiliary() refuses logits of another shape, a weight out of range, and to be called without training', async () => {
  const narrow: TrainingPlan['forward'] = (x, context) => {
    context.auxiliary(tf.slice(tf.mean(x, [1, 2]), [0, 0], [-1, 2]), 0.4);
    return smallForward(x, context);
  };
  await expect(compileTrainer(smallPlan({ forward: narrow }))).rejects.toThrow(
    'An auxiliary head gives [4,2], must give logits [4,3]',
  );
  for (const lossWeight of [0, -1, Number.NaN, Infinity]) {
    await expect(compileTrainer(planWithAuxiliaryHead(lossWeight))).rejects.toThrow(
      `lossWeight is ${lossWeight}, must be in (0, ∞)`,
    );
  }
  const { forward, tensors } = planWithAuxiliaryHead(1);
  const inference = compileInference({ forward, tensors, inputShape: [8, 8, 3], batchSize: 1 });
  await expect(inference).rejects.toThrow('auxiliary() was called without training');
});

test('compileTrainer() refuses the gradient of a padded average, which tfjs gets wrong', async () => {
  const forward: TrainingPlan['forward'] = (x, context) =>
    smallForward(tf.avgPool(tf.mul(x, context.tensor('gain')) as tf.Tensor4D, 3, 1, 1), context);
  const tensors = [...smallTensors(1), { name: 'gain', shape: [3], data: Float32Array.of(1, 1, 1) }];
  const compiling = compileTrainer(smallPlan({ forward, tensors }));
  await expect(compiling).rejects.toThrow('the gradient of average pooling needs pad 0; pad explicitly before pooling');
});

test('Trainer draws new dropout masks every step', async () => {
  const rng = new Rng(1);
  const seen = new Set<number>();
  const tensors = [{ name: 'w', shape: [3], data: Float32Array.of(0, 0, 0) }];
  const forward: TrainingPlan['forward'] = (x, context) =>
    tf.mul(context.dropout(x, 0.5), tf.add(context.tensor('w'), 1));
  const plan = smallPlan({ forward, tensors, trainable: () => true, inputShape: [3], momentum: 0, weightDecay: 0 });
  const trainer = await compileTrainer(plan, { maxStepsPerRun: 1 });
  const inputs = Float32Array.from({ length: 12 }, () => rng.normal());
  for (let epoch = 0; epoch < 5; epoch++) {
    const { loss } = await trainer.trainEpoch(
      { inputs, labels: Int32Array.of(0, 1, 2, 0) },
      { epoch, learningRate: 1e-30 },
    );
    seen.add(loss);
  }
  expect(seen.size).toBe(5);
  await trainer.dispose();
});
