import type { Device } from './trial.js';

/** A worker that has asked for work at least once. */
export interface WorkerRecord {
  readonly id: string;
  readonly device: Device;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Seen within the last minute, by the clock of the database. */
  readonly alive: boolean;
  /** What it works on, in words; null while idle. */
  readonly current: string | null;
}
