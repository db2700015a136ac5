import { readFile } from 'node:fs/promises';
import { Tensor } from 'onnxruntime-node';
import { openSession } from '../runtime/open-session.js';
import { classifierOutputs, metadataKeys } from './export-classifier.js';
import { imagesInput } from './preprocessing.js';
import { readMetadata } from './read-metadata.js';

/** Pictures of one size. */
export interface ImageBatch {
  /** uint8 [count, height, width, 3], sRGB. */
  readonly pixels: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** What a classifier says of a batch. */
export interface Classification {
  /** [count, classes]. */
  readonly logits: Float32Array;
  /** [count, classes], rows sum to 1. */
  readonly probabilities: Float32Array;
  readonly classes: number;
}

/** An exported model, ready to run. */
export interface Classifier {
  /** From the file's metadata; empty when it has none. */
  readonly labels: readonly string[];
  /** @throws {RangeError} if the number of pixels is not that of the sizes. */
  classify(images: ImageBatch): Promise<Classification>;
  /** Frees the session. Idempotent. */
  dispose(): Promise<void>;
}

/**
 * Opens a file written by `exportClassifier`.
 *
 * @param model The file's bytes, or its path.
 * @throws {RangeError} if it is not an ONNX file.
 */
export async function loadClassifier(
  model: Uint8Array | string,
  options: { readonly threads?: number } = {},
): Promise<Classifier> {
  const bytes = typeof model === 'string' ? await readFile(model) : model;
  const labels = readMetadata(bytes)[metadataKeys.labels];
  const session = await openSession(bytes, options);
  let released = false;
  return {
    labels: labels === undefined ? [] : JSON.parse(labels),
    async classify({ pixels, count, height, width }) {
      const expected = count * height * width * 3;
      if (pixels.length !== expected || expected === 0) {
        throw new RangeError(
          `pixels has ${pixels.length} bytes, must have ${expected} (${count} × ${height} × ${width} × 3)`,
        );
      }
      const images = new Tensor('uint8', pixels, [count, height, width, 3]);
      const results = await session.run({ [imagesInput]: images });
      const logits = results[classifierOutputs.logits];
      return {
        logits: logits.data as Float32Array,
        probabilities: results[classifierOutputs.probabilities].data as Float32Array,
        classes: logits.dims[1],
      };
    },
    async dispose() {
      if (released) return;
      released = true;
      await session.release();
    },
  };
}
