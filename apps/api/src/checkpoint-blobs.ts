import type { ArtifactStore } from '#artifacts';
import type { Clock } from '#primitives';
import type { CollectableBlobs } from '#search';

/**
 * How long a blob is spared after it was put, s. A worker names it to the service as long as it holds its lease, which is a
 * minute unless it is renewed; whoever needs longer has it put again by the next attempt, byte for byte.
 */
const graceSeconds = 600;

/** The collectable blobs of the artifact store, as sweeps see them. */
export class CheckpointBlobs implements CollectableBlobs {
  constructor(
    private readonly store: ArtifactStore,
    private readonly clock: Clock,
    private readonly seconds = graceSeconds,
  ) {}

  list(): AsyncIterable<readonly string[]> {
    return this.store.collectable();
  }

  collect(sha256: string): Promise<boolean> {
    return this.store.collect(sha256, this.clock.now() - this.seconds * 1000);
  }
}
