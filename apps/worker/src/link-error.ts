import { DomainError } from '#primitives';

/** TensorFlow cannot be linked; the message says what is missing. */
export class LinkError extends DomainError {
  readonly code = 'TENSORFLOW_NOT_LINKED';
}
