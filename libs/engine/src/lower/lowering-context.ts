import type { Shape } from '#primitives';
import { ints } from '../ir/attribute.js';
import type { Attributes, ConstantData, Dimension, ElementType, ValueId } from '../ir/graph.js';
import { GraphBuilder, type NodeOptions } from '../ir/graph-builder.js';
import type { ExecutionProvider } from '../runtime/execution-device.js';
import { inOrder, isSingle, type Layout, type Lowered, physicalShape, sameInMemory } from './lowered.js';

/** What the rows of the lowering table build with. */
export class LoweringContext {
  readonly builder = new GraphBuilder();
  /** The result of Relu by its input: the gradient reads the sign from the result, which frees the input. */
  readonly reluResults = new Map<ValueId, Lowered>();

  /**
   * A size that stands for a batch of unknown size; absent when all sizes are known. Every multiple of it is taken for
   * the batch axis, so it should be a prime that is no size of the model itself.
   */
  readonly placeholderBatch: number | undefined;
  /** What the graph will run on. */
  readonly target: ExecutionProvider;

  constructor({ placeholderBatch, target = 'cpu' }: { placeholderBatch?: number; target?: ExecutionProvider } = {}) {
    this.placeholderBatch = placeholderBatch;
    this.target = target;
  }

  /** One operator with one result. `actual` and `layout` describe the result; `shape` defaults to `actual`. */
  op(
    op: string,
    inputs: readonly (ValueId | undefined)[],
    result: { dtype?: ElementType; shape?: Shape; actual: Shape; layout?: Layout },
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): Lowered {
    return this.wrap(this.builder.node(op, inputs, attributes, options), result);
  }

  /** Describes a value that is already in the graph. */
  wrap(
    id: ValueId,
    {
      dtype = 'float32',
      actual,
      shape = actual,
      layout = inOrder(actual.length),
    }: {
      dtype?: ElementType;
      shape?: Shape;
      actual: Shape;
      layout?: Layout;
    },
  ): Lowered {
    const lowered: Lowered = { id, dtype, shape, actual, layout };
    this.builder.describe(id, dtype, this.symbolic(physicalShape(lowered)));
    return lowered;
  }

  /** A constant of any shape; a single element stands for all. */
  constant(dtype: ElementType, shape: Shape, data: ConstantData['data']): Lowered {
    const actual = data.length === 1 ? shape.map(() => 1) : shape;
    return { id: this.builder.constant(dtype, actual, data), dtype, shape, actual, layout: inOrder(shape.length) };
  }

  /** A float32 number for every element of `shape`. */
  filled(value: number, shape: Shape = []): Lowered {
    return this.constant('float32', shape, Float32Array.of(value));
  }

  /** The same values with the axes in another order in memory. */
  toLayout(x: Lowered, layout: Layout): Lowered {
    if (String(x.layout) === String(layout)) return x;
    const result = { dtype: x.dtype, shape: x.shape, actual: x.actual, layout };
    if (sameInMemory(x.actual, x.layout, layout)) return this.reshape(x.id, result);
    const permutation = layout.map((axis) => x.layout.indexOf(axis));
    return this.op('Transpose', [x.id], result, { perm: ints(permutation) });
  }

  /** The same values in full size. */
  materialize(x: Lowered): Lowered {
    if (String(x.actual) === String(x.shape)) return x;
    const full = { ...x, actual: x.shape };
    const target = physicalShape(full);
    if (this.placeholderBatch !== undefined && target.some((axis) => axis % (this.placeholderBatch as number) === 0)) {
      throw new RangeError('a constant is spread over the batch, whose size is not known');
    }
    return this.op('Expand', [x.id, this.builder.integers(target)], full);
  }

  /** Full size, in the given order: what most operators want. */
  dense(x: Lowered, layout: Layout): Lowered {
    return this.toLayout(this.materialize(x), layout);
  }

  /** The same memory under another shape. */
  reshape(id: ValueId, result: { dtype?: ElementType; shape?: Shape; actual: Shape; layout?: Layout }): Lowered {
    const layout = result.layout ?? inOrder(result.actual.length);
    const target = physicalShape({ actual: result.actual, layout });
    const batch = this.placeholderBatch;
    const sizes = batch === undefined ? target : target.map((axis) => (axis % batch === 0 ? -1 : axis));
    return this.op('Reshape', [id, this.builder.integers(sizes)], { ...result, layout });
  }

  /** The same value with leading axes of size 1, so that it has `rank` axes. */
  withRank(x: Lowered, rank: number): Lowered {
    const missing = rank - x.shape.length;
    if (missing <= 0) return x;
    const ones = Array.from({ length: missing }, () => 1);
    const layout = [...inOrder(missing), ...x.layout.map((axis) => axis + missing)];
    const result = { dtype: x.dtype, shape: [...ones, ...x.shape], actual: [...ones, ...x.actual], layout };
    // ONNX adds leading axes itself when it broadcasts, but a later change of layout must see them.
    return isSingle(x) ? { ...x, ...result, layout: inOrder(rank) } : this.reshape(x.id, result);
  }

  /** Sizes with the placeholder batch written as `N`. */
  symbolic(sizes: readonly number[]): Dimension[] {
    const batch = this.placeholderBatch;
    if (batch === undefined) return [...sizes];
    return sizes.map((size) => (size === 0 || size % batch !== 0 ? size : size === batch ? 'N' : `${size / batch}N`));
  }
}
