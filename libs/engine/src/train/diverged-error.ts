import { DomainError } from '#primitives';

/** The loss of a training step is NaN or infinite: the learning rate is too high for this plan. */
export class DivergedError extends DomainError {
  readonly code = 'DIVERGED';

  constructor(
    /** From 0. */
    readonly epoch: number,
    /** Step within the epoch, from 0. */
    readonly step: number,
    readonly learningRate: number,
  ) {
    super(`Training diverged: the loss of epoch ${epoch}, step ${step} is not finite at learning rate ${learningRate}`);
  }
}
