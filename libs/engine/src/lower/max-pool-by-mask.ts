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
 * choose. The choice is one number a window; a grouped ConvTranspose with a one-hot filter a tap adds up what
 * overlapping windows give to one element.
 */
export function maxPoolGradientByMask(g: LoweringContext, dy: Lowered, x: Lowered, geometry: Geometry): Lowered {
  const { kernel, strides, pads, outShape } = geometry;
  const [batch, height, width, channels] = outShape;
  const taps = kernel[0] * kernel[1];
  const chosen = firstMaximum(g, x, geometry);

  const split = [batch, channels, 1, height, width];
  const spread = { actual: [batch, channels, taps, height, width] };
  const numbers = Float32Array.from({ length: taps }, (_, tap) => tap);
  const tapNumbers = g.builder.constant('float32', [1, 1, taps, 1, 1], numbers);
  const isChosen = g.op('Equal', [g.reshape(chosen.id, { actual: split }).id, tapNumbers], {
    ...spread,
    dtype: 'bool',
  });
  const gradient = g.reshape(g.dense(dy, channelsFirst).id, { actual: split });
  const given = g.op('Where', [isChosen.id, gradient.id, g.builder.scalar(0)], spread);

  const oneHot = Float32Array.from({ length: taps * taps }, (_, index) => (index % (taps + 1) === 0 ? 1 : 0));
  const filter = g.builder.constant('float32', [1, taps, 1, ...kernel], oneHot);
  const all = g.op('Expand', [filter, g.builder.integers([channels, taps, 1, ...kernel])], {
    actual: [channels, taps, 1, ...kernel],
  });
  const left = [
    x.shape[1] - ((height - 1) * strides[0] + kernel[0] - pads.top - pads.bottom),
    x.shape[2] - ((width - 1) * strides[1] + kernel[1] - pads.left - pads.right),
  ];
  return g.op(
    'ConvTranspose',
    [
      g.reshape(given.id, { actual: [batch, channels * taps, height, width] }).id,
      g.reshape(all.id, { actual: [channels * taps, 1, ...kernel] }).id,
    ],
    { actual: x.shape, layout: channelsFirst },
    { ...windowAttributes(geometry), group: int(channels), output_padding: ints(left) },
  );
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
