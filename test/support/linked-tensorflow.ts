import { resolve } from 'node:path';
import { linkedPackage, type TensorflowPackage } from '../../apps/worker/src/tensorflow-package.js';

/**
 * The TensorFlow that `retune engine link-tensorflow` made in the folder that RETUNE_TEST_TENSORFLOW names
 * (`<data>/engine/tensorflow`), by default that of ./data; null where there is none.
 */
export function linkedTensorflow(): TensorflowPackage | null {
  return linkedPackage(resolve(process.env.RETUNE_TEST_TENSORFLOW ?? 'data/engine/tensorflow'));
}

/** Why a test is skipped. */
export const noTensorflow = 'no linked TensorFlow: set RETUNE_TEST_TENSORFLOW to <data>/engine/tensorflow';
