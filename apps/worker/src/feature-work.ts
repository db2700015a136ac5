import { join } from 'node:path';
import { type Shape, sizeOf } from '#primitives';
import { FeatureStore } from './feature-store.js';
import type { FrozenFeatures, FrozenTask, FrozenTools } from './frozen-work.js';
import { runBlocks } from './run-blocks.js';
import { defaultFeatureBytes } from './shrink-folder.js';

/** Features of one split while they come together. */
class Rows {
  shape: Shape | undefined;
  values = new Float32Array(0);
  /** What they took, whether now or earlier. */
  seconds = 0;
  readonly #missing: Set<number>;

  constructor(readonly images: readonly string[]) {
    this.#missing = new Set(images.keys());
  }

  get missing(): number[] {
    return [...this.#missing];
  }

  take(index: number, row: Float32Array, shape: Shape, seconds: number): void {
    if (this.shape === undefined) {
      this.shape = shape;
      this.values = new Float32Array(this.images.length * row.length);
    }
    this.values.set(row, index * row.length);
    this.seconds += seconds;
    this.#missing.delete(index);
  }
}

/** What is to be done for the features of a trial's pictures at one cut. */
export class FeatureWork {
  readonly #train: Rows;
  readonly #validation: Rows;

  /** @param cut First block that is not frozen, >= 1. */
  constructor(
    private readonly task: FrozenTask,
    private readonly cut: number,
    private readonly tools: FrozenTools,
  ) {
    const { images } = task.pictures.manifest;
    const rowsOf = (split: string) => new Rows(images.filter((one) => one.split === split).map(({ sha256 }) => sha256));
    this.#train = rowsOf('train');
    this.#validation = rowsOf('validation');
  }

  /** Computes all of them. */
  async all(): Promise<FrozenFeatures> {
    await this.#compute();
    return this.#finish(0, 0);
  }

  /** Reads those that are on disk under a key, computes the others and keeps them. */
  async missingOnly(key: string): Promise<FrozenFeatures> {
    const { cacheFolder, clock, featureBytes = defaultFeatureBytes } = this.tools;
    const store = new FeatureStore(join(cacheFolder, 'features'), featureBytes, clock);
    for (const rows of this.#sets) {
      await store.read(key, rows.images, (index, row, shape, seconds) => rows.take(index, row, shape, seconds));
    }
    const onDisk = this.#sets.reduce((sum, { images, missing }) => sum + images.length - missing.length, 0);
    const savedSeconds = this.#seconds;
    for (const computed of await this.#compute()) await store.write(key, computed);
    return this.#finish(onDisk, savedSeconds);
  }

  get #seconds(): number {
    return this.#train.seconds + this.#validation.seconds;
  }

  get #sets(): readonly Rows[] {
    return [this.#train, this.#validation];
  }

  /** Computes what is missing. The same pictures give the same bits whichever others are computed with them. */
  async #compute() {
    const { started, pictures } = this.task;
    const { network, tensors } = started;
    const { clock, threads, device } = this.tools;
    const missing = this.#sets.map((rows) => rows.missing);
    if (missing.every(({ length }) => length === 0)) return [];
    const inputShape = [network.imageSize, network.imageSize, 3];
    const inputs = [pictures.train.inputs, pictures.validation.inputs].map((all, index) =>
      gathered(all, missing[index], sizeOf(inputShape)),
    );
    const { value, compileSeconds, secondsBySet } = await runBlocks(
      { network, tensors, from: 0, to: this.cut, inputShape, threads, device, isBatchFixed: true },
      inputs,
      () => clock.monotonicMs(),
    );
    this.tools.compiled(compileSeconds);
    return this.#sets.map((rows, set) => {
      const { data, shape } = value[set];
      const size = sizeOf(shape);
      const seconds = secondsBySet[set];
      missing[set].forEach((index, row) => {
        rows.take(index, data.subarray(row * size, (row + 1) * size), shape, seconds / missing[set].length);
      });
      return { images: missing[set].map((index) => rows.images[index]), shape, values: data, seconds };
    });
  }

  #finish(onDisk: number, savedSeconds: number): FrozenFeatures {
    const [train, validation] = this.#sets;
    this.tools.counted?.({
      cut: this.task.started.network.blocks[this.cut].name,
      inMemory: 0,
      onDisk,
      computed: train.images.length + validation.images.length - onDisk,
      bytes: train.values.byteLength + validation.values.byteLength,
      computeSeconds: this.#seconds - savedSeconds,
      savedSeconds,
    });
    return {
      shape: train.shape as Shape,
      train: train.values,
      validation: validation.values,
      trainSeconds: train.seconds,
      evaluationSeconds: validation.seconds,
    };
  }
}

/** The examples of these indexes, in their order; all of them without a copy. */
function gathered(examples: Float32Array, indexes: readonly number[], size: number): Float32Array {
  if (indexes.length * size === examples.length) return examples;
  const some = new Float32Array(indexes.length * size);
  indexes.forEach((index, row) => {
    some.set(examples.subarray(index * size, (index + 1) * size), row * size);
  });
  return some;
}
