import { backend_util } from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';

type Padding = 'valid' | 'same' | number | backend_util.ExplicitPadding;

/** Sizes of a convolution or pooling, all padding resolved to pixels. */
export interface Geometry {
  /** [N, H, W, C] of the result. */
  readonly outShape: number[];
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [height: number, width: number];
  readonly dilations: readonly [height: number, width: number];
  readonly pads: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
}

/** Geometry of a convolution of `x` [N,H,W,C] with `filter` [h,w,C,D]. */
export function convGeometry(
  x: Shape,
  filter: Shape,
  attrs: {
    strides: [number, number] | number;
    pad: Padding;
    dataFormat: 'NHWC' | 'NCHW';
    dilations?: [number, number] | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  },
): Geometry {
  if (attrs.dataFormat !== 'NHWC') throw new RangeError(`dataFormat is ${attrs.dataFormat}, must be NHWC`);
  return resolved(
    x,
    backend_util.computeConv2DInfo(
      x as [number, number, number, number],
      filter as [number, number, number, number],
      attrs.strides,
      attrs.dilations ?? 1,
      attrs.pad as number,
      attrs.dimRoundingMode,
    ),
  );
}

/** Geometry of a pooling of `x` [N,H,W,C]. */
export function poolGeometry(
  x: Shape,
  attrs: {
    filterSize: [number, number] | number;
    strides: [number, number] | number;
    pad: Padding;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  },
): Geometry {
  return resolved(
    x,
    backend_util.computePool2DInfo(
      x as [number, number, number, number],
      attrs.filterSize,
      attrs.strides,
      1,
      attrs.pad as number,
      attrs.dimRoundingMode,
    ),
  );
}

function resolved(x: Shape, info: backend_util.Conv2DInfo): Geometry {
  const { padInfo, strideHeight, strideWidth } = info;
  // tfjs may round the size of the result up, and for a padding given as one number it ignores the width of the
  // filter. ONNX derives the size from the padding, so that is chosen to give exactly the size tfjs says.
  const trailing = (given: number, out: number, stride: number, kernel: number, size: number, before: number) => {
    const needed = (out - 1) * stride + kernel - size - before;
    return Math.max(needed, Math.min(given, needed + stride - 1));
  };
  return {
    outShape: [...info.outShape],
    kernel: [info.filterHeight, info.filterWidth],
    strides: [strideHeight, strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: {
      top: padInfo.top,
      left: padInfo.left,
      bottom: trailing(padInfo.bottom, info.outHeight, strideHeight, info.effectiveFilterHeight, x[1], padInfo.top),
      right: trailing(padInfo.right, info.outWidth, strideWidth, info.effectiveFilterWidth, x[2], padInfo.left),
    },
  };
}
