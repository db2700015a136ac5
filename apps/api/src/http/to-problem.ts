import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { Problem } from '#api-contract';
import { DomainError, InvalidInputError } from '#primitives';
import { isDatabaseUnavailable, isUnstorableValue } from './database-errors.js';
import { type ErrorCode, errorStatus, statusOf } from './error-status.js';
import { HttpProblem } from './http-problem.js';

/** An error as it leaves the service. */
export interface ProblemAnswer {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Any error as an RFC 9457 problem. Errors that nobody foresaw become `INTERNAL_ERROR` and say nothing of their own.
 *
 * @param requestId Stands in `instance` and in the log.
 */
export function toProblem(error: unknown, requestId: string): ProblemAnswer {
  const answer = (code: ErrorCode, detail: string, more: Partial<Problem> = {}, headers = {}): ProblemAnswer => {
    const status = errorStatus[code];
    const title = STATUS_CODES[status] ?? 'Error';
    return { problem: { type: 'about:blank', title, status, detail, code, instance: requestId, ...more }, headers };
  };
  if (error instanceof HttpProblem) return answer(error.code, error.message, {}, error.headers);
  if (error instanceof InvalidInputError) {
    return answer(error.code, error.message, { errors: error.problems.map((problem) => ({ ...problem })) });
  }
  if (error instanceof DomainError && statusOf(error.code) !== undefined) {
    return answer(error.code as ErrorCode, error.message);
  }
  if (error instanceof HttpException && error.getStatus() < 500) {
    const { code, detail } = ofFramework(error);
    return answer(code, detail);
  }
  if (isDatabaseUnavailable(error)) {
    return answer(
      'SERVICE_UNAVAILABLE',
      'The database cannot be reached. Try again in a moment.',
      {},
      { 'Retry-After': '2' },
    );
  }
  if (isUnstorableValue(error)) return answer('BAD_REQUEST', 'A value is beyond what can be stored.');
  return answer('INTERNAL_ERROR', `Something went wrong on our side; the log has it under ${requestId}.`);
}

function ofFramework(error: HttpException): { code: ErrorCode; detail: string } {
  const cause = error.cause as { type?: string } | undefined;
  switch (error.getStatus()) {
    case 404:
      return { code: 'ROUTE_NOT_FOUND', detail: `${error.message}. The routes are listed at /docs.` };
    case 413:
      return { code: 'PAYLOAD_TOO_LARGE', detail: 'The body must be at most 1 MB.' };
    case 415:
      return { code: 'UNSUPPORTED_MEDIA_TYPE', detail: error.message };
    default:
      if (cause instanceof SyntaxError)
        return { code: 'INVALID_JSON', detail: `The body is not JSON: ${error.message}.` };
      return { code: 'BAD_REQUEST', detail: error.message };
  }
}
