/** Examples that are made one by one when they are read, so that they need not be in memory together. */
export interface ExampleRows {
  /** Numbers of all of them, as a `Float32Array` of them would have. */
  readonly length: number;
  /** Writes an example, the same numbers every time. @param target Of one example's length. */
  read(index: number, target: Float32Array): void;
}

/** [n, ...shape], row-major: in memory, or made when they are read. */
export type Examples = Float32Array | ExampleRows;

/** Writes example `index` to `target`, whose length is that of one example. */
export function readExample(examples: Examples, index: number, target: Float32Array): void {
  const size = target.length;
  if (examples instanceof Float32Array) target.set(examples.subarray(index * size, (index + 1) * size));
  else examples.read(index, target);
}
