import { stepPorts } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import { dataFeeds } from './step-feeds.js';
import type { StepResults, StepRunner, StepTask } from './step-runner.js';

/** All steps of a chunk in one run of the session, by ONNX's Loop: for states of some megabytes. */
export class LoopedSteps implements StepRunner {
  constructor(private readonly task: StepTask) {}

  async run(chunk: StepBatches, learningRate: number): Promise<StepResults> {
    const { plan, compiled, session, state } = this.task;
    const feeds = { ...dataFeeds(plan, compiled, chunk, learningRate), ...state.feeds() };
    const fetches = { [stepPorts.loss]: null, [stepPorts.accuracy]: null, ...state.fetches() };
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
