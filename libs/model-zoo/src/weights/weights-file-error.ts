import { DomainError } from '#primitives';

/** A weights file that is damaged, hostile, or made for another network; nothing of it was used. */
export class WeightsFileError extends DomainError {
  readonly code = 'INVALID_WEIGHTS';

  constructor(
    /** Path or name of the file. */
    readonly origin: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot read weights from ${origin}: ${reason}`, options);
  }
}
