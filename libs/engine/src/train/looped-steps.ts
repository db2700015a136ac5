import type { Graph } from '../ir/graph.js';
import { loopOverSteps } from '../ir/loop-over-steps.js';
import { verifyGraph } from '../ir/verify-graph.js';
import { type CompiledStep, scannedPorts, stepPorts } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import { dataFeeds } from './step-feeds.js';
import type { StepResults, StepRunner, StepTask } from './step-runner.js';

/** All steps of a chunk in one run of the session, by ONNX's Loop: for the steps of a head, which take no time. */
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

  restart(): void {} // every run reads the state

  async save(): Promise<void> {} // every run does

  release(): Promise<void> {
    return this.task.session.release();
  }
}

/** The step as a loop over `step_count` steps. */
export function loopedStep(compiled: CompiledStep): Graph {
  const { step, carried } = compiled;
  const collected = [stepPorts.loss, stepPorts.accuracy];
  return verifyGraph(loopOverSteps(step, { carried, scanned: scannedPorts(compiled), collected }));
}
