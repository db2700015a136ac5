import { DomainError } from '#primitives';

/** A blob whose content is not what its name says: a damaged disk, or somebody wrote into the store. */
export class ArtifactCorruptError extends DomainError {
  readonly code = 'ARTIFACT_CORRUPT';

  constructor(
    readonly sha256: string,
    /** SHA-256 of what lies there. */
    readonly found: string,
  ) {
    super(`Cannot read artifact ${sha256}: its content has SHA-256 ${found}`);
  }
}
