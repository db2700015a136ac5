export { type Clock, systemClock } from './clock.js';
export { DomainError, type FieldProblem, InvalidInputError, NotFoundError } from './domain-error.js';
export type { ImageSpec } from './image-spec.js';
export { hashSeed, Rng } from './rng.js';
export { type NamedTensor, type Shape, sizeOf } from './tensor.js';
