import { DomainError } from '#primitives';

/** A tfjs backend that a device names is not installed, or does not load. */
export class EagerBackendError extends DomainError {
  readonly code = 'EAGER_BACKEND_MISSING';
}
