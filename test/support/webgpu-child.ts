/** @file The other side of `WebgpuProcess`: a line of JSON is asked, a line is answered. */
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import { compileInference, compileTrainer, type DeviceProbe, type NodePlacement, probeDevice } from '#engine';
import { compareKernel, type KernelCase, kernelCases } from '#engine/testing';
import type { NamedTensor } from '#primitives';
import { planOf, type StepCase } from './step-case.js';

/** What can be asked. */
export type WebgpuRequest =
  | { readonly kind: 'probe' }
  | { readonly kind: 'kernels' }
  | { readonly kind: 'step'; readonly item: StepCase };

/** What is answered. */
export interface WebgpuAnswer {
  readonly probe: DeviceProbe;
  readonly kernels: readonly KernelDifference[];
  readonly step: StepDifference;
}

/** A kernel on WebGPU beside tfjs `cpu`. */
export interface KernelDifference extends KernelCase {
  readonly difference: number;
  readonly problem: string | null;
}

/** A training step on WebGPU beside the same on the processor. */
export interface StepDifference {
  readonly losses: readonly [processor: number, webgpu: number];
  readonly accuracies: readonly [processor: number, webgpu: number];
  /** Largest difference of a tensor over its largest value; the worst first. */
  readonly tensors: readonly TensorDifference[];
  readonly slots: readonly TensorDifference[];
  /** The same of what an inference gives for the batch. */
  readonly logits: number;
  readonly nodesOnCpu: readonly NodePlacement[];
  readonly inferenceNodesOnCpu: readonly NodePlacement[];
  readonly seconds: number;
}

interface TensorDifference {
  readonly name: string;
  readonly difference: number;
}

const webgpu = { provider: 'webgpu', index: 0 } as const;

async function compareKernels(): Promise<KernelDifference[]> {
  const results: KernelDifference[] = [];
  for (const item of kernelCases) {
    try {
      const outputs = await compareKernel(item.kernel, item.index, { target: 'webgpu', device: webgpu });
      const difference = Math.max(...outputs.map((output) => output.difference));
      const shape = outputs.find((output) => String(output.shape) !== String(output.expectedShape));
      results.push({ ...item, difference, problem: shape ? `[${shape.shape}] for [${shape.expectedShape}]` : null });
    } catch (error) {
      results.push({ ...item, difference: Number.POSITIVE_INFINITY, problem: String(error) });
    }
  }
  return results;
}

async function compareStep(item: StepCase): Promise<StepDifference> {
  const start = process.hrtime.bigint();
  const { plan, data } = planOf(item);
  const run = async (device: typeof plan.device) => {
    const trainer = await compileTrainer({ ...plan, device });
    const { nodesOnCpu } = trainer;
    const result = await trainer.trainEpoch(data, { epoch: 0, learningRate: 0.01 });
    const state = { ...result, tensors: trainer.tensors(), slots: trainer.slots(), nodesOnCpu };
    await trainer.dispose();
    return state;
  };
  const infer = async (device: typeof plan.device) => {
    const inference = await compileInference({ ...plan, device });
    const logits = await inference.run(data.inputs, plan.batchSize);
    await inference.dispose();
    return { tensor: { name: 'logits', shape: [logits.length], data: logits }, nodesOnCpu: inference.nodesOnCpu };
  };
  const expected = await run(undefined);
  const actual = await run(webgpu);
  const [expectedLogits, actualLogits] = [await infer(undefined), await infer(webgpu)];
  return {
    losses: [expected.loss, actual.loss],
    accuracies: [expected.accuracy, actual.accuracy],
    tensors: differences(expected.tensors, actual.tensors),
    slots: differences(expected.slots, actual.slots),
    logits: differences([expectedLogits.tensor], [actualLogits.tensor])[0].difference,
    nodesOnCpu: actual.nodesOnCpu,
    inferenceNodesOnCpu: actualLogits.nodesOnCpu,
    seconds: Number(process.hrtime.bigint() - start) / 1e9,
  };
}

function differences(expected: readonly NamedTensor[], actual: readonly NamedTensor[]): TensorDifference[] {
  return expected
    .map(({ name, data }, index) => {
      let [largest, difference] = [1e-12, 0];
      data.forEach((value, place) => {
        largest = Math.max(largest, Math.abs(value));
        difference = Math.max(difference, Math.abs(value - actual[index].data[place]));
      });
      return { name, difference: difference / largest };
    })
    .sort((a, b) => b.difference - a.difference);
}

/** Keeps the adapter, and with it every shader that was compiled, from one session to the next. */
async function keepAdapter(): Promise<void> {
  await compileInference({ forward: (x) => tf.relu(x), tensors: [], inputShape: [1], batchSize: 1, device: webgpu });
}

async function answer(request: WebgpuRequest): Promise<WebgpuAnswer[keyof WebgpuAnswer]> {
  if (request.kind === 'kernels') return compareKernels();
  if (request.kind === 'step') return compareStep(request.item);
  const probe = await probeDevice(webgpu);
  if (probe.works) await keepAdapter();
  return probe;
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line) as WebgpuRequest).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
