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
    rejectedCount: record.rejectedCount,
    rejected: record.rejected.map((file) => ({ ...file })),
    createdAt: record.createdAt.toISOString(),
  };
}
