import { DomainError } from '#primitives';

/** Nothing is stored under this hash. */
export class ArtifactMissingError extends DomainError {
  readonly code = 'ARTIFACT_MISSING';

  constructor(readonly sha256: string) {
    super(`Cannot read artifact ${sha256}: nothing is stored under this hash`);
  }
}

/** The stored bytes no longer have the hash they are stored under. */
export class ArtifactCorruptError extends DomainError {
  readonly code = 'ARTIFACT_CORRUPT';

  constructor(
    readonly sha256: string,
    readonly found: string,
  ) {
    super(`Cannot read artifact ${sha256}: the stored bytes have the hash ${found}`);
  }
}
