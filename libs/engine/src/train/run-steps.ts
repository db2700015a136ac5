import { Tensor } from 'onnxruntime-node';
import { runIntoBuffers } from '../runtime/run-into-buffers.js';
import { stepPorts } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import { singleStepFeeds } from './step-feeds.js';
import type { StepResults, StepTask } from './step-runner.js';

/**
 * The steps of a chunk, a run of the session each, which leaves all it gives in buffers.
 *
 * @param others Buffers of outputs besides those of the state. @param afterEach Awaited between two steps.
 */
export async function runSteps(
  { plan, compiled, session, state }: StepTask,
  chunk: StepBatches,
  learningRate: number,
  others: Readonly<Record<string, Tensor>> = {},
  afterEach?: () => Promise<void>,
): Promise<StepResults> {
  const losses = new Float32Array(chunk.steps);
  const accuracies = new Float32Array(chunk.steps);
  for (let step = 0; step < chunk.steps; step++) {
    const feeds = { ...singleStepFeeds(plan, compiled, chunk, step, learningRate), ...state.feeds() };
    await runIntoBuffers(session, feeds, {
      [stepPorts.loss]: new Tensor('float32', losses.subarray(step, step + 1), []),
      [stepPorts.accuracy]: new Tensor('float32', accuracies.subarray(step, step + 1), []),
      ...state.fetches(),
      ...others,
    });
    state.swap();
    await afterEach?.();
  }
  return { losses, accuracies };
}
