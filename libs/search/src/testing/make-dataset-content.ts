import type { DatasetContent } from '../dataset.js';

/** What an import of two classes of insects found. */
export function makeDatasetContent(changes: Partial<DatasetContent> = {}): DatasetContent {
  return {
    version: 'a'.repeat(64),
    manifestSha256: 'b'.repeat(64),
    classes: [
      { name: 'ants', train: 124, validation: 70, test: 0 },
      { name: 'bees', train: 121, validation: 83, test: 0 },
    ],
    imageCount: 398,
    sizeBytes: 47_000_000,
    rejected: [],
    ...changes,
  };
}
