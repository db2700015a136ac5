/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** A float32 tensor with a name, row-major; what weights files, checkpoints and the engine exchange. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: Shape;
  /** Length = product of `shape`. */
  readonly data: Float32Array;
}

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, axis) => product * axis, 1);
}
