import type { Device } from '../trial.js';
import type { WorkerRecord } from '../worker-record.js';

/** Who has asked for work, and when last. */
export interface WorkerRegistry {
  /** Notes that the worker asked, with the device it has now. */
  seen(workerId: string, device: Device): Promise<void>;
  find(workerId: string): Promise<WorkerRecord | null>;
  /** Most recently seen first, at most `limit`. */
  list(limit: number): Promise<readonly WorkerRecord[]>;
  countAlive(): Promise<number>;
}
