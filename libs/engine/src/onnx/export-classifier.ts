import type { ImageSpec, NamedTensor } from '#primitives';
import type { ForwardFunction } from '../trace/forward-context.js';

/** What to write into a model file. */
export interface ClassifierExport {
  /** Maps [N, crop, crop, 3] to logits [N, classes]; called with `context.training` false. */
  readonly forward: ForwardFunction;
  readonly tensors: readonly NamedTensor[];
  readonly image: ImageSpec;
  readonly classes: number;
  /** Name of each class, in the order of the logits; kept in the file's metadata. */
  readonly labels?: readonly string[];
}

/** Writes a classifier as one ONNX file with the preprocessing inside. */
export async function exportClassifier(model: ClassifierExport): Promise<Uint8Array> {
  throw new Error(`Cannot export ${model.classes} yet`);
}
