import { hashSeed, Rng, type Shape, sizeOf } from '#primitives';
import { readExample } from '../runtime/example-rows.js';
import type { TrainingData } from './training-plan.js';

/** A dropout layer of a step: what is drawn for it. */
export interface MaskSpec {
  readonly shape: Shape;
  /** Share of elements that are dropped, in (0, 1). */
  readonly rate: number;
}

/** What several steps read, one after the other. */
export interface StepBatches {
  readonly steps: number;
  /** [steps, batch, ...inputShape]. */
  readonly examples: Float32Array;
  /** [steps, batch]. */
  readonly labels: Int32Array;
  /** For each dropout [steps, ...shape], 1 = kept. */
  readonly masks: readonly Uint8Array[];
}

/**
 * The batches of one epoch, handed out in the order that (seed, epoch) decides. How many are asked for at a time
 * makes no difference to what is in them.
 */
export class EpochBatches {
  readonly steps: number;
  readonly #order: Int32Array;
  readonly #maskRng: Rng;
  #done = 0;

  /** @throws {RangeError} if there are fewer examples than `batchSize`, or a length or label is wrong. */
  constructor(
    private readonly data: TrainingData,
    private readonly plan: { inputShape: Shape; classes: number; batchSize: number; seed: number },
    private readonly maskSpecs: readonly MaskSpec[],
    epoch: number,
  ) {
    const count = data.labels.length;
    requireData(data, plan);
    this.steps = Math.floor(count / plan.batchSize);
    this.#order = new Rng(hashSeed(plan.seed, 'order', epoch)).permutation(count);
    this.#maskRng = new Rng(hashSeed(plan.seed, 'dropout', epoch));
  }

  /** Steps that were not handed out yet. */
  get remaining(): number {
    return this.steps - this.#done;
  }

  /**
   * Draws the next mask of the epoch: for who meets the dropouts one by one, in the order of the forward function, and
   * gave no `maskSpecs`. Call by call the masks are those that `take` gives who did.
   */
  drawMask({ shape, rate }: MaskSpec): Uint8Array {
    const mask = new Uint8Array(sizeOf(shape));
    drawMask(this.#maskRng, rate, mask);
    return mask;
  }

  /** The next `count` steps, or as many as are left. */
  take(count: number): StepBatches {
    const steps = Math.min(count, this.remaining);
    const { batchSize, inputShape } = this.plan;
    const size = sizeOf(inputShape);
    const examples = new Float32Array(steps * batchSize * size);
    const labels = new Int32Array(steps * batchSize);
    for (let row = 0; row < labels.length; row++) {
      const source = this.#order[this.#done * batchSize + row];
      readExample(this.data.inputs, source, examples.subarray(row * size, (row + 1) * size));
      labels[row] = this.data.labels[source];
    }
    const masks = this.maskSpecs.map(({ shape }) => new Uint8Array(steps * sizeOf(shape)));
    for (let step = 0; step < steps; step++) {
      this.maskSpecs.forEach(({ shape, rate }, index) => {
        const size = sizeOf(shape);
        drawMask(this.#maskRng, rate, masks[index].subarray(step * size, (step + 1) * size));
      });
    }
    this.#done += steps;
    return { steps, examples, labels, masks };
  }
}

/** One draw gives three elements of 16 random bits, so rates are exact to 1/65536; masks of millions are drawn a step. */
function drawMask(rng: Rng, rate: number, mask: Uint8Array): void {
  const threshold = Math.round(rate * 65536);
  for (let element = 0; element < mask.length; element += 3) {
    const bits = rng.float() * 65536;
    const rest = (bits - Math.floor(bits)) * 65536;
    mask[element] = Number(bits >= threshold);
    if (element + 1 < mask.length) mask[element + 1] = Number(rest >= threshold);
    if (element + 2 < mask.length) mask[element + 2] = Number((rest - Math.floor(rest)) * 65536 >= threshold);
  }
}

function requireData(
  { inputs, labels }: TrainingData,
  plan: { inputShape: Shape; classes: number; batchSize: number },
) {
  const count = labels.length;
  if (count < plan.batchSize) {
    throw new RangeError(`labels has ${count} examples, must have at least the batch size ${plan.batchSize}`);
  }
  const expected = count * sizeOf(plan.inputShape);
  if (inputs.length !== expected) {
    throw new RangeError(
      `inputs has ${inputs.length} numbers, must have ${expected} (${count} × [${plan.inputShape}])`,
    );
  }
  const wrong = labels.find((label) => label < 0 || label >= plan.classes);
  if (wrong !== undefined) throw new RangeError(`labels has ${wrong}, must be in [0, ${plan.classes})`);
}
