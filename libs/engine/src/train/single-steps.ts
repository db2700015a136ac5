import { Tensor } from 'onnxruntime-node';
import type { Graph } from '../ir/graph.js';
import { runIntoBuffers } from '../runtime/run-into-buffers.js';
import { type CompiledStep, stepPorts } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import { singleStepFeeds } from './step-feeds.js';
import type { StepResults, StepRunner, StepTask } from './step-runner.js';

/** A run of the session a step, which reads one set of the state's buffers and writes the other. */
export class SingleSteps implements StepRunner {
  constructor(private readonly task: StepTask) {}

  async run(chunk: StepBatches, learningRate: number): Promise<StepResults> {
    const { plan, compiled, session, state } = this.task;
    const losses = new Float32Array(chunk.steps);
    const accuracies = new Float32Array(chunk.steps);
    for (let step = 0; step < chunk.steps; step++) {
      const feeds = { ...singleStepFeeds(plan, compiled, chunk, step, learningRate), ...state.feeds() };
      const fetches = {
        [stepPorts.loss]: new Tensor('float32', losses.subarray(step, step + 1), []),
        [stepPorts.accuracy]: new Tensor('float32', accuracies.subarray(step, step + 1), []),
        ...state.fetches(),
      };
      await runIntoBuffers(session, feeds, fetches);
      state.swap();
    }
    return { losses, accuracies };
  }

  async save(): Promise<void> {} // every run does

  release(): Promise<void> {
    return this.task.session.release();
  }
}

/** The step with its state's outputs under names of their own: inputs and outputs of a model share one name space. */
export function singleStep({ step, carried }: CompiledStep): Graph {
  const outputs = step.outputs.map(({ name, value }) => ({
    name: carried.includes(name) ? `next.${name}` : name,
    value,
  }));
  return { ...step, outputs };
}
