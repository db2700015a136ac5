/** @file Logits of compiled networks beside torchvision's (test/golden/torchvision/<architecture>.golden.json). */
import { compileInference, type Inference } from '#engine';
import { buildNetwork, type Network } from '#model-zoo/networks';
import type { NamedTensor, Shape } from '#primitives';
import { formulaPictures, formulaTensors } from './formula-network.js';

/** One case of a golden file. */
export interface GoldenLogits {
  readonly classes: number;
  readonly imageSize: number;
  /** The first logits of each picture. */
  readonly logits: readonly (readonly number[])[];
  /** Of the absolute values of all logits. */
  readonly largest: number;
  /** Of all logits of each picture. */
  readonly sums: readonly number[];
}

/** How far a network is from a golden case. */
export interface LogitsParity {
  /** Largest difference over the largest logit; a sum of n logits counts as their differences' norm, 1/√n. */
  readonly difference: number;
  /** Shape per picture of what the head reads. */
  readonly headInput: Shape;
}

const batchSize = 2;

/**
 * Runs networks cut at `partial` and `shallow`, which says as much about the whole. What reads the same shape at any
 * image size is compiled once: VGG's dense layers take longer to compile than all else to run.
 */
export class LogitsRunner {
  readonly #compiled = new Map<string, Promise<Inference>>();

  constructor(private readonly architecture: string) {}

  async parity(golden: GoldenLogits): Promise<LogitsParity> {
    const { classes, imageSize } = golden;
    const network = buildNetwork(this.architecture, { classes, imageSize });
    const tensors = formulaTensors(network);
    const cuts = [0, network.cut('partial'), network.cut('shallow'), network.blocks.length];
    let shape: Shape = [imageSize, imageSize, 3];
    let values = formulaPictures(`picture ${imageSize}`, batchSize, imageSize);
    let headInput = shape;
    for (const [index, from] of cuts.slice(0, -1).entries()) {
      headInput = shape;
      const part = await this.#compile(network, tensors, shape, from, cuts[index + 1]);
      values = await part.run(values, batchSize);
      shape = part.outputShape;
    }
    return { difference: difference(values, golden), headInput };
  }

  async dispose(): Promise<void> {
    for (const part of this.#compiled.values()) await (await part).dispose();
    this.#compiled.clear();
  }

  #compile(network: Network, tensors: readonly NamedTensor[], inputShape: Shape, from: number, to: number) {
    const key = `${network.classes} ${from} ${to} ${inputShape}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const blockOf = new Map(network.tensors.map(({ name, block }) => [name, block]));
    const part = compileInference({
      forward: (x, context) => network.forward(x, context, from, to),
      tensors: tensors.filter(({ name }) => {
        const block = blockOf.get(name) as number;
        return block >= from && block < to;
      }),
      inputShape,
      batchSize,
    });
    this.#compiled.set(key, part);
    return part;
  }
}

function difference(logits: Float32Array, { classes, logits: expected, largest, sums }: GoldenLogits): number {
  let worst = 0;
  for (const [row, first] of expected.entries()) {
    const values = logits.subarray(row * classes, (row + 1) * classes);
    for (const [column, value] of first.entries()) worst = Math.max(worst, Math.abs(values[column] - value));
    const sum = values.reduce((total, value) => total + value, 0);
    worst = Math.max(worst, Math.abs(sum - sums[row]) / Math.sqrt(classes));
  }
  return logits.length === expected.length * classes ? worst / largest : Number.NaN;
}
