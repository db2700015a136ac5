import type { DataType } from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';
import type { AttrsOf, InputsOf, KernelName } from './kernels.js';

/** Handle of a value of one trace. */
export type TracedId = number & { readonly __brand: 'TracedId' };

/** Type of a traced value. */
export interface TracedType {
  readonly shape: Shape;
  readonly dtype: DataType;
}

/** One kernel that ran. */
export interface KernelCall<K extends KernelName = KernelName> {
  readonly kernel: K;
  readonly inputs: InputsOf<K, TracedId>;
  readonly attrs: AttrsOf<K>;
  readonly outputs: readonly TracedId[];
  /** The layer whose tensor was read last, e.g. `layer1.0.conv1`; `backward` and `update` after the forward pass. */
  readonly scope: string;
}

/** Contents of a tensor that was there before the trace or was made from numbers in it. */
export interface TracedConstant {
  readonly values: Float32Array | Int32Array | Uint8Array;
  /** All elements are equal, so one stands for all. */
  readonly uniform: boolean;
}

/** What running a tfjs function did, in order. */
export interface Trace {
  readonly types: readonly TracedType[];
  readonly inputs: readonly { readonly name: string; readonly value: TracedId }[];
  readonly outputs: readonly { readonly name: string; readonly value: TracedId }[];
  readonly constants: ReadonlyMap<TracedId, TracedConstant>;
  readonly calls: readonly KernelCall[];
}
