/** @file Max pooling for targets whose MaxPool does not say where a maximum was found. */
import { int, ints } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';
import { combine } from './elementwise.js';
import { channelsFirst, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';
import { windowAttributes } from './window-attributes.js';
import { tapsOf } from './windows.js';

/** Below every number that a map holds, so that padding is no maximum. */
const lowest = -3.4e38;

/** The maxima alone. */
export function maxima(g: LoweringContext, x: Lowered, geometry: Geometry): Lowered {
  const result = { actual: geometry.outShape, layout: channelsFirst };
  return g.op('MaxPool', [g.dense(x, channelsFirst).id], result, windowAttributes(geometry));
}

/**
 * Every dy goes to the first element of its window, in row-major order, that equals the maximum: as tfjs and torch
 * choose. The choice is one number a window, which is compared with the number of every tap.
 */
export function maxPoolGradientByMask(g: LoweringContext, dy: Lowered, x: Lowered, geometry: Geometry): Lowered {
  const { kernel, strides, pads } = geometry;
  const chosen = firstMaximum(g, x, geometry);
  const gradient = g.dense(dy, channelsFirst);
  const tiled = Object.values(pads).every((amount) => amount === 0) && String(kernel) === String(strides);
  return (tiled ? fillTiles : addWindows)(g, gradient, chosen, x, geometry);
}

/** Windows that lie side by side: dy stands where its window's choice is. */
function fillTiles(
  g: LoweringContext,
  dy: Lowered,
  chosen: Lowered,
  x: Lowered,
  { kernel, outShape }: Geometry,
): Lowered {
  const [batch, height, width, channels] = outShape;
  const [rows, columns] = [height * kernel[0], width * kernel[1]];
  const shape = [1, 1, 1, kernel[0], 1, kernel[1]];
  const window = [batch, channels, height, 1, width, 1];
  const given = giveToChosen(g, dy, chosen, window, shape, kernel[0] * kernel[1]);
  const filled = g.reshape(given.id, { actual: [batch, rows, columns, channels], layout: channelsFirst });
  const rest = g.builder.integers([0, 0, 0, 0, 0, 0, x.shape[1] - rows, x.shape[2] - columns]);
  if (rows === x.shape[1] && columns === x.shape[2]) return filled;
  return g.op('Pad', [filled.id, rest, g.builder.scalar(0)], { actual: x.shape, layout: channelsFirst });
}

/** Windows that overlap: a grouped ConvTranspose with a one-hot filter a tap adds up what they give to one element. */
function addWindows(g: LoweringContext, dy: Lowered, chosen: Lowered, x: Lowered, geometry: Geometry): Lowered {
  const { kernel, strides, pads, outShape } = geometry;
  const [batch, height, width, channels] = outShape;
  const taps = kernel[0] * kernel[1];
  // WebGPU's grouped ConvTranspose is wrong where the channels of a group are a multiple of two: a tap that nobody chooses.
  const depth = taps % 2 === 0 ? taps + 1 : taps;
  const given = giveToChosen(g, dy, chosen, [batch, channels, 1, height, width], [1, 1, depth, 1, 1], depth);
  const oneHot = Float32Array.from({ length: depth * taps }, (_, index) => (index % (taps + 1) === 0 ? 1 : 0));
  oneHot.fill(0, taps * taps);
  const filters = [channels, depth, 1, ...kernel];
  const filter = g.op(
    'Expand',
    [g.builder.constant('float32', [1, depth, 1, ...kernel], oneHot), g.builder.integers(filters)],
    { actual: filters },
  );
  const left = [
    x.shape[1] - ((height - 1) * strides[0] + kernel[0] - pads.top - pads.bottom),
    x.shape[2] - ((width - 1) * strides[1] + kernel[1] - pads.left - pads.right),
  ];
  return g.op(
    'ConvTranspose',
    [
      g.reshape(given.id, { actual: [batch, channels * depth, height, width] }).id,
      g.reshape(filter.id, { actual: [channels * depth, 1, ...kernel] }).id,
    ],
    { actual: x.shape, layout: channelsFirst },
    { ...windowAttributes(geometry), group: int(channels), output_padding: ints(left) },
  );
}

/** dy at the tap that was chosen, 0 at all others: windows as `window`, the numbers of the taps along `shape`. */
function giveToChosen(
  g: LoweringContext,
  dy: Lowered,
  chosen: Lowered,
  window: readonly number[],
  shape: readonly number[],
  taps: number,
): Lowered {
  const actual = window.map((size, axis) => Math.max(size, shape[axis]));
  const numbers = g.builder.constant(
    'float32',
    shape,
    Float32Array.from({ length: taps }, (_, tap) => tap),
  );
  const inputs = [g.reshape(chosen.id, { actual: window }).id, numbers];
  const isChosen = g.op('Equal', inputs, { actual, dtype: 'bool' });
  return g.op('Where', [isChosen.id, g.reshape(dy.id, { actual: window }).id, g.builder.scalar(0)], { actual });
}

/** Which tap of its window holds the maximum, [N,OH,OW,C] held as NCHW: the last tap is asked first and overruled. */
function firstMaximum(g: LoweringContext, x: Lowered, geometry: Geometry): Lowered {
  const [batch, height, width, channels] = geometry.outShape;
  const taps = geometry.kernel[0] * geometry.kernel[1];
  const sizes = { batch, inputs: channels, outputs: channels, height, width, taps };
  const unpadded = { ...geometry, pads: { top: 0, bottom: 0, left: 0, right: 0 } };
  const held = { actual: geometry.outShape, layout: channelsFirst };
  const result = maxima(g, x, geometry);
  return tapsOf(g, padded(g, x, geometry), unpadded, sizes)
    .slice(0, -1)
    .reduceRight<Lowered>(
      (later, values, tap) => {
        const equal = combine(g, 'Equal', [g.wrap(values.id, held), result], 'bool');
        return combine(g, 'Where', [equal, g.filled(tap), later], 'float32');
      },
      g.filled(taps - 1, geometry.outShape),
    );
}

function padded(g: LoweringContext, x: Lowered, { pads }: Geometry): Lowered {
  const source = g.dense(x, channelsFirst);
  if (Object.values(pads).every((amount) => amount === 0)) return source;
  const [batch, height, width, channels] = x.shape;
  const actual = [batch, height + pads.top + pads.bottom, width + pads.left + pads.right, channels];
  const amounts = g.builder.integers([0, 0, pads.top, pads.left, 0, 0, pads.bottom, pads.right]);
  return g.op('Pad', [source.id, amounts, g.builder.scalar(lowest)], { actual, layout: channelsFirst });
}
