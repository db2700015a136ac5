import * as tf from '@tensorflow/tfjs-core';
import type { ImageSpec, NamedTensor } from '#primitives';
import { optimize } from '../ir/optimize.js';
import { verifyGraph } from '../ir/verify-graph.js';
import { lowerTrace } from '../lower/lower-trace.js';
import type { ExecutionProvider } from '../runtime/execution-device.js';
import type { ForwardFunction } from '../trace/forward-context.js';
import { traceForward } from '../trace/trace-forward.js';
import { modelBytes } from './model-bytes.js';
import { preprocess } from './preprocessing.js';

/** What to write into a model file. */
export interface ClassifierExport {
  /** Maps [N, crop, crop, 3] to logits [N, classes]; called with `context.training` false. */
  readonly forward: ForwardFunction;
  /** Everything `forward` reads, in tfjs layout. */
  readonly tensors: readonly NamedTensor[];
  readonly image: ImageSpec;
  /** Number of classes, >= 2. */
  readonly classes: number;
  /** Name of each class, in the order of the logits; kept in the file's metadata. */
  readonly labels?: readonly string[];
  /**
   * `inside`: the file takes whole pictures. `left out`: it takes what the network sees, `input` float32
   * [N, crop, crop, 3], normalised, and is the same graph otherwise: what the network alone costs is measured on it.
   * @default inside
   */
  readonly preprocessing?: 'inside' | 'left out';
  /** What the file is to run on: which operators it uses. @default cpu, whose operators are the most portable */
  readonly target?: ExecutionProvider;
}

/** Names of the outputs of an exported file, both [N, classes]. */
export const classifierOutputs = { logits: 'logits', probabilities: 'probabilities' } as const;

/** Keys of the file's metadata; values are JSON. */
export const metadataKeys = { labels: 'labels', image: 'image' } as const;

/**
 * Writes a classifier as one ONNX file with the preprocessing inside: `images` uint8 [N, H, W, 3] with any N, H and W
 * in, `logits` and `probabilities` [N, classes] out. Only operators of ONNX itself, no training parts.
 *
 * @throws {RangeError} if crop > resize, a standard deviation is not > 0, there are not `classes` labels, or the
 *     forward function gives other logits.
 * @throws {UnsupportedKernelError} if the forward function uses a kernel that cannot be compiled.
 */
export async function exportClassifier(model: ClassifierExport): Promise<Uint8Array> {
  const { forward, tensors, image, classes, labels, preprocessing = 'inside', target } = model;
  requireExport(model);
  const batch = placeholderFor(tensors, image);
  const traced = traceForward(forward, tensors, [batch, image.crop, image.crop, 3], (logits) => {
    if (String(logits.shape) !== String([batch, classes])) {
      const shape = ['N', ...logits.shape.slice(1)];
      throw new RangeError(`The forward function gives [${shape}], must give logits [N,${classes}]`);
    }
    return { [classifierOutputs.logits]: logits, [classifierOutputs.probabilities]: tf.softmax(logits) };
  });
  const graph = lowerTrace(traced, 'classifier', {
    placeholderBatch: batch,
    target,
    bindInput: (g) => (preprocessing === 'inside' ? preprocess(g, image, batch) : undefined),
  });
  return modelBytes(verifyGraph(optimize(graph)), {
    [metadataKeys.image]: JSON.stringify(image),
    ...(labels === undefined ? {} : { [metadataKeys.labels]: JSON.stringify(labels) }),
  });
}

/** A prime that divides no size of the model, to be recognised as the batch wherever it turns up. */
function placeholderFor(tensors: readonly NamedTensor[], { crop }: ImageSpec): number {
  const sizes = [crop, ...tensors.flatMap(({ shape }) => [...shape])];
  const prime = [4093, 4099, 4111, 4127].find((candidate) => sizes.every((size) => size % candidate !== 0));
  if (prime === undefined) throw new RangeError('The sizes of the tensors leave no placeholder for the batch size');
  return prime;
}

function requireExport({ image, classes, labels }: ClassifierExport): void {
  if (!(Number.isInteger(classes) && classes >= 2))
    throw new RangeError(`classes is ${classes}, must be an integer >= 2`);
  const { resize, crop, std } = image;
  if (!(Number.isInteger(crop) && crop >= 1)) throw new RangeError(`image.crop is ${crop}, must be an integer >= 1`);
  if (!(Number.isInteger(resize) && resize >= crop)) {
    throw new RangeError(`image.resize is ${resize}, must be an integer >= crop (${crop})`);
  }
  if (!std.every((value) => value > 0)) throw new RangeError(`image.std is ${std}, must be > 0`);
  if (labels !== undefined && labels.length !== classes) {
    throw new RangeError(`labels has ${labels.length} names, must have one for each of the ${classes} classes`);
  }
}
