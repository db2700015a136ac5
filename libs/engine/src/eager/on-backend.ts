import * as tf from '@tensorflow/tfjs-core';
import type { EagerBackend } from './load-eager-backend.js';

/**
 * Runs something with a loaded backend as the active one; the one before is active again afterwards. Tensors that it
 * makes and does not keep are disposed.
 */
export function onBackend<T>(backend: EagerBackend, run: () => T): T {
  const before = tf.getBackend() as string | undefined;
  void tf.setBackend(backend); // takes effect at once: the factories of these backends are synchronous
  // No tidy(): it would walk through every number of the result in search of tensors.
  tf.engine().startScope(backend);
  try {
    return run();
  } finally {
    tf.engine().endScope();
    if (before !== undefined) void tf.setBackend(before);
  }
}
