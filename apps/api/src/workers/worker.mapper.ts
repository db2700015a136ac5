import type { WorkerList } from '#api-contract';
import type { WorkerRecord } from '#search';

/** A worker as it is shown. */
export function toWorker(record: WorkerRecord): WorkerList['items'][number] {
  return {
    id: record.id,
    device: { ...record.device },
    firstSeenAt: record.firstSeenAt.toISOString(),
    lastSeenAt: record.lastSeenAt.toISOString(),
    alive: record.alive,
    current: record.current,
  };
}
