/** What can go wrong with an HTTP request before a use case has seen it. */
export type HttpProblemCode =
  | 'ROUTE_NOT_FOUND'
  | 'INVALID_JSON'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'UNAUTHORIZED'
  | 'CROSS_ORIGIN'
  | 'MISDIRECTED'
  | 'BAD_REQUEST'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL_ERROR';

/** A refusal by the HTTP layer itself; the status follows from the code. */
export class HttpProblem extends Error {
  constructor(
    readonly code: HttpProblemCode,
    message: string,
    /** Sent with the answer, e.g. `WWW-Authenticate`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'HttpProblem';
  }
}
