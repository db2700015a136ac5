import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type NamedTensor, type Shape, sizeOf, systemClock } from '#primitives';
import type { Examples } from '../runtime/example-rows.js';
import type { EagerDevice } from '../runtime/execution-device.js';
import type { Inference, InferencePlan } from '../runtime/inference.js';
import { requireBatchSize, runInBatches } from '../runtime/run-in-batches.js';
import { createForwardContext } from '../trace/create-forward-context.js';
import { type EagerBackend, loadEagerBackend } from './load-eager-backend.js';
import { onBackend } from './on-backend.js';

/**
 * Runs a forward function op by op in eval mode: dropout off, batch norm on running statistics.
 *
 * @throws {RangeError} if `batchSize` is no integer >= 1.
 * @throws {EagerBackendError} if the backend is not at hand.
 */
export async function eagerInference(plan: InferencePlan, device: EagerDevice): Promise<Inference> {
  requireBatchSize(plan);
  const startMs = systemClock.monotonicMs();
  return new EagerInference(plan, await loadEagerBackend(device), startMs);
}

class EagerInference implements Inference {
  /** There is no graph whose nodes could be placed. */
  readonly nodesOnCpu = [];
  readonly memoryBytes = 0;
  readonly batchSize: number;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly compileMs: number;
  #tensors: ReadonlyMap<string, Tensor> | undefined;

  constructor(
    private readonly plan: InferencePlan,
    private readonly backend: EagerBackend,
    startMs: number,
  ) {
    this.batchSize = plan.batchSize;
    this.inputShape = plan.inputShape;
    this.#tensors = this.#upload(plan.tensors);
    try {
      [, ...this.outputShape] = this.#forward(new Float32Array(plan.batchSize * sizeOf(plan.inputShape))).shape;
    } catch (error) {
      tf.dispose([...this.#tensors.values()]);
      throw error;
    }
    this.compileMs = systemClock.monotonicMs() - startMs;
  }

  async run(inputs: Examples, count: number): Promise<Float32Array> {
    if (this.#tensors === undefined) throw new TypeError('Cannot run: the inference was disposed');
    return runInBatches(this, inputs, count, async (batch) => this.#forward(batch).data);
  }

  replace(tensors: readonly NamedTensor[]): void {
    if (!this.plan.replaceable) throw new TypeError('Cannot replace tensors: the plan did not say that they are');
    const given = new Map(tensors.map(({ name, shape }) => [name, String(shape)]));
    for (const { name, shape } of this.plan.tensors) {
      if (given.get(name) === String(shape)) continue;
      throw new RangeError(`tensors has ${name} [${given.get(name)}], must have it with shape [${shape}]`);
    }
    tf.dispose([...(this.#tensors?.values() ?? [])]);
    this.#tensors = this.#upload(tensors);
  }

  #upload(tensors: readonly NamedTensor[]): ReadonlyMap<string, Tensor> {
    return onBackend(
      this.backend,
      () =>
        new Map(
          // A copy: tfjs `cpu` would go on to use the numbers it is given.
          tensors.map(({ name, shape, data }) => [name, tf.keep(tf.tensor(data.slice(), [...shape], 'float32'))]),
        ),
    );
  }

  async dispose(): Promise<void> {
    tf.dispose([...(this.#tensors?.values() ?? [])]);
    this.#tensors = undefined;
  }

  #forward(batch: Float32Array): { shape: Shape; data: Float32Array } {
    const context = createForwardContext({ tensors: this.#tensors ?? new Map() });
    return onBackend(this.backend, () => {
      const output = this.plan.forward(tf.tensor(batch, [this.batchSize, ...this.inputShape], 'float32'), context);
      return { shape: output.shape, data: output.dataSync<'float32'>() };
    });
  }
}
