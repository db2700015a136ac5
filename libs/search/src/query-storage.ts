import type { SearchStorage } from './ports/search-storage.js';
import type { StorageUsage } from './trajectory.js';

/** What is stored, and how much may be. */
export interface StorageReport extends StorageUsage {
  /** Of checkpoints and resume states together. */
  readonly limitBytes: number;
}

/** Asks how much the service holds. */
export class QueryStorage {
  /** @param limitBytes Of checkpoints and resume states together, >= 0. */
  constructor(
    private readonly storage: SearchStorage,
    private readonly limitBytes: number,
  ) {}

  async run(): Promise<StorageReport> {
    return { ...(await this.storage.trajectories.usage()), limitBytes: this.limitBytes };
  }
}
