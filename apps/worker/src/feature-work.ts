import { join } from 'node:path';
import type { Examples } from '#engine';
import { type Shape, sizeOf } from '#primitives';
import { FeatureStore } from './feature-store.js';
import { type FeatureValues, packedFeatures, someExamples } from './feature-values.js';
import type { FrozenTask, FrozenTools } from './frozen-task.js';
import { runBlocks } from './run-blocks.js';
import { defaultFeatureBytes } from './shrink-folder.js';

/** Pictures whose features are wanted. */
export interface PictureSet {
  /** Name of each as it is seen, see `viewName`. */
  readonly images: readonly string[];
  /** [n, side, side, 3] */
  readonly inputs: Examples;
}

/** Features of a set. */
export interface SetFeatures {
  /** Of one picture. */
  readonly shape: Shape;
  /** [n, ...shape] */
  readonly values: FeatureValues;
  /** What they took, whether now or earlier. */
  readonly seconds: number;
}

/** Features of one set while they come together. */
class Rows {
  shape: Shape | undefined;
  values: FeatureValues = new Float32Array(0);
  seconds = 0;
  readonly #missing: Set<number>;

  constructor(
    readonly images: readonly string[],
    readonly inputs: Examples,
  ) {
    this.#missing = new Set(images.keys());
  }

  get missing(): number[] {
    return [...this.#missing];
  }

  take(index: number, row: FeatureValues, shape: Shape, seconds: number): void {
    if (this.shape === undefined) {
      this.shape = shape;
      const length = this.images.length * row.length;
      this.values = row instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length);
    }
    this.values.set(row, index * row.length);
    this.seconds += seconds;
    this.#missing.delete(index);
  }

  result(): SetFeatures {
    return { shape: this.shape as Shape, values: this.values, seconds: this.seconds };
  }
}

/** What is to be done for the features of some sets of pictures at one cut. */
export class FeatureWork {
  readonly #sets: readonly Rows[];

  /** @param cut First block that is not frozen, >= 1. */
  constructor(
    private readonly task: FrozenTask,
    private readonly cut: number,
    private readonly tools: FrozenTools,
    sets: readonly PictureSet[],
  ) {
    this.#sets = sets.map(({ images, inputs }) => new Rows(images, inputs));
  }

  /** Computes all of them. @throws as `missingOnly`. */
  async all(): Promise<SetFeatures[]> {
    await this.#compute();
    return this.#finish(0, 0);
  }

  /**
   * Reads those that are on disk under a key, computes the others and keeps them.
   *
   * @throws {FeatureOverflowError} if a feature does not fit the task's `featureDtype`.
   */
  async missingOnly(key: string): Promise<SetFeatures[]> {
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
    return this.#sets.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  get #cutName(): string {
    return this.task.started.network.blocks[this.cut].name;
  }

  /** Computes what is missing. The same pictures give the same bits whichever others are computed with them. */
  async #compute() {
    const { network, tensors } = this.task.started;
    const { clock, threads, device } = this.tools;
    const missing = this.#sets.map((rows) => rows.missing);
    if (missing.every(({ length }) => length === 0)) return [];
    const inputShape = [network.imageSize, network.imageSize, 3];
    const inputs = this.#sets.map((rows, set) => someExamples(rows.inputs, missing[set], sizeOf(inputShape)));
    const { value, compileSeconds, secondsBySet } = await runBlocks(
      { network, tensors, from: 0, to: this.cut, inputShape, threads, device, isBatchFixed: true },
      inputs,
      () => clock.monotonicMs(),
    );
    this.tools.compiled(compileSeconds);
    const place = { architecture: network.architecture, cut: this.#cutName };
    return this.#sets.map((rows, set) => {
      const { data, shape } = value[set];
      const values = packedFeatures(data, this.task.featureDtype ?? 'fp32', place);
      const size = sizeOf(shape);
      const seconds = secondsBySet[set];
      missing[set].forEach((index, row) => {
        rows.take(index, values.subarray(row * size, (row + 1) * size), shape, seconds / missing[set].length);
      });
      return { images: missing[set].map((index) => rows.images[index]), shape, values, seconds };
    });
  }

  #finish(onDisk: number, savedSeconds: number): SetFeatures[] {
    const sum = (of: (rows: Rows) => number) => this.#sets.reduce((total, rows) => total + of(rows), 0);
    this.tools.counted?.({
      cut: this.#cutName,
      inMemory: 0,
      onDisk,
      computed: sum(({ images }) => images.length) - onDisk,
      bytes: sum(({ values }) => values.byteLength),
      computeSeconds: this.#seconds - savedSeconds,
      savedSeconds,
    });
    return this.#sets.map((rows) => rows.result());
  }
}
