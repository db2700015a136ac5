import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileInference } from '#engine';
import { architectureNames, findCard } from '#model-zoo';
import { buildNetwork, type Network, toTfjsLayout } from '#model-zoo/networks';
import type { NamedTensor } from '#primitives';
import { formulaTensor, formulaUnits } from '../golden/torchvision/formula-tensors.js';

interface Golden {
  readonly stateDict: readonly (readonly [string, number[]])[];
  readonly cases: readonly GoldenCase[];
}

interface GoldenCase {
  readonly classes: number;
  readonly imageSize: number;
  /** The first logits of each picture. */
  readonly logits: readonly (readonly number[])[];
  readonly largest: number;
  readonly sums: readonly number[];
}

const batchSize = 2;

function golden(architecture: string): Golden {
  const url = new URL(`../golden/torchvision/${architecture}.golden.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Golden;
}

/** The formula's weights for any number of classes: only the head's first axis differs from the listing for two. */
function tensorsOf(network: Network, { stateDict }: Golden): NamedTensor[] {
  const { heads } = findCard(network.architecture);
  return stateDict.map(([name, shape]) => {
    const isHead = heads.some((head) => name.startsWith(`${head.name}.`));
    return toTfjsLayout(formulaTensor(name, isHead ? [network.classes, ...shape.slice(1)] : shape));
  });
}

/** The formula's pictures [2, 3, S, S] as the networks read them, [2, S, S, 3]. */
function picturesOf(imageSize: number): Float32Array {
  const area = imageSize * imageSize;
  const units = formulaUnits(`picture ${imageSize}`, batchSize * 3 * area);
  return Float32Array.from(units, (_, index) => {
    const [pixel, channel] = [Math.floor(index / 3), index % 3];
    return 2 * units[(Math.floor(pixel / area) * 3 + channel) * area + (pixel % area)];
  });
}

function expectLogits(logits: Float32Array, expected: GoldenCase): void {
  const tolerance = 1e-4 * expected.largest;
  expect(logits).toHaveLength(batchSize * expected.classes);
  for (let row = 0; row < batchSize; row++) {
    const values = logits.subarray(row * expected.classes, (row + 1) * expected.classes);
    for (const [column, value] of expected.logits[row].entries()) {
      expect(Math.abs(values[column] - value)).toBeLessThan(tolerance);
    }
    const sum = values.reduce((total, value) => total + value, 0);
    expect(Math.abs(sum - expected.sums[row])).toBeLessThan(tolerance * Math.sqrt(expected.classes));
  }
}

describe.each(architectureNames)('%s compiled', (architecture) => {
  const reference = golden(architecture);

  test.each(reference.cases.filter(({ imageSize }) => imageSize > 64))(
    'gives the logits of torchvision: $classes classes, $imageSize px',
    async (expected) => {
      const { classes, imageSize } = expected;
      const network = buildNetwork(architecture, { classes, imageSize });
      const inference = await compileInference({
        forward: (x, context) => network.forward(x, context),
        tensors: tensorsOf(network, reference),
        inputShape: [imageSize, imageSize, 3],
        batchSize,
      });
      try {
        expectLogits(await inference.run(picturesOf(imageSize), batchSize), expected);
      } finally {
        await inference.dispose();
      }
    },
  );

  test('gives the same in two parts at every cut, and its head reads what the card says', async () => {
    const expected = reference.cases.find(({ imageSize }) => imageSize === 224) as GoldenCase;
    const { classes, imageSize } = expected;
    const network = buildNetwork(architecture, { classes, imageSize });
    const all = tensorsOf(network, reference);
    const blockOf = new Map(network.tensors.map(({ name, block }) => [name, block]));
    for (const depth of ['shallow', 'partial'] as const) {
      const cut = network.cut(depth);
      const prefix = await compileInference({
        forward: (x, context) => network.forward(x, context, 0, cut),
        tensors: all.filter(({ name }) => (blockOf.get(name) as number) < cut),
        inputShape: [imageSize, imageSize, 3],
        batchSize,
      });
      const features = await prefix.run(picturesOf(imageSize), batchSize);
      if (depth === 'shallow') expect(prefix.outputShape).toEqual(findCard(architecture).headInput);
      const tail = await compileInference({
        forward: (x, context) => network.forward(x, context, cut),
        tensors: all.filter(({ name }) => (blockOf.get(name) as number) >= cut),
        inputShape: prefix.outputShape,
        batchSize,
      });
      expectLogits(await tail.run(features, batchSize), expected);
      await prefix.dispose();
      await tail.dispose();
    }
  });
});
