import type { ArtifactCorruptError, ArtifactMissingError } from '#artifacts';
import type { WeightsFileError } from '#model-zoo';
import type { InvalidInputError, NotFoundError } from '#primitives';
import type { SearchErrorCode } from '#search';
import type { HttpProblemCode } from './http-problem.js';

/** Every code an answer of this service can carry. */
export type ErrorCode =
  | HttpProblemCode
  | SearchErrorCode
  | InvalidInputError['code']
  | NotFoundError['code']
  | ArtifactMissingError['code']
  | ArtifactCorruptError['code']
  | WeightsFileError['code'];

/** The one place where an error gets its HTTP status. A new code without a status does not compile. */
export const errorStatus: Readonly<Record<ErrorCode, number>> = {
  INVALID_INPUT: 400,
  INVALID_JSON: 400,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  CROSS_ORIGIN: 403,
  NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  LEASE_LOST: 409,
  REPORT_CONFLICT: 409,
  STUDY_STATE: 409,
  TRIAL_NOT_EXPORTABLE: 409,
  NO_FEASIBLE_TRIAL: 409,
  ARTIFACT_MISSING: 410,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  MISDIRECTED: 421,
  ARTIFACT_CORRUPT: 500,
  INVALID_WEIGHTS: 500,
  INTERNAL_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
};

/** The status of a code, or undefined where the code is none of ours. */
export function statusOf(code: string): number | undefined {
  return Object.hasOwn(errorStatus, code) ? errorStatus[code as ErrorCode] : undefined;
}
