import type { Graph } from '../ir/graph.js';
import type { CompiledStep } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import { runSteps } from './run-steps.js';
import type { StepResults, StepRunner, StepTask } from './step-runner.js';

/** A run of the session a step, which reads one set of the state's buffers and writes the other. */
export class SingleSteps implements StepRunner {
  constructor(private readonly task: StepTask) {}

  run(chunk: StepBatches, learningRate: number): Promise<StepResults> {
    return runSteps(this.task, chunk, learningRate);
  }

  restart(): void {} // every run reads the state

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
