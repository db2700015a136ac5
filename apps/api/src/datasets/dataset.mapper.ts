import type { Dataset } from '#api-contract';
import type { DatasetRecord } from '#search';

/** A dataset as it is shown. */
export function toDataset(record: DatasetRecord): Dataset {
  return {
    id: record.id,
    name: record.name,
    path: record.path,
    state: record.state,
    progress: { ...record.progress },
    failure: record.failure,
    version: record.version,
    classes: record.classes.map((count) => ({ ...count })),
    imageCount: record.imageCount,
    sizeBytes: record.sizeBytes,
    rejected: record.rejected.map((file) => ({ ...file })),
    createdAt: record.createdAt.toISOString(),
  };
}

/** Datasets as they are shown; with a name only those called so. */
export function toDatasets(records: readonly DatasetRecord[], name: string | undefined): Dataset[] {
  return records.filter((record) => name === undefined || record.name === name).map(toDataset);
}
