/** Where an import leaves the bytes of accepted images, so that a data set version stays what it was. */
export interface BlobSink {
  /** Stores bytes durably under their SHA-256 (lower-case hex); storing the same bytes again is no error. */
  put(bytes: Uint8Array): Promise<{ readonly sha256: string }>;
}

/** Where training finds the bytes of an image again. */
export interface BlobSource {
  /** @throws if nothing is stored under this SHA-256 (lower-case hex). */
  get(sha256: string): Promise<Uint8Array>;
}
