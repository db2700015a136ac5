import { Tensor } from 'onnxruntime-node';
import { stepPorts } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import { dataFeeds } from './step-feeds.js';
import type { StepResults, StepRunner, StepTask } from './step-runner.js';

/** All steps of a chunk in one run of the session, by ONNX's Loop: for states of some megabytes. */
export class LoopedSteps implements StepRunner {
  constructor(private readonly task: StepTask) {}

  async run(chunk: StepBatches, learningRate: number): Promise<StepResults> {
    const { plan, compiled, session, state } = this.task;
    const feeds = dataFeeds(plan, compiled, chunk, learningRate);
    const fetches: Record<string, Tensor | null> = { [stepPorts.loss]: null, [stepPorts.accuracy]: null };
    for (const { name, shape, read, write } of state.buffers()) {
      feeds[name] = new Tensor('float32', read, [...shape]);
      fetches[`next.${name}`] = new Tensor('float32', write, [...shape]);
    }
    const results = await session.run(feeds, fetches);
    state.swap();
    return {
      losses: results[stepPorts.loss].data as Float32Array,
      accuracies: results[stepPorts.accuracy].data as Float32Array,
    };
  }

  async save(): Promise<void> {} // every run does

  release(): Promise<void> {
    return this.task.session.release();
  }
}
