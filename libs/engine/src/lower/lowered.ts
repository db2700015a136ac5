import { type Shape, sizeOf } from '#primitives';
import type { ElementType, ValueId } from '../ir/graph.js';

/** Order of the axes in memory: physical axis `i` holds logical axis `layout[i]`. */
export type Layout = readonly number[];

/** Activations: logical NHWC held as NCHW. */
export const channelsFirst: Layout = [0, 3, 1, 2];

/** Filters as ONNX's Conv reads them: logical HWIO as OIHW. */
export const convFilter: Layout = [3, 2, 0, 1];

/** Memory in the order of the logical axes. */
export function inOrder(rank: number): Layout {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/**
 * A tfjs value as the graph holds it. tfjs-core sees `shape`; the graph's value has the axes in another order, and
 * size 1 along axes where a broadcast is still pending, because tfjs gradients multiply by whole tensors of ones.
 */
export interface Lowered {
  readonly id: ValueId;
  readonly dtype: ElementType;
  /** What tfjs-core believes: logical order, full size. */
  readonly shape: Shape;
  /** Logical order, 1 where a broadcast is pending. */
  readonly actual: Shape;
  readonly layout: Layout;
}

/** Shape of the graph's value. */
export function physicalShape({ actual, layout }: Pick<Lowered, 'actual' | 'layout'>): number[] {
  return layout.map((axis) => actual[axis]);
}

/** True if the graph holds a single number for the whole value. */
export function isSingle(x: Lowered): boolean {
  return sizeOf(x.actual) === 1;
}

/** The physical positions of logical axes. */
export function physicalAxes(layout: Layout, axes: readonly number[]): number[] {
  return axes.map((axis) => layout.indexOf(axis));
}

/** True if both orders hold the same data in memory: only axes of size 1 stand elsewhere. */
export function sameInMemory(actual: Shape, a: Layout, b: Layout): boolean {
  const long = (layout: Layout): string => layout.filter((axis) => actual[axis] !== 1).join();
  return long(a) === long(b);
}
