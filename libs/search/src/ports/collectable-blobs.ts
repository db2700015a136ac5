/**
 * Checkpoints and resume states in the artifact store. A worker puts a blob before it names it to the service, so what no
 * row refers to may be about to be named: `collect` spares what was put a short while ago.
 */
export interface CollectableBlobs {
  /** SHA-256 of each, some at a time. */
  list(): AsyncIterable<readonly string[]>;
  /** Deletes one that was not put lately; tells whether it did. */
  collect(sha256: string): Promise<boolean>;
}
