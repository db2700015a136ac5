import { Tensor } from 'onnxruntime-node';
import { stepPorts } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import { MomentumUpdate } from './momentum-update.js';
import { runSteps } from './run-steps.js';
import type { StepResults, StepRunner, StepTask } from './step-runner.js';

/**
 * Steps whose session gives the gradients, and that update parameters and slots where they are: for the largest states.
 * A graph can write to no input, so there a step needs each of them twice, and each operator of the update its result.
 */
export class GradientSteps implements StepRunner {
  readonly #gradients: ReadonlyMap<string, Tensor>;

  private constructor(
    private readonly task: StepTask,
    private readonly update: MomentumUpdate,
  ) {
    const trainable = task.plan.tensors.filter(({ name }) => task.plan.trainable(name));
    this.#gradients = new Map(
      trainable.map(({ name, shape, data }) => [
        name,
        new Tensor('float32', new Float32Array(data.length), [...shape]),
      ]),
    );
  }

  static async open(task: StepTask): Promise<GradientSteps> {
    return new GradientSteps(task, await MomentumUpdate.open(task.plan));
  }

  run(chunk: StepBatches, learningRate: number): Promise<StepResults> {
    const { state } = this.task;
    const gradients = [...this.#gradients].map(([name, tensor]) => [stepPorts.gradient(name), tensor]);
    return runSteps(this.task, chunk, learningRate, Object.fromEntries(gradients), async () => {
      for (const [name, { data }] of this.#gradients) {
        const [parameter, slot] = [stepPorts.tensor(name), stepPorts.slot(name)].map((port) => state.values(port));
        await this.update.run(parameter, slot, data as Float32Array, learningRate);
      }
    });
  }

  restart(): void {} // every run reads the state

  async save(): Promise<void> {} // every step does

  async release(): Promise<void> {
    await this.update.release();
    await this.task.session.release();
  }
}
