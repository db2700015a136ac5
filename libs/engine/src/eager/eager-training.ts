import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor } from '#primitives';
import type { EpochBatches } from '../train/epoch-batches.js';
import type { TrainingPlan } from '../train/training-plan.js';
import { type StepOutputs, trainingStep } from '../train/training-step.js';
import type { EagerBackend } from './load-eager-backend.js';
import { onBackend } from './on-backend.js';

/** The state of a plan as tensors of a tfjs backend, and its steps run op by op. */
export class EagerTraining {
  #tensors: ReadonlyMap<string, Tensor>;
  #slots: ReadonlyMap<string, Tensor>;

  constructor(
    private readonly plan: TrainingPlan,
    private readonly backend: EagerBackend,
  ) {
    const given = new Map(plan.slots?.map(({ name, data }) => [name, data]));
    const trainable = plan.tensors.filter(({ name }) => plan.trainable(name));
    [this.#tensors, this.#slots] = onBackend(backend, () => [
      new Map(plan.tensors.map(({ name, shape, data }) => [name, upload(data, shape)])),
      new Map(
        trainable.map(({ name, shape }) => {
          const slot = given.get(name);
          return [name, slot === undefined ? tf.keep(tf.zeros([...shape])) : upload(slot, shape)];
        }),
      ),
    ]);
  }

  /** Runs the next step of an epoch: `batches` without mask specs. */
  step(batches: EpochBatches, learningRate: number): { loss: number; accuracy: number } {
    return onBackend(this.backend, () => {
      const outputs = this.#run(batches, learningRate);
      const [loss, accuracy] = [outputs.loss.dataSync()[0], outputs.accuracy.dataSync()[0]];
      this.#replace(outputs);
      return { loss, accuracy };
    });
  }

  /** Copies, in the plan's order. */
  tensors(): NamedTensor[] {
    return this.#read(this.#tensors);
  }

  /** Copies, under the names of the trainable tensors. */
  slots(): NamedTensor[] {
    return this.#read(this.#slots);
  }

  dispose(): void {
    tf.dispose([...this.#tensors.values(), ...this.#slots.values()]);
  }

  /** What a step gave outlives its scope; what it replaces goes. */
  #replace({ tensors, slots }: StepOutputs): void {
    for (const tensor of [...tensors.values(), ...slots.values()]) tf.keep(tensor);
    for (const name of tensors.keys()) this.#tensors.get(name)?.dispose();
    tf.dispose([...this.#slots.values()]);
    this.#tensors = new Map([...this.#tensors, ...tensors]);
    this.#slots = new Map(slots);
  }

  #read(tensors: ReadonlyMap<string, Tensor>): NamedTensor[] {
    return [...tensors].map(([name, tensor]) => ({
      name,
      shape: tensor.shape,
      data: tensor.dataSync<'float32'>().slice(),
    }));
  }

  #run(batches: EpochBatches, learningRate: number): StepOutputs {
    const { examples, labels } = batches.take(1);
    const { batchSize, inputShape } = this.plan;
    return trainingStep(this.plan, {
      tensors: this.#tensors,
      slots: this.#slots,
      examples: tf.tensor(examples, [batchSize, ...inputShape], 'float32'),
      labels: tf.tensor1d(labels, 'int32'),
      learningRate: tf.scalar(learningRate),
      mask: (shape, rate) => tf.tensor(batches.drawMask({ shape, rate }), [...shape], 'bool'),
    });
  }
}

/** A copy: tfjs `cpu` would go on to use the numbers it is given. */
function upload(data: Float32Array, shape: readonly number[]): Tensor {
  return tf.keep(tf.tensor(data.slice(), [...shape], 'float32'));
}
