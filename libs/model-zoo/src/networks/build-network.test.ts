import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { sizeOf } from '#primitives';
import { architectureNames, findCard } from '../catalogue.js';
import { parameterCount, type RetrainDepth } from '../model-card.js';
import { buildNetwork } from './build-network.js';
import { formulaTensor, formulaUnits } from './formula-tensors.fixture.js';
import type { LayerContext, Network } from './network.js';
import { torchShape, toTfjsLayout } from './tensor-layout.js';

interface Golden {
  /** `name sizes`, as in `conv1.weight 64x3x7x7`. */
  readonly stateDict: readonly string[];
  readonly cases: readonly {
    readonly classes: number;
    readonly imageSize: number;
    readonly logits: number[][];
    readonly largest: number;
    readonly sums: number[];
  }[];
}

const folder = new URL('../../../../test/golden/torchvision/', import.meta.url);
const golden = (architecture: string): Golden =>
  JSON.parse(readFileSync(new URL(`${architecture}.golden.json`, folder), 'utf8'));

/** Cases that the reference backend affords, and where the network is cut in two; the others run compiled elsewhere. */
const affordable: Readonly<Record<string, readonly (readonly [number, number, RetrainDepth])[]>> = {
  alexnet: [[5, 64, 'partial']],
  squeezenet1_0: [[5, 50, 'partial']],
  squeezenet1_1: [
    [2, 64, 'deep'],
    [1000, 64, 'shallow'],
    [5, 50, 'partial'],
    [5, 71, 'shallow'],
  ],
  resnet18: [
    [2, 32, 'shallow'],
    [5, 45, 'partial'],
  ],
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Runs a network as torch's `eval()` does. */
function evaluationContext(network: Network): LayerContext {
  const tensors = new Map(
    network.tensors.map(({ name, shape }) => {
      const { data } = toTfjsLayout(formulaTensor(name, torchShape(shape)));
      return [name, tf.tensor(data, [...shape])];
    }),
  );
  const tensor = (name: string) => {
    const found = tensors.get(name);
    if (!found) throw new Error(`no tensor ${name}`);
    return found;
  };
  return {
    training: false,
    auxiliary: () => {
      throw new Error('no auxiliary head runs in eval mode');
    },
    tensor,
    dropout: (x) => x,
    batchNorm: (x, prefix, epsilon) =>
      tf.batchNorm4d(
        x,
        tensor(`${prefix}.running_mean`) as tf.Tensor1D,
        tensor(`${prefix}.running_var`) as tf.Tensor1D,
        tensor(`${prefix}.bias`) as tf.Tensor1D,
        tensor(`${prefix}.weight`) as tf.Tensor1D,
        epsilon,
      ),
  };
}

function pictures(imageSize: number): tf.Tensor {
  const units = formulaUnits(`picture ${imageSize}`, 2 * 3 * imageSize * imageSize);
  const channelsFirst = tf.tensor4d(
    units.map((unit) => 2 * unit),
    [2, 3, imageSize, imageSize],
  );
  return tf.transpose(channelsFirst, [0, 2, 3, 1]);
}

describe.each(architectureNames)('buildNetwork(%s)', (architecture) => {
  const { stateDict, cases } = golden(architecture);

  test('lists the tensors of torchvision by name, shape and order', () => {
    const { tensors } = buildNetwork(architecture, { classes: 2 });
    expect(tensors.map(({ name, shape }) => `${name} ${torchShape(shape).join('x')}`)).toEqual(stateDict);
  });

  test.each(affordable[architecture] ?? [])(
    'gives the logits of torchvision for %i classes at %i px, cut at %s',
    (classes, imageSize, depth) => {
      const expected = cases.find(
        (row) => row.classes === classes && row.imageSize === imageSize,
      ) as Golden['cases'][0];
      const network = buildNetwork(architecture, { classes, imageSize });
      const logits = tf.tidy(() => {
        const context = evaluationContext(network);
        const features = network.forward(pictures(imageSize), context, 0, network.cut(depth));
        return network.forward(features, context, network.cut(depth)).arraySync() as number[][];
      });
      const tolerance = 1e-4 * expected.largest;
      for (const [row, values] of logits.entries()) {
        expect(values).toHaveLength(classes);
        for (const [column, value] of expected.logits[row].entries()) {
          expect(Math.abs(values[column] - value)).toBeLessThan(tolerance);
        }
        const sum = values.reduce((total, value) => total + value, 0);
        expect(Math.abs(sum - expected.sums[row])).toBeLessThan(tolerance * Math.sqrt(classes));
      }
    },
  );

  test('has as many parameters as its card says', () => {
    const card = findCard(architecture);
    for (const classes of [2, 1000]) {
      const { tensors } = buildNetwork(architecture, { classes });
      const trained = tensors.filter(({ role }) => role !== 'runningMean' && role !== 'runningVariance');
      const total = trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      expect(total).toBe(parameterCount(card, classes));
      expect(tensors).toHaveLength(card.tensorCount);
    }
  });

  test('cuts at blocks it has, and the shallow cut trains the head only', () => {
    const card = findCard(architecture);
    const network = buildNetwork(architecture, { classes: 2 });
    expect(network.cut('deep')).toBe(0);
    expect(network.cut('scratch')).toBe(0);
    expect(network.cut('partial')).toBeGreaterThan(0);
    expect(network.cut('partial')).toBeLessThan(network.cut('shallow'));
    const trained = network.tensors.filter(({ block }) => block >= network.cut('shallow'));
    expect(trained.map(({ name }) => name)).toEqual(['weight', 'bias'].map((part) => `${card.heads[0].name}.${part}`));
  });

  test('refuses sizes and classes out of range and names the range', () => {
    const { minimumImageSize } = findCard(architecture);
    expect(() => buildNetwork(architecture, { classes: 1 })).toThrow('classes is 1, must be an integer in [2, 100000]');
    expect(() => buildNetwork(architecture, { classes: 2, imageSize: minimumImageSize - 1 })).toThrow(
      `imageSize is ${minimumImageSize - 1}, must be an integer in [${minimumImageSize}, 2048] for ${architecture}`,
    );
    const network = buildNetwork(architecture, { classes: 2, imageSize: 96 });
    const context = {} as LayerContext;
    expect(() => network.forward(tf.zeros([1, 95, 96, 3]), context)).toThrow('must be [N, 96, 96, 3]');
    expect(() => network.forward(tf.zeros([1, 96, 96, 3]), context, 2, 1)).toThrow('must be 0 <= from <= to');
  });
});
