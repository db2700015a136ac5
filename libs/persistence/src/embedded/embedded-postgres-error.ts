import { DomainError } from '#primitives';

/** The database in the data folder cannot run; the message says what to do. */
export class EmbeddedPostgresError extends DomainError {
  readonly code = 'EMBEDDED_POSTGRES';
}
