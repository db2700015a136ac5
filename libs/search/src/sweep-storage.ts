import type { CollectableBlobs } from './ports/collectable-blobs.js';
import type { SearchStorage } from './ports/search-storage.js';
import type { Eviction } from './ports/trajectory-repository.js';

/** What one sweep did. */
export interface StorageSweep extends Eviction {
  /** Blobs that nothing referred to any more. */
  readonly blobs: number;
}

/** Keeps checkpoints and resume states within their bound. Harmless to run twice, late, or in several processes at once. */
export class SweepStorage {
  /** @param limitBytes Of checkpoints and resume states together, >= 0. */
  constructor(
    private readonly storage: SearchStorage,
    private readonly blobs: CollectableBlobs,
    private readonly limitBytes: number,
  ) {}

  /** Takes rows away until the bound is kept, then deletes the blobs that no row refers to. */
  async run(): Promise<StorageSweep> {
    const evicted = await this.#evict();
    let blobs = 0;
    for await (const sha256s of this.blobs.list()) {
      const referred = new Set(await this.storage.trajectories.referred(sha256s));
      for (const sha256 of sha256s) {
        if (!referred.has(sha256) && (await this.blobs.collect(sha256))) blobs++;
      }
    }
    return { ...evicted, blobs };
  }

  /** Some rows a transaction, until the bound is kept or all that is left must stay. */
  async #evict(): Promise<Eviction> {
    let total: Eviction = { resumeStates: 0, checkpoints: 0 };
    for (;;) {
      const evicted = await this.storage.transaction(({ trajectories }) => trajectories.evict(this.limitBytes));
      const { resumeStates, checkpoints } = evicted;
      if (resumeStates + checkpoints === 0) return total;
      total = { resumeStates: total.resumeStates + resumeStates, checkpoints: total.checkpoints + checkpoints };
    }
  }
}
