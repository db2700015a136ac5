import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EagerDevice } from '../runtime/execution-device.js';

/**
 * The TensorFlow that `retune engine link-tensorflow` made in the folder that RETUNE_TEST_TENSORFLOW names
 * (`<data>/engine/tensorflow`), by default that of ./data; undefined where there is none.
 */
export function linkedTensorflow(): EagerDevice | undefined {
  const folder = resolve(process.env.RETUNE_TEST_TENSORFLOW ?? 'data/engine/tensorflow');
  try {
    const { provider, packageFolder } = JSON.parse(readFileSync(join(folder, 'linked.json'), 'utf8'));
    return { provider, index: 0, packageFolder: join(folder, packageFolder) };
  } catch {
    return undefined;
  }
}

/** Why a test is skipped. */
export const noTensorflow = 'no linked TensorFlow: set RETUNE_TEST_TENSORFLOW to <data>/engine/tensorflow';
