import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { blockConvolutions } from '../ir/block-convolutions.js';
import type { Graph } from '../ir/graph.js';
import { loopOverSteps } from '../ir/loop-over-steps.js';
import { optimize } from '../ir/optimize.js';
import { verifyGraph } from '../ir/verify-graph.js';
import { lowerTrace } from '../lower/lower-trace.js';
import { executionDevice } from '../runtime/execution-device.js';
import { isRunningStatistic } from '../trace/create-forward-context.js';
import { type Tracer, trace } from '../trace/trace-backend.js';
import type { MaskSpec } from './epoch-batches.js';
import type { TrainingPlan } from './training-plan.js';
import { trainingStep } from './training-step.js';

/** The graph of a training step and what must be fed to it. */
export interface CompiledStep {
  /** One step: state in, state, `loss` and `accuracy` out. */
  readonly step: Graph;
  /** The same as a loop over `step_count` steps. */
  readonly loop: Graph;
  /** Names of the state, each an input `name` and an output `next.name`: tensors, then slots. */
  readonly carried: readonly string[];
  readonly masks: readonly MaskSpec[];
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
} as const;

/**
 * Traces, lowers and optimises one step of a plan.
 *
 * @param channelBlock Channels of a block of the blocked convolutions, 0 for none; see `blockConvolutions`.
 * @throws {UnsupportedKernelError} if the forward function uses a kernel that cannot be compiled.
 */
export function compileStep(plan: TrainingPlan, channelBlock = 0): CompiledStep {
  const masks: MaskSpec[] = [];
  let outputs: Record<string, Tensor> = {};
  const traced = trace((tracer) => {
    outputs = traceStep(plan, tracer, masks);
    return outputs;
  });
  // The end of the trace spares tensors that are kept across the tape's scope (running statistics): with them the
  // backend would hold every trace for ever.
  tf.dispose(outputs);
  const isState = (name: string): boolean =>
    name.startsWith(stepPorts.tensor('')) || name.startsWith(stepPorts.slot(''));
  const lowered = lowerTrace(traced, 'training_step', { target: executionDevice(plan.device).provider });
  const step = verifyGraph(blockConvolutions(optimize(lowered), channelBlock));
  const carried = step.inputs.map(({ name }) => name).filter(isState);
  const scanned = [stepPorts.examples, stepPorts.labels, ...masks.map((_, index) => stepPorts.mask(index))];
  const loop = loopOverSteps(step, { carried, scanned, collected: [stepPorts.loss, stepPorts.accuracy] });
  return { step, loop: verifyGraph(loop), carried, masks };
}

function traceStep(plan: TrainingPlan, tracer: Tracer, masks: MaskSpec[]): Record<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  const slots = new Map<string, Tensor>();
  for (const { name, shape, data } of plan.tensors) {
    const isInput = plan.trainable(name) || isRunningStatistic(name);
    // What nobody updates is a constant of the graph: onnxruntime then folds and packs it.
    const constant = (): Tensor => tf.tensor(data, [...shape], 'float32');
    tensors.set(name, isInput ? tracer.input(stepPorts.tensor(name), shape, 'float32') : constant());
    if (plan.trainable(name)) slots.set(name, tracer.input(stepPorts.slot(name), shape, 'float32'));
  }
  const outputs = trainingStep(plan, {
    tensors,
    slots,
    examples: tracer.input(stepPorts.examples, [plan.batchSize, ...plan.inputShape], 'float32'),
    labels: tracer.input(stepPorts.labels, [plan.batchSize], 'int32'),
    learningRate: tracer.input(stepPorts.learningRate, [], 'float32'),
    mask: (shape, rate) => tracer.input(stepPorts.mask(masks.push({ shape, rate }) - 1), shape, 'bool'),
    onScope: tracer.setScope,
  });
  const carried = plan.tensors.filter(({ name }) => plan.trainable(name) || isRunningStatistic(name));
  return Object.fromEntries<Tensor>([
    ...carried.map(({ name }): [string, Tensor] => [
      stepPorts.tensor(name),
      outputs.tensors.get(name) ?? (tensors.get(name) as Tensor), // a statistic that the forward function never reads
    ]),
    ...[...outputs.slots].map(([name, slot]): [string, Tensor] => [stepPorts.slot(name), slot]),
    [stepPorts.loss, outputs.loss],
    [stepPorts.accuracy, outputs.accuracy],
  ]);
}
