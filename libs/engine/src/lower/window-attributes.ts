import { ints } from '../ir/attribute.js';
import type { Geometry } from '../trace/geometry.js';

/** ONNX attributes of a window that slides over H and W. */
export function windowAttributes({ kernel, strides, pads }: Geometry) {
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    pads: ints([pads.top, pads.left, pads.bottom, pads.right]),
  };
}
