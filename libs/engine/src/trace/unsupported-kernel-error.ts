import { DomainError } from '#primitives';

/** A forward function uses an operation that the engine cannot compile. */
export class UnsupportedKernelError extends DomainError {
  readonly code = 'UNSUPPORTED_KERNEL';

  constructor(
    /** tfjs-core's name, e.g. `Conv3D`. */
    readonly kernel: string,
    /** The layer it stands in, as far as it is known. */
    readonly scope: string,
    /** What about it cannot be compiled. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot compile kernel ${kernel} in ${scope || 'the forward function'}: ${reason}`, options);
  }
}
