import { type Storage, storageKinds } from '#api-contract';
import type { StorageReport } from '#search';

/** What is stored, as it is shown. */
export function toStorage(report: StorageReport): Storage {
  return {
    items: storageKinds.map((kind) => ({ kind, ...report[kind] })),
    checkpointLimitBytes: report.limitBytes,
  };
}
