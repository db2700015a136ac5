/**
 * A state that callers are expected to handle. Broken contracts (a wrong type, a value out of range) are
 * `TypeError` and `RangeError` instead.
 */
export abstract class DomainError extends Error {
  /** Stable, machine-readable, `UPPER_SNAKE_CASE`. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** One wrong field of an input, as it is shown to the person who sent it. */
export interface FieldProblem {
  /** Path of the field, e.g. `searchSpace.learningRate.low`. */
  readonly field: string;
  /** The value that was received; absent when the field was missing. */
  readonly value?: unknown;
  /** What would have been accepted, e.g. `a number in (0, 10]`. */
  readonly allowed: string;
}

/** Input that has the right shape but cannot be accepted; names every field that is wrong. */
export class InvalidInputError extends DomainError {
  readonly code = 'INVALID_INPUT';

  constructor(readonly problems: readonly FieldProblem[]) {
    super(
      problems
        .map(
          ({ field, value, allowed }) =>
            `${field} is ${value === undefined ? 'missing' : JSON.stringify(value)}, must be ${allowed}`,
        )
        .join('; '),
    );
  }
}

/** A row, file or name that does not exist. */
export class NotFoundError extends DomainError {
  readonly code = 'NOT_FOUND';

  constructor(
    readonly kind: string,
    readonly id: string,
  ) {
    super(`Cannot find ${kind} ${id}`);
  }
}
