import type { ImageSpec } from '#primitives';
import { int, ints, string } from '../ir/attribute.js';
import type { ValueId } from '../ir/graph.js';
import { channelsFirst, type Lowered } from '../lower/lowered.js';
import type { LoweringContext } from '../lower/lowering-context.js';

/** Name of the input that takes pictures: uint8 [N, H, W, 3], sRGB, any H and W. */
export const imagesInput = 'images';

/**
 * Adds the way from pictures to the network's input: the short side resized to `resize` (linear, antialiased, on
 * bytes, as PIL does; the long side rounded down), the centre cut out, scaled to [0, 1] and normalised.
 *
 * @param batch The placeholder that the trace uses for N.
 * @see torchvision/transforms/functional.py 0.14: resize, center_crop, normalize
 */
export function preprocess(g: LoweringContext, image: ImageSpec, batch: number): Lowered {
  const { builder } = g;
  const images = builder.input(imagesInput, 'uint8', ['N', 'H', 'W', 3]);
  const planes = builder.node('Transpose', [images], { perm: ints(channelsFirst) });
  const sides = builder.node('Shape', [planes], { start: int(2), end: int(4) });
  const short = builder.node('ReduceMin', [sides, builder.integers([0])], { keepdims: int(1) });
  const scaled = builder.node('Mul', [sides, builder.integers([image.resize])]);
  const target = builder.node('Div', [scaled, short]); // integers: rounds down
  // All four sizes: onnxruntime 1.30 refuses a Resize with `axes` ("number of elements of input sizes (0)").
  const others = builder.node('Shape', [planes], { start: int(0), end: int(2) });
  const sizes = builder.node('Concat', [others, target], { axis: int(0) });
  const resized = builder.node('Resize', [planes, undefined, undefined, sizes], {
    mode: string('linear'),
    antialias: int(1),
    exclude_outside: int(1), // as PIL: a window that reaches over the edge is renormalised, not filled with the edge
    coordinate_transformation_mode: string('half_pixel'),
  });
  const cropped = centreCrop(g, resized, target, image.crop);
  const perChannel = (values: readonly number[]): ValueId =>
    builder.constant('float32', [1, 3, 1, 1], Float32Array.from(values));
  const pixels = builder.node('Cast', [cropped], { to: int(1) });
  const unit = builder.node('Div', [pixels, builder.scalar(255)]);
  const centred = builder.node('Sub', [unit, perChannel(image.mean)]);
  const normalised = builder.node('Div', [centred, perChannel(image.std)]);
  // States the size, which onnxruntime cannot derive from the slice.
  return g.reshape(normalised, { actual: [batch, image.crop, image.crop, 3], layout: channelsFirst });
}

/** Cuts `crop` × `crop` at (side - crop) / 2, half rounded to even as Python does. */
function centreCrop({ builder }: LoweringContext, resized: ValueId, sides: ValueId, crop: number): ValueId {
  const size = builder.integers([crop]);
  const slack = builder.node('Cast', [builder.node('Sub', [sides, size])], { to: int(1) });
  const half = builder.node('Round', [builder.node('Mul', [slack, builder.scalar(0.5)])]);
  const start = builder.node('Cast', [half], { to: int(7) });
  const end = builder.node('Add', [start, size]);
  return builder.node('Slice', [resized, start, end, builder.integers([2, 3])]);
}
