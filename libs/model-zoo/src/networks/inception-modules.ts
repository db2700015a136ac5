import * as tf from '@tensorflow/tfjs-core';
import { normal } from './initial-state.js';
import { averagePool, maxPool, relu, sequence } from './layers.js';
import type { Layer } from './network.js';
import type { Extent, NetworkDraft } from './network-draft.js';

/** Declares a module's layers under its name for the channels it reads. */
export type InceptionModule = (draft: NetworkDraft, name: string, inputs: number) => Layer;

/** A convolution without bias. */
interface Geometry {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: Extent;
  readonly stride?: number;
  readonly padding?: Extent;
}

/** torchvision's BasicConv2d: convolution, batch norm, ReLU. */
export function convolution(draft: NetworkDraft, name: string, geometry: Geometry): Layer {
  const weight = normal(0.1);
  return sequence(
    draft.convolution(`${name}.conv`, { ...geometry, weight, bias: false }),
    draft.batchNorm(`${name}.bn`, geometry.outputs, 1e-3),
    relu,
  );
}

/** Convolutions one after another: each reads what the one before gave. */
type Step = readonly [part: string, outputs: number, kernel: Extent, stride?: number];

const row: Extent = [1, 7];
const column: Extent = [7, 1];

/** InceptionA. */
export function module35(poolOutputs: number): InceptionModule {
  return (draft, name, inputs) =>
    sideBySide([
      branch(draft, name, inputs, [['branch1x1', 64, 1]]),
      branch(draft, name, inputs, [
        ['branch5x5_1', 48, 1],
        ['branch5x5_2', 64, 5],
      ]),
      branch(draft, name, inputs, [
        ['branch3x3dbl_1', 64, 1],
        ['branch3x3dbl_2', 96, 3],
        ['branch3x3dbl_3', 96, 3],
      ]),
      pooledBranch(draft, name, inputs, poolOutputs),
    ]);
}

/** InceptionC; `width` is that of its factorised 7×7 convolutions. */
export function module17(width: number): InceptionModule {
  return (draft, name, inputs) =>
    sideBySide([
      branch(draft, name, inputs, [['branch1x1', 192, 1]]),
      branch(draft, name, inputs, [
        ['branch7x7_1', width, 1],
        ['branch7x7_2', width, row],
        ['branch7x7_3', 192, column],
      ]),
      branch(draft, name, inputs, [
        ['branch7x7dbl_1', width, 1],
        ['branch7x7dbl_2', width, column],
        ['branch7x7dbl_3', width, row],
        ['branch7x7dbl_4', width, column],
        ['branch7x7dbl_5', 192, row],
      ]),
      pooledBranch(draft, name, inputs, 192),
    ]);
}

/** InceptionE: two of its branches end in a row and a column side by side. */
export const module8: InceptionModule = (draft, name, inputs) =>
  sideBySide([
    branch(draft, name, inputs, [['branch1x1', 320, 1]]),
    sequence(branch(draft, name, inputs, [['branch3x3_1', 384, 1]]), rowAndColumn(draft, `${name}.branch3x3_2`)),
    sequence(
      branch(draft, name, inputs, [
        ['branch3x3dbl_1', 448, 1],
        ['branch3x3dbl_2', 384, 3],
      ]),
      rowAndColumn(draft, `${name}.branch3x3dbl_3`),
    ),
    pooledBranch(draft, name, inputs, 192),
  ]);

/** InceptionB and InceptionD: halve the map. Their last convolution and their pooling are not padded. */
export const gridReduction: Readonly<Record<'to17' | 'to8', InceptionModule>> = {
  to17: (draft, name, inputs) =>
    sideBySide([
      branch(draft, name, inputs, [['branch3x3', 384, 3, 2]]),
      branch(draft, name, inputs, [
        ['branch3x3dbl_1', 64, 1],
        ['branch3x3dbl_2', 96, 3],
        ['branch3x3dbl_3', 96, 3, 2],
      ]),
      maxPool({ kernel: 3, stride: 2 }),
    ]),
  to8: (draft, name, inputs) =>
    sideBySide([
      branch(draft, name, inputs, [
        ['branch3x3_1', 192, 1],
        ['branch3x3_2', 320, 3, 2],
      ]),
      branch(draft, name, inputs, [
        ['branch7x7x3_1', 192, 1],
        ['branch7x7x3_2', 192, row],
        ['branch7x7x3_3', 192, column],
        ['branch7x7x3_4', 192, 3, 2],
      ]),
      maxPool({ kernel: 3, stride: 2 }),
    ]),
};

function branch(draft: NetworkDraft, name: string, inputs: number, steps: readonly Step[]): Layer {
  let channels = inputs;
  const layers = steps.map(([part, outputs, kernel, stride = 1]) => {
    const padding = stride === 1 ? keepingSize(kernel) : 0;
    const layer = convolution(draft, `${name}.${part}`, { inputs: channels, outputs, kernel, stride, padding });
    channels = outputs;
    return layer;
  });
  return sequence(...layers);
}

/** torch's padded average counts the zeros around the picture, hence they are part of it here. */
function pooledBranch(draft: NetworkDraft, name: string, inputs: number, outputs: number): Layer {
  const pool = averagePool({ kernel: 3, stride: 1, padding: 1 });
  return sequence(pool, convolution(draft, `${name}.branch_pool`, { inputs, outputs, kernel: 1 }));
}

function rowAndColumn(draft: NetworkDraft, name: string): Layer {
  return sideBySide(
    (
      [
        ['a', [1, 3]],
        ['b', [3, 1]],
      ] as const
    ).map(([suffix, kernel]) =>
      convolution(draft, `${name}${suffix}`, { inputs: 384, outputs: 384, kernel, padding: keepingSize(kernel) }),
    ),
  );
}

function sideBySide(branches: readonly Layer[]): Layer {
  return (x, context) =>
    tf.concat(
      branches.map((layer) => layer(x, context)),
      3,
    );
}

function keepingSize(kernel: Extent): Extent {
  const [rows, columns] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
  return [(rows - 1) / 2, (columns - 1) / 2];
}
