import { Conv2D, Conv2DBackpropFilter, Conv2DBackpropInput } from '@tensorflow/tfjs-core';
import { ints } from '../ir/attribute.js';
import { convGeometry, type Geometry } from '../trace/geometry.js';
import { filterGradient } from './conv-filter-gradient.js';
import { inputGradient, isSmallMap } from './conv-input-gradient.js';
import { channelsFirst, convFilter, inOrder, type Lowered } from './lowered.js';
import type { Lowerings } from './lowering.js';
import type { LoweringContext } from './lowering-context.js';
import { windowAttributes } from './window-attributes.js';
import { convSizes, windowRows } from './windows.js';

/** Forward as one product of window rows with the filter as it lies in memory. */
function convolutionByProduct(g: LoweringContext, x: Lowered, filter: Lowered, geometry: Geometry): Lowered {
  const sizes = convSizes(geometry, x.shape[3]);
  const matrix = g.reshape(filter.id, { actual: [sizes.taps * sizes.inputs, sizes.outputs] });
  const rows = windowRows(g, x, geometry, sizes);
  const actual = [sizes.batch * sizes.height * sizes.width, sizes.outputs];
  const product = g.op('Gemm', [rows.id, matrix.id], { actual });
  return g.toLayout(g.reshape(product.id, { actual: geometry.outShape }), channelsFirst);
}

export const convolutions: Lowerings<typeof Conv2D | typeof Conv2DBackpropFilter | typeof Conv2DBackpropInput> = {
  [Conv2D]: (g, { x, filter }, attrs) => {
    const geometry = convGeometry(x.shape, filter.shape, attrs);
    // A constant filter is packed once by onnxruntime, which beats the product.
    if (g.builder.constantOf(filter.id) === undefined && isSmallMap(g, geometry)) {
      return convolutionByProduct(g, g.dense(x, channelsFirst), g.dense(filter, inOrder(4)), geometry);
    }
    const inputs = [g.dense(x, channelsFirst).id, g.dense(filter, convFilter).id];
    const result = { actual: geometry.outShape, layout: channelsFirst };
    return g.op('Conv', inputs, result, { ...windowAttributes(geometry), dilations: ints(geometry.dilations) });
  },
  [Conv2DBackpropInput]: (g, { dy, filter }, attrs) => {
    const geometry = convGeometry(attrs.inputShape, filter.shape, attrs);
    return inputGradient(g, g.dense(dy, channelsFirst), g.dense(filter, inOrder(4)), attrs.inputShape, geometry);
  },
  [Conv2DBackpropFilter]: (g, { x, dy }, attrs) => {
    const geometry = convGeometry(x.shape, attrs.filterShape, attrs);
    return filterGradient(g, g.dense(x, channelsFirst), g.dense(dy, channelsFirst), geometry);
  },
};
