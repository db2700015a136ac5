/** An exported model, ready to run. */
export interface Classifier {
  /** From the file's metadata; empty when it has none. */
  readonly labels: readonly string[];
  /** `images` uint8 [count, height, width, 3], sRGB. */
  classify(
    images: Uint8Array,
    size: { count: number; height: number; width: number },
  ): Promise<{ logits: Float32Array; probabilities: Float32Array; classes: number }>;
  dispose(): Promise<void>;
}

/** Opens a file written by `exportClassifier`. */
export async function loadClassifier(
  model: Uint8Array | string,
  options: { threads?: number } = {},
): Promise<Classifier> {
  throw new Error(`Cannot load ${model.length} ${options.threads} yet`);
}
