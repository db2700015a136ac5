import { afterAll, expect, test } from 'vitest';
import type { StepCase } from '../support/step-case.js';
import { WebgpuProcess } from '../support/webgpu-process.js';

/**
 * WebGPU on SwiftShader, which computes some 0.05 GFLOP/s and takes a tenth of a second for every shader it meets first:
 * a whole family takes it one to several minutes (most of all AlexNet's and VGG's dense layers, where two examples are
 * computed as if they were 64, and DenseNet's 121 norms). So of every family but SqueezeNet a stretch is trained by
 * default that holds each kind of its layers; `RETUNE_WEBGPU_WHOLE=1` trains all of them whole.
 */
const stretches: readonly StepCase[] = [
  { architecture: 'squeezenet1_1', imageSize: 21, batchSize: 2 },
  {
    architecture: 'alexnet',
    imageSize: 63,
    batchSize: 2,
    stretch: { first: 'features.0', last: 'features.3', input: [63, 63, 3], channels: 192 },
  },
  {
    architecture: 'vgg11',
    imageSize: 32,
    batchSize: 2,
    stretch: { first: 'features.0', last: 'features.3', input: [32, 32, 3], channels: 128 },
  },
  {
    architecture: 'resnet18',
    imageSize: 32,
    batchSize: 2,
    stretch: { first: 'conv1', last: 'layer2', input: [32, 32, 3], channels: 128 },
  },
  {
    architecture: 'densenet121',
    imageSize: 32,
    batchSize: 2,
    stretch: { first: 'features.conv0', last: 'features.transition1', input: [32, 32, 3], channels: 128 },
  },
  {
    architecture: 'inception_v3',
    imageSize: 75,
    batchSize: 2,
    stretch: { first: 'Mixed_5b', last: 'Mixed_5b', input: [7, 7, 192], channels: 256 },
  },
  {
    architecture: 'inception_v3',
    imageSize: 75,
    batchSize: 2,
    stretch: { first: 'Mixed_6a', last: 'Mixed_6b', input: [7, 7, 288], channels: 768 },
  },
];

/** At sizes whose last maps have four pixels: batch norm over two numbers gives nothing but their order. */
const whole: readonly StepCase[] = [
  { architecture: 'resnet18', imageSize: 33, batchSize: 2 },
  { architecture: 'densenet121', imageSize: 64, batchSize: 2 },
  { architecture: 'inception_v3', imageSize: 107, batchSize: 2 },
  { architecture: 'alexnet', imageSize: 63, batchSize: 2 },
  { architecture: 'vgg11', imageSize: 32, batchSize: 2 },
];

const webgpu = await WebgpuProcess.start();
const onWebgpu = test.skipIf(webgpu === undefined);
const wholeFamilies = process.env.RETUNE_WEBGPU_WHOLE === '1';
afterAll(() => webgpu?.stop());

onWebgpu('every kernel on WebGPU equals tfjs cpu', async () => {
  const kernels = await (webgpu as WebgpuProcess).ask({ kind: 'kernels' });
  const wrong = kernels.filter(({ difference, tolerance, problem }) => problem !== null || !(difference <= tolerance));
  expect(wrong).toEqual([]);
  expect(kernels.length).toBeGreaterThan(100);
});

onWebgpu.each([...stretches, ...(wholeFamilies ? whole : [])])(
  'compileTrainer() on WebGPU equals the processor after a step of $architecture',
  async (item) => {
    const { losses, accuracies, tensors, slots, logits, ...nodes } = await (webgpu as WebgpuProcess).ask({
      kind: 'step',
      item,
    });
    expect(Math.abs(losses[0] - losses[1])).toBeLessThan(1e-5);
    expect(accuracies[1]).toBe(accuracies[0]);
    expect(tensors.length).toBeGreaterThan(3);
    expect(tensors.filter(({ difference }) => !(difference < 1e-3))).toEqual([]);
    expect(slots.filter(({ difference }) => !(difference < 1e-3))).toEqual([]);
    expect(logits).toBeLessThan(1e-4);
    // The loop, and the flag that it goes on.
    expect(nodes.nodesOnCpu.map(({ operator, nodes }) => [operator, nodes])).toEqual([
      ['Identity', 1],
      ['Loop', 1],
    ]);
    expect(nodes.inferenceNodesOnCpu).toEqual([]);
  },
  20 * 60_000,
);
