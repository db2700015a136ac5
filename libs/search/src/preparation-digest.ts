import { digestOf } from './digest.js';
import type { PreparationKey } from './preparation.js';

/** Equal for equal keys, whatever else the objects hold and in whatever order; lower-case hexadecimal. */
export function preparationDigest(key: PreparationKey): string {
  return digestOf(normalKey(key));
}

/** The key and nothing else: what is handed in may be a whole device. */
export function normalKey(key: PreparationKey): PreparationKey {
  const { architecture, imageSize, device, threads, runtime } = key;
  const shared = { architecture, imageSize, device: { class: device.class, name: device.name }, threads, runtime };
  if (key.kind === 'profile') return { kind: 'profile', ...shared, classes: key.classes, batches: [...key.batches] };
  return { kind: 'probe', ...shared, weights: key.weights, datasetVersion: key.datasetVersion };
}
