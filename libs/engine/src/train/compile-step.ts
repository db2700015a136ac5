import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { blockConvolutions } from '../ir/block-convolutions.js';
import { estimateMemory } from '../ir/estimate-memory.js';
import type { Graph } from '../ir/graph.js';
import { optimize } from '../ir/optimize.js';
import { verifyGraph } from '../ir/verify-graph.js';
import { lowerTrace } from '../lower/lower-trace.js';
import { executionDevice } from '../runtime/execution-device.js';
import { isRunningStatistic } from '../trace/create-forward-context.js';
import { type Tracer, trace } from '../trace/trace-backend.js';
import type { MaskSpec } from './epoch-batches.js';
import type { TrainingPlan } from './training-plan.js';
import { type GradientInputs, trainingGradients, trainingStep } from './training-step.js';

/** The graph of a training step and what must be fed to it. */
export interface CompiledStep {
  /** One step: state in, state, `loss` and `accuracy` out; or gradients in place of what they would update. */
  readonly step: Graph;
  /** Names of the state the step reads: tensors, then slots. What it gives of them has the same names. */
  readonly carried: readonly string[];
  readonly masks: readonly MaskSpec[];
  /** What a step takes, by an estimate: state before and after, activations, gradients. */
  readonly memoryBytes: number;
}

/** How a step is compiled. */
export interface CompileStepOptions {
  /** Channels of a block of the blocked convolutions, 0 for none; see `blockConvolutions`. @default {0} */
  readonly channelBlock?: number;
  /** Whether the step ends with the gradients, and somebody else updates. @default {false} */
  readonly endsWithGradients?: boolean;
}

/** Names of the ports. Tensors and slots have a prefix, so no plan's names can collide with these. */
export const stepPorts = {
  examples: 'examples',
  labels: 'labels',
  learningRate: 'learning_rate',
  loss: 'loss',
  accuracy: 'accuracy',
  mask: (index: number): string => `mask.${index}`,
  tensor: (name: string): string => `tensor/${name}`,
  slot: (name: string): string => `slot/${name}`,
  gradient: (name: string): string => `gradient/${name}`,
} as const;

/**
 * Traces, lowers and optimises one step of a plan.
 *
 * @throws {UnsupportedKernelError} if the forward function uses a kernel that cannot be compiled.
 */
export function compileStep(
  plan: TrainingPlan,
  { channelBlock = 0, endsWithGradients = false }: CompileStepOptions = {},
): CompiledStep {
  const masks: MaskSpec[] = [];
  let outputs: Record<string, Tensor> = {};
  const traced = trace((tracer) => {
    outputs = (endsWithGradients ? traceGradients : traceStep)(plan, tracer, masks);
    return outputs;
  });
  // The end of the trace spares tensors that are kept across the tape's scope (running statistics): with them the
  // backend would hold every trace for ever.
  tf.dispose(outputs);
  const isState = (name: string): boolean =>
    name.startsWith(stepPorts.tensor('')) || name.startsWith(stepPorts.slot(''));
  const lowered = lowerTrace(traced, 'training_step', { target: executionDevice(plan.device).provider });
  const plain = optimize(lowered);
  const step = verifyGraph(blockConvolutions(plain, channelBlock));
  const carried = step.inputs.map(({ name }) => name).filter(isState);
  return { step, carried, masks, memoryBytes: estimateMemory(plain).peakBytes };
}

/** Names of what a loop over the step takes a slice of in every round. */
export function scannedPorts({ masks }: CompiledStep): string[] {
  return [stepPorts.examples, stepPorts.labels, ...masks.map((_, index) => stepPorts.mask(index))];
}

function traceStep(plan: TrainingPlan, tracer: Tracer, masks: MaskSpec[]): Record<string, Tensor> {
  const inputs = traceInputs(plan, tracer, masks);
  const slots = new Map<string, Tensor>();
  for (const { name, shape } of plan.tensors) {
    if (plan.trainable(name)) slots.set(name, tracer.input(stepPorts.slot(name), shape, 'float32'));
  }
  const learningRate = tracer.input(stepPorts.learningRate, [], 'float32');
  const outputs = trainingStep(plan, { ...inputs, slots, learningRate });
  const carried = plan.tensors.filter(({ name }) => plan.trainable(name) || isRunningStatistic(name));
  return Object.fromEntries<Tensor>([
    ...carried.map(({ name }): [string, Tensor] => [
      stepPorts.tensor(name),
      outputs.tensors.get(name) ?? (inputs.tensors.get(name) as Tensor), // a statistic that the forward function never reads
    ]),
    ...[...outputs.slots].map(([name, slot]): [string, Tensor] => [stepPorts.slot(name), slot]),
    [stepPorts.loss, outputs.loss],
    [stepPorts.accuracy, outputs.accuracy],
  ]);
}

function traceGradients(plan: TrainingPlan, tracer: Tracer, masks: MaskSpec[]): Record<string, Tensor> {
  const { gradients, statistics, loss, accuracy } = trainingGradients(plan, traceInputs(plan, tracer, masks));
  return Object.fromEntries<Tensor>([
    ...[...statistics].map(([name, statistic]): [string, Tensor] => [stepPorts.tensor(name), statistic]),
    ...[...gradients].map(([name, gradient]): [string, Tensor] => [stepPorts.gradient(name), gradient]),
    [stepPorts.loss, loss],
    [stepPorts.accuracy, accuracy],
  ]);
}

function traceInputs(plan: TrainingPlan, tracer: Tracer, masks: MaskSpec[]): GradientInputs {
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, data } of plan.tensors) {
    const isInput = plan.trainable(name) || isRunningStatistic(name);
    // What nobody updates is a constant of the graph: onnxruntime then folds and packs it.
    const constant = (): Tensor => tf.tensor(data, [...shape], 'float32');
    tensors.set(name, isInput ? tracer.input(stepPorts.tensor(name), shape, 'float32') : constant());
  }
  return {
    tensors,
    examples: tracer.input(stepPorts.examples, [plan.batchSize, ...plan.inputShape], 'float32'),
    labels: tracer.input(stepPorts.labels, [plan.batchSize], 'int32'),
    mask: (shape, rate) => tracer.input(stepPorts.mask(masks.push({ shape, rate }) - 1), shape, 'bool'),
    onScope: tracer.setScope,
  };
}
